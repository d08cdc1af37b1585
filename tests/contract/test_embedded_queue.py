from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.contract.queue_contract import QueueContract
from workers.broker import EmbeddedBroker
from workers.queue import QueueBroker


class TestEmbeddedQueue(QueueContract):
    @pytest.fixture
    def opened(self) -> Callable[[], AbstractContextManager[QueueBroker]]:
        return lambda: nullcontext(EmbeddedBroker())
