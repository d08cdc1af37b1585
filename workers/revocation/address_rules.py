"""Which addresses a request for a revocation list may go to.

URLs come from certificates, that is from strangers. Whoever can register a certificate must not be able to make
this service talk to what only it can reach.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that a translator turns into the IPv4 address in their last 32 bits. Source: RFC 6052."""

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")


@dataclass(frozen=True)
class AddressRules:
    """Every public address is allowed, and beyond these what an operator opened."""

    hosts: frozenset[str] = frozenset()
    """Host names that may resolve to any address, in lower case."""
    networks: tuple[Network, ...] = ()
    """Networks that are allowed, whatever name leads there."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read host names, addresses and CIDR networks, separated by commas; ValueError names a bad one."""
        hosts: set[str] = set()
        networks: list[Network] = []
        for entry in filter(None, (part.strip().lower() for part in text.split(","))):
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                if "/" in entry or not HOST.fullmatch(entry) or re.fullmatch(r"[0-9.]+", entry):
                    raise ValueError(entry) from None
                hosts.add(entry)
        return cls(frozenset(hosts), tuple(networks))

    def allow(self, host: str, address: str) -> bool:
        """Tell whether a connection for `host` may be made to `address`, which it has resolved to."""
        # A link-local address may carry the name of an interface, which says nothing about where it leads.
        reached = ipaddress.ip_address(address.partition("%")[0])
        return (
            host.lower().rstrip(".") in self.hosts
            or any(form in network for form in _forms(reached) for network in self.networks)
            or all(_is_public(form) for form in _forms(reached))
        )


PUBLIC_ONLY = AddressRules()


def _forms(address: Address) -> list[Address]:
    """Where a packet to the address may end up: there, or at an IPv4 address that it has in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address, *(form for form in (address.sixtofour, *(address.teredo or ())) if form is not None)]


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )
