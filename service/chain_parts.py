"""What chains the log and signs checkpoints, put together."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from events.clock import Clock
from events.proof.note import Signer
from events.proof.signing_key import key_in_file
from service.data_directory import DataDirectory
from service.settings import Settings
from service.stores import Stores
from workers.chain.chain_follower import ChainFollower
from workers.chain.chaining import Chaining
from workers.chain.proving import Proving
from workers.chain.store import CHAIN_TABLES, Chain

logger = logging.getLogger(__name__)


@contextmanager
def chained(settings: Settings, stores: Stores, clock: Clock) -> Iterator[tuple[Chaining, ChainFollower]]:
    """Keep the chain up with the log during the block. Raise StoreUnavailable if there is no key to sign with."""
    signer = signer_of(settings)
    if signer is None:
        logger.warning(
            "The log is chained and nothing is signed, since FLEET_AUDIT_CHECKPOINT_KEY is not set: only"
            " checkpoints prove that nobody changed log and chain."
        )
    chaining = Chaining(stores.stored_rows, stores.chain, signer, clock)
    follower = ChainFollower(chaining)
    follower.start()
    try:
        yield chaining, follower
    finally:
        follower.stop()


def signer_of(settings: Settings) -> Signer | None:
    """Who signs checkpoints: the key that is set, or that of the data directory, which is made if need be.

    None over a database, where no key is set: processes on several hosts could not share one. Raise
    StoreUnavailable if the key file can't be read.
    """
    chosen = settings.checkpoints
    if chosen.key is not None:
        return Signer(chosen.origin, chosen.key)
    if settings.database_url is not None:
        return None
    return Signer(chosen.origin, key_in_file(DataDirectory(settings.data_directory).checkpoint_key))


def proving(settings: Settings, stores: Stores) -> Proving:
    """What answers questions about checkpoints and proofs. Raise SchemaMissing when the tables are not there."""
    stores.chain.prepare(CHAIN_TABLES)
    return Proving(stores.stored_rows, Chain(stores.chain.query), settings.archive_directory)
