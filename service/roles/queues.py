"""The queue in Redis, for the roles that send into it and take out of it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from events.bell import Bell
from service.redis_setting import NAME
from service.settings import AWS, Settings
from service.variables import SettingError
from workers.checks import REGISTRY
from workers.messages import COLLECTING_QUEUE, JUDGING_QUEUE, PLANNING_QUEUE
from workers.queue import BrokerQueue
from workers.redis_broker import SharedBroker, connect
from workers.worker import collecting_checks


def brokers(settings: Settings, appended: Bell | None = None) -> tuple[SharedBroker, SharedBroker]:
    """Return the broker for what is quick, and that for what waits for others. They connect when they are used.

    `appended` is the bell of the log, for those who take work and would else look for it once a second.

    Raise SettingError when no Redis is set.
    """
    if settings.redis_url is None:
        raise SettingError(f"{NAME} is not set: it is what carries work to worker processes.")
    url = settings.redis_url
    return SharedBroker(connect(url), appended), SharedBroker(connect(url), appended)


@contextmanager
def sending_queue(settings: Settings) -> Iterator[BrokerQueue]:
    """The queue as a coordinator has it. Raise SettingError when no Redis is set."""
    quick, collecting = brokers(settings)
    quick.declare_queue(PLANNING_QUEUE)
    quick.declare_queue(JUDGING_QUEUE)
    collecting.declare_queue(COLLECTING_QUEUE)
    with closing(quick), closing(collecting):
        slow = collecting_checks(REGISTRY, is_account_linked=settings.source == AWS)
        yield BrokerQueue(quick, collecting, slow)
