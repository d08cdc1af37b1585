import re
from pathlib import Path

import pytest

from service.access.caller import Role
from service.access.who_may import EVERYBODY, WHO_MAY, may
from service.routes import routes, watching_routes


def names(of):
    return {route.kwargs["name"] for route in of}


def test_every_route_has_its_row_and_no_row_is_of_nothing():
    assert names(routes()) == set(WHO_MAY)


def test_those_who_watch_over_a_process_need_no_signature():
    assert {WHO_MAY[name] for name in names(watching_routes())} == {EVERYBODY}


def test_who_only_reads_changes_nothing():
    questions = ("Describe", "List", "Watch")
    readers = {name for name, role in WHO_MAY.items() if role is Role.READER}

    assert {name for name in readers if not name.startswith(questions)} == set()


@pytest.mark.parametrize(("role", "allowed"), [(Role.READER, 1), (Role.OPERATOR, 2), (Role.ADMINISTRATOR, 3)])
def test_each_role_may_what_the_lesser_ones_may(role, allowed):
    assert [may(role, needed) for needed in Role] == [True] * allowed + [False] * (3 - allowed)


def test_the_page_has_the_same_table():
    page = (Path(__file__).parents[4] / "docs" / "credentials.md").read_text()
    rows = dict(re.findall(r"^\| `?(\w+)`? \| ((?:this too: )?`[A-Z]\w+`.*) \|$", page, re.MULTILINE))
    told = {name: role for role, names_ in rows.items() for name in re.findall(r"`([A-Z]\w+)`", names_)}

    assert told == {name: role or "everybody" for name, role in WHO_MAY.items()}
