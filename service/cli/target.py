"""What an audit is run against: a service that is there, or one of its own that lives as long as the audit."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console

from events.clock import SystemClock
from events.vocabulary import CheckName
from service.cli.audits import Client, audit_client, enabled_checks
from service.cli.environment import has_own_credentials
from service.cli.importing import ImportHere, import_there, print_rejections, taken_in
from service.cli.starting import start_explained
from service.embedded import embedded
from service.listening import listening_in_a_thread
from service.services import Services
from service.settings import IMPORT, SYSTEM, Settings
from workers.inventory.importers.import_report import ImportReport


@dataclass(frozen=True)
class Target:
    """A service that can be asked, and the checks that make sense there unless somebody names others."""

    client: Client
    checks: Sequence[str]
    left_out: Sequence[str] = ()
    """Checks for which there is nothing to examine."""
    imported: ImportReport | None = None


@contextmanager
def service_at(endpoint_url: str, paths: Sequence[Path], chosen: Settings, notes: Console) -> Iterator[Target]:
    """The service at `endpoint_url`, with `paths` imported into it, if any, and the checks enabled there."""
    imported = None
    if paths:
        imported = import_there(endpoint_url, chosen.account, paths, notes, replace=False)
        print_rejections(imported, notes)
    client = audit_client(endpoint_url, chosen.region, own_credentials=has_own_credentials())
    yield Target(client, enabled_checks(client), imported=imported)


@contextmanager
def service_of_its_own(paths: Sequence[Path], chosen: Settings, notes: Console) -> Iterator[Target]:
    """A service in a temporary directory, with `paths` imported into it and nothing else.

    Every check is enabled. Those that make sense are the ones with something to examine. No account is read, and
    no broker is asked: it would give the messages of the service whose session it keeps.
    """
    with tempfile.TemporaryDirectory(prefix="fleet-audit-") as directory:
        own = replace(
            chosen,
            host="127.0.0.1",
            port=0,
            data_directory=Path(directory),
            database_url=None,
            source=IMPORT,
            clock=SYSTEM,
            mqtt_broker=None,
            webhook=None,
        )
        with start_explained(own), embedded(own, SystemClock()) as services:
            here = ImportHere(services.inventory, services.application.imports, own.account, "fleet-audit audit")
            imported = here.take(paths, notes, replace=False)
            print_rejections(imported, notes)
            if not taken_in(imported):
                raise click.ClickException("Nothing could be imported, so there is nothing to audit.")
            with listening_in_a_thread(services) as url:
                client = audit_client(url, own.region)
                enable_checks(client, own, list(services.registry))
                checks, left_out = _with_something_to_examine(services)
                yield Target(client, checks, left_out, imported)


def enable_checks(client: Client, chosen: Settings, check_names: Sequence[str]) -> None:
    """Enable checks in an account that has not been configured. No role is assumed: the inventory is at hand."""
    client.update_account_audit_configuration(
        roleArn=f"arn:aws:iam::{chosen.account}:role/FleetAudit",
        auditCheckConfigurations={name: {"enabled": True} for name in check_names},
    )


def _with_something_to_examine(services: Services) -> tuple[list[CheckName], list[CheckName]]:
    account = services.settings.account
    version = services.inventory.current_version(account)
    there: list[CheckName] = []
    absent: list[CheckName] = []
    for name, check in services.registry.items():
        anything = replace(check.examines, only={})
        # Connections are no part of what is imported here.
        is_there = check.looks_back is None and services.inventory.count(account, anything, version)
        (there if is_there else absent).append(name)
    return there, absent
