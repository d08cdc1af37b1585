"""`fleet-audit import`: the fleet's certificates, policies and settings into the inventory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from events.committer import Committer
from events.inventory_imports import InventoryImports
from service.cli.environment import settings
from service.cli.importing import ImportHere, import_there, print_rejections, taken_in
from service.cli.screen import standard_error, standard_output
from service.cli.starting import start_explained
from service.settings import Settings
from service.stores import inventory_of, log_of
from workers.inventory.importers.import_report import ImportReport

NOTHING_IMPORTED = 1
SOME_REJECTED = 3

ACTOR = "fleet-audit import"
"""What the history names as the one who did it: whoever can run this has the stores themselves."""


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option("--replace", is_flag=True, help="Make the inventory exactly what is given, instead of merging.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Import into this data directory; a service may be using it.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
@click.option("--endpoint-url", metavar="URL", help="Import over HTTP, into the service at this address.")
@click.pass_context
def import_(
    context: click.Context, paths: tuple[Path, ...], replace: bool, data_dir: Path | None, endpoint_url: str | None
) -> None:
    """Import files, and directories with everything under them.

    A file is told by its contents: PEM with any number of certificates, DER, PKCS#7, or NDJSON with one record a
    line, in the field names of AWS's own describe outputs, and a resourceType: DEVICE_CERTIFICATE, CA_CERTIFICATE,
    IOT_POLICY or ACCOUNT_SETTINGS. What can't be read is reported, and the rest goes in, all at once.

    \b
    Examples:
      fleet-audit import certificates/ policies.ndjson
      fleet-audit import certificates/ --replace
      fleet-audit import device.pem --endpoint-url http://127.0.0.1:8080

    \b
    A certificate and a policy from an AWS account, as NDJSON:
      aws iot describe-certificate --certificate-id ID |
        jq -c '.certificateDescription + {resourceType: "DEVICE_CERTIFICATE"}' >> fleet.ndjson
      aws iot get-policy --policy-name NAME | jq -c '. + {resourceType: "IOT_POLICY"}' >> fleet.ndjson

    \b
    Exit codes:
      0  everything was imported
      1  nothing was
      2  the command line is wrong
      3  some was rejected, and the rest imported
    """
    if data_dir and endpoint_url:
        raise click.UsageError("--data-dir and --endpoint-url are two places; name one.")
    chosen = settings(data_directory=data_dir)
    notes = standard_error()
    if endpoint_url:
        report = import_there(endpoint_url, chosen.account, paths, notes, replace=replace)
    else:
        report = _import_into_directory(chosen, paths, notes, replace=replace)
    print_rejections(report, notes)
    standard_output().print(
        f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{report.removed:,} removed, {report.rejected:,} rejected."
    )
    context.exit(exit_code(report))


def exit_code(report: ImportReport) -> int:
    """What a script is told."""
    if not taken_in(report):
        return NOTHING_IMPORTED
    return SOME_REJECTED if report.rejected else 0


def _import_into_directory(
    chosen: Settings, paths: tuple[Path, ...], notes: Console, *, replace: bool
) -> ImportReport:
    with start_explained(chosen), inventory_of(chosen) as inventory, _imports_told_in(chosen) as imports:
        return ImportHere(inventory, imports, chosen.account, ACTOR).take(paths, notes, replace=replace)


@contextmanager
def _imports_told_in(chosen: Settings) -> Iterator[InventoryImports]:
    with log_of(chosen) as log:
        committer = Committer(log)
        committer.start()
        try:
            yield InventoryImports(committer)
        finally:
            committer.stop()
