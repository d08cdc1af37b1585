"""What the tests of the workers are given."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.begun_audit import NAMES, SHARD_SIZE, Begin, Case
from tests.support.dispatching import Surroundings
from tests.support.fleet_in_memory import FleetInMemory
from tests.support.made_up_checks import REGISTRY
from tests.support.workshop import open_workshop


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begin]:
    """Make the one case of a test: `begun("name", ...)`."""
    with ExitStack() as stack:

        def begin(*names: str, checks: tuple[str, ...] = (NAMES,), **fleet: Any) -> Case:
            things = FleetInMemory([{"name": name} for name in names], **fleet)
            workshop = stack.enter_context(open_workshop(tmp_path, things, REGISTRY, SHARD_SIZE))
            workshop.start_audit(*checks)
            return Case(workshop, things)

        yield begin


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Surroundings]:
    surroundings = Surroundings(tmp_path / "dispatcher.sqlite")
    yield surroundings
    surroundings.database.close()
