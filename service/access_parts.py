"""What knows who may come in, put together."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from events.clock import Clock
from events.log import EventLog
from projections.credentials import CredentialList
from service.access.credential_book import CredentialBook
from service.access.sealing_key import sealer
from service.settings import Settings


@contextmanager
def credential_book(settings: Settings, log: EventLog, clock: Clock) -> Iterator[CredentialBook]:
    """Read the credentials, and what becomes of them, for as long as the block lasts.

    `clock` is the computer's. Raise SealingKeyError if the key file can't be used.
    """
    directory = None if settings.database_url is not None else settings.data_directory
    find_sealer = partial(sealer, settings.credentials_keys, directory)
    find_sealer()
    book = CredentialBook(CredentialList(log), find_sealer, settings.region, clock)
    book.start()
    try:
        yield book
    finally:
        book.stop()
