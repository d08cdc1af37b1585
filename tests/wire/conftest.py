import pytest

from service.listening import listening, listening_in_a_thread
from tests.support.front_end import caller, services


@pytest.fixture
def serving(tmp_path):
    with services(tmp_path) as given:
        yield given


@pytest.fixture
async def api(serving):
    """A front end of one's own."""
    async with listening(serving) as url, caller(url, serving) as api:
        yield api


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The URL and the services of a front end that a module's tests share, so they must leave it as it is."""
    with services(tmp_path_factory.mktemp("shared")) as given, listening_in_a_thread(given) as url:
        yield url, given


@pytest.fixture
async def calm_api(shared):
    """A front end for requests that change nothing: questions, and what is refused."""
    async with caller(*shared) as api:
        yield api
