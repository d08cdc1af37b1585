"""What removes what is older than the retention, put together."""

from collections.abc import Callable
from datetime import timedelta

from events.archives import Archives
from events.clock import Clock
from projections.pruning import ReadModelPruning
from service.observing.metrics import Metrics
from service.settings import Settings
from service.stores import Stores
from workers.retention.inventory_pruning import InventoryPruning
from workers.retention.retention import Retention
from workers.retention.retirement import Retirement
from workers.retention.revocation_pruning import RevocationPruning


def read_model_pruning(settings: Settings, stores: Stores, clock: Clock, metrics: Metrics) -> ReadModelPruning:
    """What prunes the read models in the process that keeps them."""
    return ReadModelPruning(stores.read_models, clock, _retention(settings), metrics.pruned)


def retention(
    settings: Settings,
    stores: Stores,
    archives: Archives,
    clock: Clock,
    metrics: Metrics,
    chained_to: Callable[[], int],
) -> Retention:
    """What prunes everything else, and archives the log if there is a place for that.

    Nothing leaves the log after the position to which it is chained.
    """
    retirement = None
    if settings.archive_directory is not None:
        retirement = Retirement(
            stores.log, archives, settings.archive_directory, clock, metrics.pruned, chained_to
        )
    return Retention(
        stores.log,
        stores.work,
        stores.inventory,
        in_inventory=InventoryPruning(stores.revocation, metrics.pruned),
        in_revocation=RevocationPruning(stores.revocation, metrics.pruned),
        retirement=retirement,
        clock=clock,
        kept_for=_retention(settings),
    )


def _retention(settings: Settings) -> timedelta:
    return timedelta(days=settings.retention_days)
