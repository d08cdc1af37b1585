"""The AWS account that is read into the inventory, put together from the settings."""

from events.clock import Clock
from service.settings import AWS, Settings
from service.stores import Stores
from workers.aws_account.access import AccountAccess
from workers.aws_account.linked_account import LinkedAccount


def linked_account(settings: Settings, stores: Stores, clock: Clock) -> LinkedAccount | None:
    """What reads the account; None when the inventory is filled by imports only."""
    if settings.source != AWS:
        return None
    access = AccountAccess(settings.region, assumes_role=settings.assumes_role)
    return LinkedAccount(access, stores.revocation, stores.inventory, stores.reading_lock, clock)
