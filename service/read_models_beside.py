"""The read models for a command that looks at the stores itself, beside a service or without one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from events.follower import Follower
from events.position_watch import PositionWatch
from projections.read_models import ReadModels
from service.data_directory import DataDirectory, DataDirectoryError, held_by_this_process
from service.settings import Settings
from service.stores import Stores

PATIENCE = 60.0
"""Seconds in which the read models have to come to the end of the log; then questions to them are refused."""


@contextmanager
def read_models_beside(settings: Settings, stores: Stores) -> Iterator[ReadModels]:
    """Give the read models at the end of the log.

    Those of a data directory that nobody serves are brought there; any others are waited for.
    """
    end_of_log = stores.log.last_position()
    with ExitStack() as opened:
        is_alone = settings.database_url is None and _held(DataDirectory(settings.data_directory), opened)
        read_models = ReadModels(stores.read_models)
        if is_alone:
            follower = Follower(stores.log, read_models)
            follower.start()
            opened.callback(follower.stop)
            follower.progress.wait(end_of_log, PATIENCE)
        else:
            read_models.look(end_of_log)
            watch = PositionWatch(lambda: read_models.look(end_of_log))
            watch.start()
            opened.callback(watch.stop)
            watch.progress.wait(end_of_log, PATIENCE)
        yield read_models


def _held(directory: DataDirectory, opened: ExitStack) -> bool:
    """Keep serving processes out while the block lasts; False if one is in."""
    try:
        opened.enter_context(held_by_this_process(directory))
    except DataDirectoryError:
        return False
    return True
