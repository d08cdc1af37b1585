"""`fleet-audit verify`: whether anybody touched the log, and what was done to it."""

from contextlib import ExitStack
from pathlib import Path

import click
import orjson

from events.errors import StoreUnavailable
from events.proof.checkpoint import SignedCheckpoint
from events.proof.note import VerifierKey
from service.chain_access import chained_anew, log_and_chain, own_key
from service.cli.chain_options import (
    ARCHIVE_DIR,
    DATA_DIR,
    DATABASE_URL,
    CouldNot,
    checkpoints,
    chosen,
    keys,
)
from service.cli.offline import verify_offline
from service.cli.screen import progress_bar, standard_error, standard_output
from service.cli.verification_lines import lines_of
from service.settings import Settings
from workers.chain.report import Report
from workers.chain.verification import Verification

TAMPERED = 1

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@DATA_DIR
@DATABASE_URL
@ARCHIVE_DIR
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="Checkpoints that were kept elsewhere. May be given several times.",
)
@click.option(
    "--key",
    "given_keys",
    multiple=True,
    metavar="VKEY",
    help="The public key, or a file with it, that `fleet-audit checkpoint key` printed. Several after a rotation.",
)
@click.option("--offline", type=FILE, metavar="FILE", help="Verify this proof, without any log or setting.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def verify(
    context: click.Context,
    data_dir: Path | None,
    database_url: str | None,
    archive_dir: Path | None,
    *,
    files: tuple[Path, ...],
    given_keys: tuple[str, ...],
    offline: Path | None,
    as_json: bool,
) -> None:
    """Recompute every hash of the log, its tree and its checkpoints, and name what was tampered with.

    \b
    Examples:
      fleet-audit verify --data-dir backup/ --key audit.vkey --checkpoint kept-elsewhere.txt
      fleet-audit verify --offline event.tlog-proof --key audit.vkey

    Nothing is written; the service may run, or be stopped, and the directory be a copy that can only be read.
    Without --key, the key of the settings or of the data directory is trusted; who can change the log may be able
    to change that as well.

    \b
    Exit codes:
      0  nothing was tampered with, as far as this can tell
      1  something was, and is named
      2  it could not be verified
    """
    trusted, kept = keys(given_keys), checkpoints(files)
    if offline is not None:
        verify_offline(offline, trusted, kept, as_json=as_json)
        return
    report = _verified(chosen(data_dir, database_url, archive_dir), trusted, kept)
    if as_json:
        click.echo(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        for line in lines_of(report):
            standard_output().print(line, markup=False, soft_wrap=True)
    context.exit(0 if report.is_clean else TAMPERED)


def _verified(of: Settings, trusted: list[VerifierKey], kept: list[SignedCheckpoint]) -> Report:
    notes = standard_error()
    try:
        with ExitStack() as opened:
            found = opened.enter_context(log_and_chain(of))
            if not trusted:
                own = own_key(of)
                trusted = [] if own is None else [own]
                if own is not None:
                    notes.print(f"Trusted is the key of the settings or the data directory: {own}")
            if found.chain is None and not kept:
                raise CouldNot(
                    "There is no chain of this log, so nothing tells whether it was changed. With checkpoints that"
                    " were kept elsewhere: --checkpoint FILE."
                )
            if not trusted and (kept or (found.chain is not None and found.chain.latest_note() is not None)):
                raise CouldNot("There is no key to verify checkpoints with; give it: --key VKEY.")
            chain = found.chain
            if chain is None:
                notes.print(
                    "There is no chain of this log: it is chained anew, and only --checkpoint proves anything."
                )
                chain = opened.enter_context(chained_anew(found.log))
            verification = Verification(found.log, chain, trusted, kept, of.archive_directory)
            bar = opened.enter_context(progress_bar(notes))
            task = bar.add_task("Verifying", total=chain.tail().size, note="")
            return verification.run(lambda events: bar.update(task, completed=events))
    except StoreUnavailable as error:
        raise CouldNot(f"The log can't be verified: {error}.") from error
