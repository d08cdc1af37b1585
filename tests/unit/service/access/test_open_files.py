import logging
import resource

import pytest

from service.access.door_settings import DEFAULT_DOOR, Door
from service.access.open_files import said_of_open_files
from service.listening import listening
from service.settings import Settings
from tests.support.front_end import services

FEW = 512
"""Files that are enough for a front end in a test, and too few for its 512 connections."""


def test_what_most_systems_allow_is_enough_for_the_connections_of_the_default():
    assert said_of_open_files(DEFAULT_DOOR, 1024) is None


@pytest.mark.parametrize("allowed", [1316, resource.RLIM_INFINITY])
def test_so_is_a_file_for_each_connection_and_those_beside(allowed):
    assert said_of_open_files(Door(most_connections=1000), allowed) is None


def test_with_fewer_it_is_said_how_many_there_should_be():
    said = said_of_open_files(Door(most_connections=1000), 1315)
    assert said is not None
    assert said.startswith(
        "This process may open 1315 files, and can come to need 1316 with FLEET_AUDIT_MAX_CONNECTIONS=1000."
    )


@pytest.fixture
def few_files():
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, allowed[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, allowed)


@pytest.mark.usefixtures("few_files")
async def test_a_process_says_so_once_it_listens(tmp_path, caplog):
    with (
        caplog.at_level(logging.WARNING, "service.listening"),
        services(tmp_path, Settings(data_directory=tmp_path)) as given,
    ):
        async with listening(given):
            pass
    assert [each.getMessage() for each in caplog.records] == [said_of_open_files(DEFAULT_DOOR, FEW)]
