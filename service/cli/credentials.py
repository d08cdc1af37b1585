"""`fleet-audit credentials`: who may call the API, on which account, with which role."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from os import urandom
from pathlib import Path
from uuid import uuid4

import click
import orjson
from rich.markup import escape
from rich.table import Table

from events.clock import SystemClock
from events.credential import Role
from events.errors import Refusal
from events.event import Cause
from events.vocabulary import AccountId
from projections.credentials import CredentialList, CredentialView
from service.access.credential_office import CredentialOffice
from service.access.minting import AccessKey
from service.cli.environment import settings
from service.cli.screen import standard_error, standard_output
from service.cli.starting import start_explained
from service.settings import ACCOUNT, Settings
from service.stores import log_of

ACTOR = "fleet-audit credentials"
"""What the events name as the one who asked: whoever can run this has the stores themselves."""

DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Where there is no database: this data directory.  [FLEET_AUDIT_DATA_DIR, ./fleet-audit-data]",
)
OUTPUT = click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="json: one document on standard output.",
)


@click.group()
def credentials() -> None:
    """Say who may call the API: make, list, disable and rotate credentials.

    They are in the log of the data directory or of FLEET_AUDIT_DATABASE_URL. A service may run on it meanwhile,
    and knows within a second. The first credential closes a service that was open.

    \b
    Examples:
      fleet-audit credentials create --role READER --description "the dashboard"
      fleet-audit credentials create --role ADMINISTRATOR --account 123456789012
      fleet-audit credentials list
      fleet-audit credentials rotate FAKA... --grace 86400
      fleet-audit credentials disable FAKA...

    \b
    Roles, each with what those before it may do:
      READER         describe and list
      OPERATOR       start and cancel audits, import, tag
      ADMINISTRATOR  configure, schedule, and everything else
    """


@credentials.command()
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Role], case_sensitive=False),
    required=True,
    help="What it may do.",
)
@click.option("--account", metavar="12-DIGITS", help="Whose audits it is for.  [FLEET_AUDIT_ACCOUNT]")
@click.option("--description", default="", metavar="TEXT", help="Whom it is for.")
@OUTPUT
@DATA_DIR
def create(role: str, account: str | None, description: str, output: str, data_dir: Path | None) -> None:
    """Make a credential. Its secret is shown now and never again."""
    chosen = settings(data_directory=data_dir)
    if account is not None and not ACCOUNT.fullmatch(account):
        raise click.BadParameter("must be 12 digits.", param_hint="--account")
    whose = AccountId(account) if account is not None else chosen.account
    with _office(chosen) as office:
        made = office.create(Role(role.upper()), description, _cause(whose))
    _show_secret(made, whose, role.upper(), output)


@credentials.command("list")
@click.option("--account", metavar="12-DIGITS", help="Only those of this account.")
@OUTPUT
@DATA_DIR
def list_credentials(account: str | None, output: str, data_dir: Path | None) -> None:
    """List the credentials, the disabled ones too. No secret is shown."""
    chosen = settings(data_directory=data_dir)
    now = SystemClock().now()
    with start_explained(chosen), log_of(chosen) as log:
        known = CredentialList(log)
        known.look()
    shown = [each for each in known.by_id.values() if account in (None, each.account)]
    if output == "json":
        rows = [{**_row(each), "isActive": each.is_active(now)} for each in shown]
        click.echo(orjson.dumps({"credentials": rows}, option=orjson.OPT_INDENT_2).decode())
        return
    table = Table("Access key id", "Account", "Role", "Made", "State", "Description")
    for each in shown:
        made = f"{each.created_at:%Y-%m-%d %H:%M}"
        state = "active" if each.is_active(now) else "[red]disabled[/]"
        if each.valid_until is not None and each.is_active(now):
            state = f"active until {each.valid_until:%Y-%m-%d %H:%M}"
        table.add_row(each.access_key_id, each.account, each.role, made, state, escape(each.description))
    standard_output().print(table)


@credentials.command()
@click.argument("access_key_id", metavar="ACCESS-KEY-ID")
@DATA_DIR
def disable(access_key_id: str, data_dir: Path | None) -> None:
    """Let a credential in no more. There is no way back: make another."""
    chosen = settings(data_directory=data_dir)
    with _office(chosen) as office:
        office.disable(access_key_id, _cause(chosen.account))
    standard_output().print(f"{escape(access_key_id)} is disabled.")


@credentials.command()
@click.argument("access_key_id", metavar="ACCESS-KEY-ID")
@click.option(
    "--grace",
    type=click.IntRange(0, 31_622_400),
    default=0,
    show_default=True,
    metavar="SECONDS",
    help="Let the old one in for so long still.",
)
@OUTPUT
@DATA_DIR
def rotate(access_key_id: str, grace: int, output: str, data_dir: Path | None) -> None:
    """Make a credential in the place of another, with its account and role. Its secret is shown once."""
    chosen = settings(data_directory=data_dir)
    with _office(chosen) as office:
        made, before = office.rotate(access_key_id, timedelta(seconds=grace), _cause(chosen.account))
    _show_secret(made, before.account, before.role, output)


@contextmanager
def _office(chosen: Settings) -> Iterator[CredentialOffice]:
    with start_explained(chosen), log_of(chosen) as log:
        directory = None if chosen.database_url is not None else chosen.data_directory
        with CredentialOffice(log, chosen.credentials_keys, directory, urandom) as office:
            try:
                yield office
            except Refusal as refusal:
                raise click.ClickException(str(refusal)) from refusal


def _cause(account: AccountId) -> Cause:
    return Cause(account, SystemClock().now(), ACTOR, str(uuid4()))


def _show_secret(made: AccessKey, account: str, role: str, output: str) -> None:
    if output == "json":
        document = {
            "accessKeyId": made.access_key_id,
            "secretAccessKey": made.secret,
            "account": account,
            "role": role,
        }
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
        return
    standard_error().print(f"The {role} of account {account} signs with these. The secret is not shown again.")
    click.echo(f"export AWS_ACCESS_KEY_ID={made.access_key_id}")
    click.echo(f"export AWS_SECRET_ACCESS_KEY={made.secret}")


def _row(credential: CredentialView) -> dict[str, object]:
    return {
        "accessKeyId": credential.access_key_id,
        "account": credential.account,
        "role": credential.role,
        "description": credential.description,
        "createdAt": credential.created_at,
        "validUntil": credential.valid_until,
        "successor": credential.successor,
    }
