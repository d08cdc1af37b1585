"""Import of files into an inventory that is at hand, or over HTTP into a service's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import DownloadColumn

from events.clock import SystemClock
from events.errors import Refusal, StoreUnavailable
from events.inventory_import import ImportSource
from events.inventory_imports import InventoryImports
from events.vocabulary import AccountId
from service.cli.http_import import HttpImportError, import_over_http
from service.cli.screen import progress_bar
from service.telling_imports import tell_or_leave
from workers.inventory.import_teller import ImportTeller
from workers.inventory.importers.import_paths import Progress, import_paths
from workers.inventory.importers.import_report import ImportReport
from workers.inventory.store import Inventory
from workers.inventory.untold_imports import ImportedBy

REJECTIONS_SHOWN = 20


@dataclass(frozen=True)
class ImportHere:
    """Import into an inventory that is at hand, and the log that tells of it."""

    inventory: Inventory
    imports: InventoryImports
    account: AccountId
    actor: str
    """Whom the history names: the command."""

    def take(self, paths: Sequence[Path], notes: Console, *, replace: bool) -> ImportReport:
        """Import, with a bar among the notes."""
        clock = SystemClock()
        by = ImportedBy(self.actor, str(uuid4()), ImportSource.COMMAND_LINE)
        with _bar(notes) as progress, _refusals_explained():
            report = import_paths(
                self.inventory,
                self.account,
                paths,
                replace=replace,
                now=clock.now(),
                progress=progress,
                by=by,
            )
        tell_or_leave(ImportTeller(self.inventory.untold_imports, self.imports, clock))
        return report


def import_there(
    endpoint_url: str, account: AccountId, paths: Sequence[Path], notes: Console, *, replace: bool
) -> ImportReport:
    """Import into the inventory of the service at `endpoint_url`, with a bar among the notes."""
    with _bar(notes) as progress, _refusals_explained():
        return import_over_http(endpoint_url, account, paths, replace=replace, progress=progress)


def print_rejections(report: ImportReport, notes: Console) -> None:
    """Name what was not taken in, as far as anybody would read."""
    shown = report.rejections[:REJECTIONS_SHOWN]
    for rejection in shown:
        notes.print(f"rejected: {escape(str(rejection))}", style="yellow", soft_wrap=True)
    if report.rejected > len(shown):
        notes.print(f"rejected: and {report.rejected - len(shown):,} more", style="yellow")


def taken_in(report: ImportReport) -> int:
    """How many records an import took in, news or not."""
    return report.added + report.changed + report.unchanged


@contextmanager
def _bar(notes: Console) -> Iterator[Progress]:
    with progress_bar(notes, DownloadColumn()) as bar:
        task = bar.add_task("Importing", total=None, note="")
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _refusals_explained() -> Iterator[None]:
    try:
        yield
    except (Refusal, StoreUnavailable, HttpImportError) as error:
        raise click.ClickException(str(error)) from error
