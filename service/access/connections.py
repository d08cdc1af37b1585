"""Who may have a connection when there are more than there is room for.

A connection costs a file and some memory, and is free for whoever opens it. So there is a limit in all and one for
each peer, and a new connection takes the place of one that is of no use: of the peer that has the most, the oldest
that never asked for anything; then the one that has been idle longest. Where every one is at work, a few more are
let in, for those alone who ask how the process is.
"""

import ipaddress
from dataclasses import dataclass, field
from typing import Protocol

SPARE = 16
"""Connections beyond the limit, for who watches over the process."""

_IPV6_NETWORK = 64
"""Bits that a network provider gives to one customer; who has one address has all of that."""


class Closable(Protocol):
    """What a connection must be able to do."""

    def force_close(self) -> None:
        """Close, now and without a word."""
        ...


@dataclass
class Connected:
    """Connections, the oldest first within each kind."""

    silent: dict[Closable, None] = field(default_factory=dict)
    """Those that have not asked for anything yet."""
    idle: dict[Closable, None] = field(default_factory=dict)
    """Those whose last answer was given."""
    busy: dict[Closable, None] = field(default_factory=dict)
    """Those whose request is being answered."""

    def __len__(self) -> int:
        return len(self.silent) + len(self.idle) + len(self.busy)

    def remove(self, connection: Closable) -> None:
        """Forget a connection."""
        for kind in (self.silent, self.idle, self.busy):
            kind.pop(connection, None)


class Connections:
    """The connections of a process. Not for several threads."""

    def __init__(self, most: int, most_of_a_peer: int, spare: int = SPARE) -> None:
        self._most = most
        self._most_of_a_peer = most_of_a_peer
        self._most_spare = spare
        self._peers: dict[str, Connected] = {}
        self._spare = Connected()
        self._of: dict[Closable, tuple[str | None, Connected]] = {}

    def __len__(self) -> int:
        return len(self._of)

    def open(self, connection: Closable, peer: str) -> bool:
        """Take a connection in, and close another for it if need be. Return False if there is no room."""
        if self._has_room(peer):
            group = self._peers.setdefault(peer, Connected())
            self._of[connection] = (peer, group)
        elif len(self._spare) < self._most_spare or self._close_one([self._spare]):
            group = self._spare
            self._of[connection] = (None, group)
        else:
            return False
        group.silent[connection] = None
        return True

    def is_spare(self, connection: Closable) -> bool:
        """Whether a connection is beyond the limit, for those alone who ask how the process is."""
        return connection in self._of and self._of[connection][0] is None

    def began(self, connection: Closable) -> None:
        """A request has come."""
        if connection in self._of:
            group = self._of[connection][1]
            group.remove(connection)
            group.busy[connection] = None

    def ended(self, connection: Closable) -> None:
        """The request is over."""
        if connection in self._of:
            group = self._of[connection][1]
            group.remove(connection)
            group.idle[connection] = None

    def close(self, connection: Closable) -> None:
        """Forget a connection, whether it is known or not."""
        peer, group = self._of.pop(connection, (None, self._spare))
        group.remove(connection)
        if peer is not None and not group:
            del self._peers[peer]

    def _has_room(self, peer: str) -> bool:
        """Whether there is room for one more of a peer; if not, room is made if it can be."""
        own = self._peers.get(peer)
        if own is not None and len(own) >= self._most_of_a_peer:
            return self._close_one([own])
        if len(self._of) - len(self._spare) < self._most:
            return True
        return self._close_one(sorted(self._peers.values(), key=len, reverse=True))

    def _close_one(self, groups: list[Connected]) -> bool:
        """Close the connection that is missed least, if there is one that is not at work."""
        for kind in ([each.silent for each in groups], [each.idle for each in groups]):
            for connections in kind:
                for connection in connections:
                    self.close(connection)
                    connection.force_close()
                    return True
        return False


def peer_of(peername: object) -> str:
    """Name whom a connection comes from: its address, or for IPv6 the network of it; empty for a local socket."""
    host = str(peername[0]) if isinstance(peername, tuple) else ""
    if ":" not in host:
        return host
    address = ipaddress.IPv6Address(host.partition("%")[0])
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
