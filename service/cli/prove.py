"""`fleet-audit prove`: an event with all that shows that it is in the log, for who has a public key alone."""

from pathlib import Path
from typing import TextIO
from uuid import UUID

import click

from events.errors import StoreUnavailable
from events.proof.proof_file import ConsistencyProof, EventProof
from service.chain_access import log_and_chain
from service.cli.chain_options import ARCHIVE_DIR, DATA_DIR, DATABASE_URL, CouldNot, checkpoints, chosen
from service.cli.offline import ProvesNothing
from workers.chain.proving import NotAsChained, NotProvable, Proving
from workers.chain.store import ChainDamaged


@click.command()
@DATA_DIR
@DATABASE_URL
@ARCHIVE_DIR
@click.option(
    "--checkpoint",
    "under",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Prove it under this checkpoint, and not under the latest.",
)
@click.option(
    "--consistency",
    "old",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Prove that the latest checkpoint continues this one.",
)
@click.option(
    "--output",
    type=click.File("w", encoding="utf-8", lazy=True),
    default="-",
    metavar="FILE",
    help="Write it there.",
)
@click.argument("event", required=False)
def prove(
    data_dir: Path | None,
    database_url: str | None,
    archive_dir: Path | None,
    under: Path | None,
    *,
    old: Path | None,
    output: TextIO,
    event: str | None,
) -> None:
    """Write a proof that EVENT, its position in the log or its id, is in the log: one file, with the event in it.

    \b
    Examples:
      fleet-audit prove 1042 --output event.tlog-proof
      fleet-audit prove --consistency kept-elsewhere.txt --output grown.txt
      fleet-audit verify --offline event.tlog-proof --key audit.vkey     # wherever

    The format is that of c2sp.org/tlog-proof.
    """
    if (event is None) == (old is None):
        raise click.UsageError("Give an EVENT, or --consistency FILE.")
    of = chosen(data_dir, database_url, archive_dir)
    try:
        with log_and_chain(of) as found:
            if found.chain is None:
                raise CouldNot("There is no chain of this log yet.")
            proving = Proving(found.log, found.chain, of.archive_directory)
            proof = _proof(proving, event, under, old)
    except NotAsChained as error:
        raise ProvesNothing(str(error)) from error
    except (NotProvable, StoreUnavailable, ChainDamaged) as error:
        raise CouldNot(str(error)) from error
    output.write(str(proof))


def _proof(
    proving: Proving, event: str | None, under: Path | None, old: Path | None
) -> EventProof | ConsistencyProof:
    if old is not None:
        return proving.consistency(checkpoints([old])[-1])
    return proving.event(_position(proving, event or ""), None if under is None else checkpoints([under])[-1])


def _position(proving: Proving, event: str) -> int:
    if event.isdecimal() and len(event) < 19:
        return int(event)
    try:
        position = proving.log.position_of(UUID(event).bytes)
    except ValueError as error:
        raise click.UsageError(f"{event} is neither a position nor the id of an event.") from error
    if position is None:
        raise NotProvable(f"There is no event {event} in the log; archived ones are found by their positions.")
    return position
