import pytest

from service.access.connections import Connections, peer_of


class Connection:
    """A connection that knows whether it was closed."""

    is_closed = False

    def force_close(self):
        self.is_closed = True


def opened(room, count, peer="192.0.2.1"):
    connections = [Connection() for _ in range(count)]
    for each in connections:
        assert room.open(each, peer)
    return connections


def closed(connections):
    return [each.is_closed for each in connections]


def test_up_to_the_limit_nobody_is_closed():
    room = Connections(most=3, most_of_a_peer=3)
    assert closed(opened(room, 3)) == [False] * 3
    assert len(room) == 3


def test_the_oldest_that_never_asked_makes_room():
    room = Connections(most=3, most_of_a_peer=3)
    idle, silent, younger = opened(room, 3)
    room.began(idle)
    room.ended(idle)
    opened(room, 1)
    assert closed([idle, silent, younger]) == [False, True, False]
    opened(room, 1)
    assert closed([idle, younger]) == [False, True]
    assert len(room) == 3


def test_then_the_one_that_has_been_idle_longest():
    room = Connections(most=3, most_of_a_peer=3)
    one, two, three = opened(room, 3)
    for each in (one, two, three, one):
        room.began(each)
        room.ended(each)
    opened(room, 1)
    assert closed([one, two, three]) == [False, True, False]


def test_of_the_peer_that_has_the_most():
    room = Connections(most=4, most_of_a_peer=4)
    modest = opened(room, 1, "192.0.2.1")
    greedy = opened(room, 3, "192.0.2.2")
    opened(room, 5, "192.0.2.2")
    assert closed(greedy) == [True] * 3
    assert closed(modest) == [False]


def test_a_peer_at_its_own_limit_makes_room_itself():
    room = Connections(most=10, most_of_a_peer=2)
    others = opened(room, 3, "192.0.2.1") and opened(room, 2, "192.0.2.2")
    own = opened(room, 2, "192.0.2.3")
    opened(room, 1, "192.0.2.3")
    assert closed(own) == [True, False]
    assert closed(others) == [False] * 2


def test_where_all_are_at_work_a_few_more_are_let_in_for_who_watches():
    room = Connections(most=2, most_of_a_peer=2, spare=2)
    busy = opened(room, 2)
    for each in busy:
        room.began(each)
    first, second = opened(room, 2)
    assert room.is_spare(first)
    assert room.is_spare(second)
    third = opened(room, 1)[0]
    assert closed([*busy, first, second]) == [False, False, True, False]
    for each in (second, third):
        room.began(each)
    assert not room.open(Connection(), "192.0.2.1")
    room.close(busy[0])
    assert not room.is_spare(opened(room, 1)[0])


def test_who_has_gone_is_forgotten_and_closing_twice_is_once():
    room = Connections(most=2, most_of_a_peer=1)
    [only] = opened(room, 1)
    room.close(only)
    room.close(only)
    room.began(only)
    room.ended(only)
    assert len(room) == 0
    assert not room.is_spare(only)
    assert closed([*opened(room, 1), only]) == [False, False]


@pytest.mark.parametrize(
    ("peername", "peer"),
    [
        (("192.0.2.1", 50_000), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 50_000, 0, 0), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 50_000, 0, 2), "fe80::/64"),
        (("::ffff:192.0.2.1", 50_000, 0, 0), "192.0.2.1"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_peer_is_an_address_or_a_network_of_ipv6(peername, peer):
    assert peer_of(peername) == peer
