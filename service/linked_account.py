"""The AWS account that is read into the inventory, put together from the settings."""

from events.clock import Clock
from events.vocabulary import AccountId
from service.settings import AWS, Settings
from service.stores import Stores
from workers.aws_account.access import AccountAccess
from workers.aws_account.linked_account import LinkedAccount


def linked_account(settings: Settings, stores: Stores, clock: Clock) -> LinkedAccount | None:
    """What reads the account; None when the inventory is filled by imports only."""
    if settings.source != AWS:
        return None
    access = AccountAccess(settings.region, own_account(settings))
    return LinkedAccount(access, stores.revocation, stores.inventory, stores.reading_lock, clock)


def own_account(settings: Settings) -> AccountId | None:
    """The account of boto3's own credentials, if no role is to be assumed: they must serve no other."""
    return None if settings.assumes_role else settings.account
