"""What servers of revocation lists do is counted and timed by its outcome."""

import pytest
from prometheus_client import generate_latest

from service.observing.metrics import Metrics
from tests.support.document_server import Exchange, document_server
from tests.support.scraping import read_scrape
from workers.revocation.address_rules import AddressRules
from workers.revocation.fetching import Fetcher, Limits

LOOPBACK = AddressRules.parse("127.0.0.0/8")
QUICK = Limits(connect=0.5, silence=0.3, request=0.6)


def hang(exchange: Exchange) -> None:
    exchange.server.closing.wait(10)


@pytest.mark.parametrize("outcome", ["fetched", "unusable", "too_late", "failed"])
def test_each_fetch_is_counted_once_by_what_came_of_it(outcome):
    metrics = Metrics()
    with document_server() as server:
        urls = {
            "fetched": server.serve("/list", b"list"),
            "unusable": server.url("/nowhere"),
            "too_late": server.answer("/hangs", hang),
            "failed": server.answer("/cut", lambda exchange: exchange.send(b"half", length=8)),
        }
        fetcher = Fetcher(LOOPBACK, QUICK, observe=metrics.fetched)
        assert fetcher.fetch_all([urls[outcome]], lambda *_: None, lambda: True, 10.0)

    found = read_scrape("text/plain", generate_latest(metrics.registry).decode())

    counted = [each for each in found.samples if each.name == "fleet_audit_revocation_fetch_seconds_count"]
    assert [(each.labels, each.value) for each in counted] == [({"outcome": outcome}, 1)]
    assert 0 < found.value("fleet_audit_revocation_fetch_seconds_sum", outcome=outcome) < 10
