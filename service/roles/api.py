"""An API process, put together: commands go to the log, and answers come from read models that another keeps."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from events.clock import Clock
from events.position_watch import PositionWatch
from projections.read_models import ReadModels
from service.access_parts import credential_book
from service.observing.health import all_reasons, of_log, of_read_models
from service.parts import parts, services
from service.services import Services
from service.settings import Settings
from service.stores import stores_of_a_role


@contextmanager
def api(settings: Settings, clock: Clock) -> Iterator[Services]:
    """Run what an API needs, but for its HTTP server, for as long as the block lasts.

    It neither sends work nor needs Redis. Raise DataDirectoryError or StoreUnavailable if the stores can't be
    opened.
    """
    with ExitStack() as opened:
        stores = opened.enter_context(stores_of_a_role(settings))
        of = opened.enter_context(parts(settings, clock, stores))
        end_of_log = stores.log.last_position()
        read_models = ReadModels(stores.read_models)
        read_models.look(end_of_log)
        watch = PositionWatch(lambda: read_models.look(end_of_log))
        watch.start()
        opened.callback(watch.stop)
        health = all_reasons(of_read_models(watch.progress, end_of_log), of_log(stores.log))
        credentials = opened.enter_context(credential_book(settings, stores.log, clock))
        yield services(of, read_models, watch.progress, health, credentials=credentials)
