from base64 import b64encode

import pytest

from tests.support.certificates import certificate, der, pem
from workers.inventory.importers.pem import PemBlock, one_certificate, pem_blocks
from workers.inventory.importers.rejection import RecordRejected, Rejection

DEVICE = certificate("device-1")
ANOTHER = certificate("device-2")


def blocks(text):
    return list(pem_blocks(enumerate(text.encode().split(b"\n"), 1)))


def block(label, contents):
    return f"-----BEGIN {label}-----\n{b64encode(contents).decode()}\n-----END {label}-----\n"


def test_every_block_has_its_label_its_line_and_its_contents():
    found = blocks("Bag Attributes\n" + block("EC PRIVATE KEY", b"key") + "\n\n" + block("CERTIFICATE", b"cert"))
    assert [(each.label, each.line, each.decoded()) for each in found] == [
        ("EC PRIVATE KEY", 2, b"key"),
        ("CERTIFICATE", 7, b"cert"),
    ]


def test_lines_may_end_as_on_windows_and_be_indented():
    text = pem(DEVICE).replace("\n", "\r\n    ")
    [found] = blocks(text)
    assert found.decoded() == der(DEVICE)


def test_a_block_without_end_is_rejected_and_the_next_is_read():
    text = pem(DEVICE).replace("-----END CERTIFICATE-----\n", "") + pem(ANOTHER)
    rejected, found = blocks(text)
    assert rejected == Rejection("the CERTIFICATE block has no end", line=1)
    assert found.decoded() == der(ANOTHER)


def test_so_is_one_at_the_end_of_the_text_and_one_that_ends_as_another():
    assert blocks("x\n-----BEGIN CERTIFICATE-----\nAAAA")[0].line == 2
    [rejected] = blocks("-----BEGIN CERTIFICATE-----\nAAAA\n-----END PKCS7-----\n")
    assert rejected == Rejection("the CERTIFICATE block has no end", line=1)


def test_an_end_without_beginning_is_passed_over():
    assert [each.label for each in blocks("-----END CERTIFICATE-----\n" + pem(DEVICE))] == ["CERTIFICATE"]


@pytest.mark.parametrize("garbage", ["!!", "\u00e4", "=", "garbage: yes"])
def test_garbage_inside_of_a_block_is_not_read_as_anything(garbage):
    first, *others = pem(DEVICE).splitlines()
    [found] = blocks("\n".join([first, others[0], garbage, *others[1:]]))
    with pytest.raises(RecordRejected, match="not base64"):
        found.decoded()


def test_a_line_too_long_to_be_read_spoils_its_block_only():
    lines = [*enumerate(pem(DEVICE).encode().split(b"\n"), 1)]
    spoilt = [*lines[:2], (3, None), *lines[3:]]
    first, second = pem_blocks([*spoilt, *((number + 100, line) for number, line in lines)])
    assert isinstance(first, PemBlock)
    assert isinstance(second, PemBlock)
    with pytest.raises(RecordRejected):
        first.decoded()
    assert second.decoded() == der(DEVICE)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(pem(DEVICE), id="as it is written"),
        pytest.param(f"\n  {pem(DEVICE)}\n\n", id="with blanks around"),
        pytest.param(pem(DEVICE).replace("\n", "\r\n"), id="as on Windows"),
        pytest.param(f"Subject: device\n{pem(DEVICE)}", id="with a text before"),
        pytest.param(block("EC PARAMETERS", b"p") + pem(DEVICE), id="with something else before"),
    ],
)
def test_one_certificate_is_found(text):
    assert one_certificate(text) == der(DEVICE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds 0 certificates"),
        ("certificate", "holds 0 certificates"),
        (block("EC PRIVATE KEY", b"key"), "holds 0 certificates"),
        (pem(DEVICE, ANOTHER), "holds 2 certificates"),
        (pem(DEVICE)[:-10], "has no end"),
        (pem(DEVICE).replace("M", "!"), "not base64"),
        (pem(DEVICE).replace("M", "\ud800"), "not base64"),
    ],
)
def test_anything_else_is_rejected(text, reason):
    with pytest.raises(RecordRejected, match=reason):
        one_certificate(text)
