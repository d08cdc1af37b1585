"""What is done to the cluster, by name, and how it is undone."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import redis

from tests.faults.besieged import Besieged, Place
from tests.support.postgresql_server import PostgresqlServer
from tests.support.redis_server import RedisServer
from tests.support.tcp_relay import TcpRelay
from workers.messages import JUDGING_QUEUE, PLANNING_QUEUE
from workers.redis_broker import NAMESPACE

LONGEST_JUMP = 3 * 24 * 3600
"""Seconds that a process's clock is ahead or behind, at most: enough for what is scheduled daily to become due."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one part of the cluster."""

    parts: Callable[[Besieged], Sequence[Any]]
    """Those of which it can befall one."""
    begin: Callable[[Any, Random], None]
    end: Callable[[Any], None] | None = None
    """What puts it right after a while; None where nothing is to be put right."""


def processes(cluster: Besieged) -> Sequence[Place]:
    return cluster.places


def the_redis(cluster: Besieged) -> Sequence[RedisServer]:
    return [cluster.redis]


def the_postgresql(cluster: Besieged) -> Sequence[PostgresqlServer]:
    return [cluster.postgresql]


def wire_to(server: str) -> Callable[[Besieged], Sequence[TcpRelay]]:
    return lambda cluster: [cluster.wires[server]]


def lose_redis(server: RedisServer, _: Random) -> None:
    server.kill()
    server.lose_data()


def flush(server: RedisServer, _: Random) -> None:
    with server.client() as spoiling:
        spoiling.flushall()


def send_twice(server: RedisServer, chance: Random) -> None:
    """Put messages into their queue again that wait there, or that somebody works on, under the same id."""
    with server.client() as spoiling:
        for queue in (PLANNING_QUEUE, JUDGING_QUEUE):
            ids: Any = spoiling.hkeys(f"{NAMESPACE}:{queue}.msgs")
            for message_id in chance.sample(ids, k=len(ids) // 2):
                spoiling.rpush(f"{NAMESPACE}:{queue}", message_id)


def reorder(server: RedisServer, chance: Random) -> None:
    """Move some messages from the head of their queue to its end."""
    with server.client() as spoiling:
        for queue in (PLANNING_QUEUE, JUDGING_QUEUE):
            name = f"{NAMESPACE}:{queue}"
            for _ in range(chance.randrange(1, 10)):
                spoiling.lmove(name, name, "LEFT", "RIGHT" if chance.random() < 0.8 else "LEFT")


def set_clock(place: Place, chance: Random) -> None:
    place.set_clock(chance.randint(-LONGEST_JUMP, LONGEST_JUMP))


def make_room_and_start(server: PostgresqlServer) -> None:
    server.stop(signal.SIGQUIT)
    server.start()


FAULTS: Mapping[str, Fault] = {
    "kill -9 of a process": Fault(processes, lambda place, _: place.kill(), Place.start),
    "SIGSTOP and SIGCONT of a process": Fault(processes, lambda place, _: place.hang(), Place.go_on),
    "a process's clock jumps": Fault(processes, set_clock),
    "Redis: FLUSHALL": Fault(the_redis, flush),
    "Redis: SIGSTOP and SIGCONT": Fault(the_redis, lambda server, _: server.pause(), RedisServer.go_on),
    "Redis: killed, back with its data": Fault(the_redis, lambda server, _: server.kill(), RedisServer.start),
    "Redis: killed, back without its data": Fault(the_redis, lose_redis, RedisServer.start),
    "messages twice": Fault(the_redis, send_twice),
    "messages in another order": Fault(the_redis, reorder),
    "connections to Redis cut": Fault(wire_to("redis"), lambda wire, _: wire.cut()),
    "connections to PostgreSQL cut": Fault(wire_to("postgresql"), lambda wire, _: wire.cut()),
    "PostgreSQL: fast restart": Fault(
        the_postgresql, lambda server, _: server.stop(signal.SIGINT), PostgresqlServer.start
    ),
    "PostgreSQL: immediate restart": Fault(
        the_postgresql, lambda server, _: server.stop(signal.SIGQUIT), PostgresqlServer.start
    ),
    "PostgreSQL: its disk is full": Fault(
        the_postgresql, lambda server, _: server.fill_disk(), make_room_and_start
    ),
}

EXPECTED_OF_THE_SPOILER = (redis.RedisError,)
"""What spoiling itself may meet, since the part may be down already."""
