from collections.abc import Iterator

import pytest

from tests.support.redis_server import RedisServer


@pytest.fixture
def redis_server(tmp_path) -> Iterator[RedisServer]:
    """A server of a test's own, to be killed or emptied at will. It is up in some hundredths of a second."""
    with RedisServer(tmp_path) as server:
        yield server
