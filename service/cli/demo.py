"""`fleet-audit demo`: the whole story in one command."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from events.clock import SystemClock
from service.cli.audit_progress import AuditProgress
from service.cli.audits import AuditReport, audit_client, refusals_explained, run_audit, watched_by
from service.cli.importing import ImportHere
from service.cli.report import print_report
from service.cli.screen import standard_output
from service.cli.starting import start_explained
from service.cli.target import enable_checks
from service.demo.checks import CHECKS, CONNECTION_CHECKS, REVOCATION_CHECKS
from service.demo.fleet import DemoFleet, lists_of, presence_of, write_fleet
from service.demo.fleet_plan import HEALTHY, TROUBLED, FleetPlan
from service.demo.revocation_lists import HOST, list_server
from service.embedded import embedded
from service.listening import listening_in_a_thread
from service.services import Services
from service.settings import Settings
from workers.revocation.address_rules import AddressRules


@click.command()
@click.option(
    "--write",
    "kept",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIRECTORY",
    help="Write the fleet's files there and keep them, to look at, change and audit again.",
)
def demo(kept: Path | None) -> None:
    """Audit two demonstration fleets, from import to findings: one with troubles, and one in good order.

    The fleets are real: the CA certificates of the certifi bundle, hundreds of device certificates with keys and
    signatures made now, policies and roles after AWS's examples, a month of connections. Nothing of what is found
    is prepared: every finding is computed. Revocation lists come from a server on this machine; those of public
    CAs from the internet.

    \b
    Examples:
      fleet-audit demo
      fleet-audit demo --write demo-fleet && rm demo-fleet/inventory/devices/pump-*.pem
      fleet-audit audit demo-fleet/inventory
    """
    console = standard_output()
    with tempfile.TemporaryDirectory(prefix="fleet-audit-demo-") as directory:
        home = _made(kept) if kept else Path(directory) / "fleet"
        console.print("[bold]A fleet with one of every trouble[/]")
        with _audited(TROUBLED, home, Path(directory) / "data", console) as report:
            print_report(report, console)
        console.print("\n[bold]A fleet in good order[/]")
        with _audited(HEALTHY, Path(directory) / "healthy", Path(directory) / "healthy-data", console) as report:
            print_report(report, console)
    _name_next_steps(kept, console)


@contextmanager
def _audited(plan: FleetPlan, home: Path, data_directory: Path, console: Console) -> Iterator[AuditReport]:
    """A fleet, made and audited by a service of its own."""
    with list_server(lists_of(home)) as lists_at:
        fleet = write_fleet(home, SystemClock().now(), lists_at, plan)
        # The defaults, and not the environment: the demo is the same everywhere.
        chosen = Settings(
            port=0,
            data_directory=data_directory,
            key_blocklist=fleet.key_blocklist,
            crl_allow=AddressRules.parse(HOST),
        )
        with (
            start_explained(chosen),
            embedded(chosen, SystemClock()) as services,
            listening_in_a_thread(services) as url,
            refusals_explained(),
        ):
            yield _audit(services, url, fleet, presence_of(home), console)


def _audit(services: Services, url: str, fleet: DemoFleet, presence: Path, console: Console) -> AuditReport:
    account, region = services.settings.account, services.settings.region
    checks = (*CHECKS, *REVOCATION_CHECKS, *CONNECTION_CHECKS)
    _step(console, 1, f"The service listens at {url}, with its data in a temporary directory.")
    _step(console, 2, "The fleet is imported: certificates, policies, roles, logging options.")
    here = ImportHere(services.inventory, services.application.imports, account, "fleet-audit demo")
    imported = here.take([fleet.inventory], console, replace=True)
    console.print(f"{imported.added:,} resources added, {imported.rejected:,} rejected.")

    client = audit_client(url, region)
    _step(console, 3, f"boto3 enables {len(checks)} checks and starts an on-demand audit.")
    enable_checks(client, services.settings, checks)
    told = services.presence.take(account, [presence.read_bytes()])
    console.print(f"{told.recorded:,} connects and disconnects are told, as a broker would tell them.")
    with AuditProgress(console) as progress:
        report = run_audit(client, checks, watched_by(client), progress.look)
    _step(console, 4, f"Audit {report.task_id} is {report.task['taskStatus']}.")
    return report


def _step(console: Console, number: int, text: str) -> None:
    console.print(f"\n[bold]{number}.[/] {escape(text)}")


def _made(directory: Path) -> Path:
    if directory.exists() and any(directory.iterdir()):
        raise click.ClickException(f"{directory} is not empty. Name a directory that is, or that does not exist.")
    return directory


def _name_next_steps(kept: Path | None, console: Console) -> None:
    program = "fleet-audit" if shutil.which("fleet-audit") else sys.argv[0]
    fleet = kept or Path("demo-fleet")
    steps = {
        f"{program} demo --write {fleet}": "keep the fleet's files",
        f"{program} audit {fleet}/inventory": "audit files, as in CI",
        f"{program} serve": "for the tools of AWS",
        f"{program} checks": "what is looked for",
    }
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column(no_wrap=True, overflow="ignore", min_width=max(map(len, steps)))  # to be copied whole
    for command, use in steps.items():
        if not (kept and "--write" in command):
            table.add_row(command, f"[dim]{use}[/]")
    console.print("\n[bold]Try next[/]")
    console.print(table)
