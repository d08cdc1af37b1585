"""A web page that a person opens can't drive a service on that person's machine."""

from dataclasses import replace

import pytest

from service.access.door_settings import Door
from service.listening import listening
from service.settings import Settings
from tests.support.front_end import services
from tests.support.raw_http import exchange, request


def asked_for(host, method="GET", path="/audit/configuration", *headers):
    return request(method, path, b"", *headers).replace(b"Host: localhost\r\n", f"Host: {host}\r\n".encode())


@pytest.fixture
def url(shared):
    return shared[0]


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "127.9.8.7", "any.localhost", "localhost."],
)
async def test_a_loopback_service_has_the_names_of_its_own_machine(url, host):
    assert (await exchange(url, asked_for(host))).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:8080",
        "localhost.rebound.example",
        "127.0.0.1.rebound.example",
        "",
        "a b",
        "localhost:80:80",
        "2130706433",
        "0x7f.1",
        "127.1",
        "<b>",
        "localhost@rebound.example",
        "[::1",
        "a" * 300,
    ],
)
@pytest.mark.parametrize("path", ["/audit/configuration", "/health/live", "/metrics", "/nowhere"])
async def test_a_name_that_was_made_to_lead_here_is_refused(url, host, path):
    answer = await exchange(url, asked_for(host, "GET", path))
    assert (answer.status, answer.error) == (403, "AccessDeniedException")
    assert host == "" or host not in answer.raw.decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Origin: http://localhost"], 200),
        (["Origin: https://localhost"], 200),
        (["Origin: http://localhost:8080"], 403),
        (["Origin: http://elsewhere.example"], 403),
        (["Origin: null"], 403),
        (["Origin: "], 403),
        (["Origin: file://localhost"], 403),
        (["Sec-Fetch-Site: same-origin"], 200),
        (["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"], 200),
        (["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"], 200),
        (["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"], 403),
        (["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"], 403),
    ],
)
async def test_a_page_of_another_site_may_link_here_and_no_more(url, headers, status):
    assert (await exchange(url, asked_for("localhost", "GET", "/audit/configuration", *headers))).status == status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_a_form_of_another_site_changes_nothing(url, method):
    by_link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"]
    for headers in (["Origin: http://elsewhere.example"], by_link):
        answer = await exchange(url, asked_for("localhost", method, "/audit/configuration", *headers))
        assert (answer.status, answer.error) == (403, "AccessDeniedException")
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_http_1_0_knows_no_host(url):
    assert (await exchange(url, b"GET /audit/configuration HTTP/1.0\r\n\r\n")).status == 200
    assert (await exchange(url, b"GET /audit/configuration HTTP/1.1\r\n\r\n")).status == 400


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        ({"audit.example"}, "audit.example:443", 200),
        ({"audit.example"}, "AUDIT.example", 200),
        ({"audit.example"}, "rebound.example", 403),
        ({"audit.example"}, "localhost", 200),
        ({"audit.example"}, "192.0.2.1:8080", 200),
        ({"*"}, "rebound.example", 200),
    ],
)
async def test_other_names_are_a_setting(tmp_path, allowed, host, status):
    door = Door(allowed_hosts=frozenset(allowed))
    with services(tmp_path, Settings(door=door)) as given:
        async with listening(given) as url:
            assert (await exchange(url, asked_for(host))).status == status


async def test_beyond_loopback_every_name_is_ours_unless_some_are_given(tmp_path):
    for allowed, status in ((frozenset(), 200), (frozenset({"audit.example"}), 403)):
        chosen = replace(Settings(host="0.0.0.0", insecure=True), door=Door(allowed_hosts=allowed))
        with services(tmp_path, chosen) as given:
            async with listening(given) as url:
                local = url.replace("0.0.0.0", "127.0.0.1")
                assert (await exchange(local, asked_for("fleet-audit.internal:8080"))).status == status
