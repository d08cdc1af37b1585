"""Which addresses a stranger's URL may lead to."""

import pytest

from workers.revocation.address_rules import AddressRules

DEFAULT = AddressRules()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
        "2001:0:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address):
    assert not DEFAULT.allow("crl.example.com", address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700:4700::1111"]
)
def test_a_public_address_is_allowed(address):
    assert DEFAULT.allow("crl.example.com", address)


@pytest.mark.parametrize(
    ("opened", "host", "address", "is_allowed"),
    [
        ("10.1.0.0/16", "crl.example.com", "10.1.2.3", True),
        ("10.1.0.0/16", "crl.example.com", "::ffff:10.1.2.3", True),
        ("10.1.0.0/16", "crl.example.com", "10.2.0.1", False),
        ("10.1.2.3", "crl.example.com", "10.1.2.3", True),
        ("10.1.2.3", "crl.example.com", "10.1.2.4", False),
        ("fd00::/8", "crl.example.com", "fd12::1", True),
        ("Crl.Internal", "crl.internal", "10.0.0.1", True),
        ("crl.internal", "CRL.internal.", "10.0.0.1", True),
        ("crl.internal", "evil.crl.internal", "10.0.0.1", False),
        ("crl.internal, 127.0.0.0/8 ,", "other", "127.0.0.1", True),
    ],
)
def test_an_operator_opens_hosts_and_networks(opened, host, address, is_allowed):
    assert AddressRules.parse(opened).allow(host, address) == is_allowed


@pytest.mark.parametrize(
    "bad", ["10.0.0.0/33", "10.0.0.1/8", "a b", "http://crl.example.com", "1.2.3", "crl.example.com:80"]
)
def test_what_is_no_host_and_no_network_is_refused_by_name(bad):
    with pytest.raises(ValueError, match=r".*") as raised:
        AddressRules.parse(f"good.example.com,{bad}")
    assert str(raised.value) == bad
