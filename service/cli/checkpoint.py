"""`fleet-audit checkpoint`: what is to be kept elsewhere, so that nobody can rewrite log and chain unnoticed."""

from pathlib import Path
from typing import TextIO

import click
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from events.errors import StoreUnavailable
from service.chain_access import log_and_chain, own_key
from service.cli.chain_options import DATA_DIR, DATABASE_URL, CouldNot, chosen


@click.group()
def checkpoint() -> None:
    """Export signed checkpoints of the log, and the public key that they are verified with.

    \b
    Examples:
      fleet-audit checkpoint key > audit.vkey           # once; give it to whoever shall verify
      fleet-audit checkpoint export kept-elsewhere.txt  # daily, to where nobody of here can write

    A checkpoint is a signed note in the format of c2sp.org/tlog-checkpoint.
    """


@checkpoint.command()
@DATA_DIR
@DATABASE_URL
@click.option("--all", "every", is_flag=True, help="All checkpoints, not only the latest.")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
def export(data_dir: Path | None, database_url: str | None, *, every: bool, file: TextIO) -> None:
    """Write the latest checkpoint to FILE, or to the standard output."""
    try:
        with log_and_chain(chosen(data_dir, database_url)) as found:
            latest = None if found.chain is None else found.chain.latest_note()
            if found.chain is None or latest is None:
                raise CouldNot("There is no checkpoint yet: one is signed a minute after something happened.")
            if not every:
                file.write(latest)
                return
            after = -1
            while notes := found.chain.notes(after):
                file.write("".join(f"{note}\n" for _, note in notes))
                after = notes[-1][0]
    except StoreUnavailable as error:
        raise CouldNot(f"The checkpoints can't be read: {error}.") from error


@checkpoint.command()
@DATA_DIR
@click.option("--pem", is_flag=True, help="As PEM, for openssl and the like.")
def key(data_dir: Path | None, *, pem: bool) -> None:
    """Print the public key: as a verifier key of signed notes (NAME+ID+KEY), or as PEM."""
    try:
        own = own_key(chosen(data_dir, None))
    except StoreUnavailable as error:
        raise CouldNot(str(error)) from error
    if own is None:
        raise CouldNot(
            "There is no key: FLEET_AUDIT_CHECKPOINT_KEY is not set, and the data directory has none before the"
            " first `fleet-audit serve`."
        )
    if pem:
        public = Ed25519PublicKey.from_public_bytes(own.public)
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        click.echo(public.public_bytes(*form).decode(), nl=False)
    else:
        click.echo(str(own))
