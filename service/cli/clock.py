"""`fleet-audit clock`: shows and moves the clock of a service that runs with FLEET_AUDIT_CLOCK=manual."""

from typing import Any

import click
import orjson

from service.cli.json_over_http import ask
from service.cli.screen import standard_output


@click.group()
def clock() -> None:
    """Show and move the clock of a service that was started with FLEET_AUDIT_CLOCK=manual.

    \b
    Examples:
      fleet-audit clock show
      fleet-audit clock next                     # to the next scheduled audit, which starts
      fleet-audit clock advance 86400            # by a day
      fleet-audit clock advance 2027-01-01T00:00Z
    """


ENDPOINT = click.option(
    "--endpoint-url",
    default="http://127.0.0.1:8080",
    show_default=True,
    metavar="URL",
    help="The service.",
)


@clock.command()
@ENDPOINT
def show(endpoint_url: str) -> None:
    """Show the time, and when the next scheduled audit is due."""
    _print(ask("GET", f"{endpoint_url}/fleet-audit/clock"))


@clock.command("next")
@ENDPOINT
def next_scheduled_audit(endpoint_url: str) -> None:
    """Move to the moment at which the next scheduled audit is due. It is started."""
    _print(ask("POST", f"{endpoint_url}/fleet-audit/clock", {"nextScheduledAudit": True}))


@clock.command()
@click.argument("how_far", metavar="SECONDS-OR-TIME")
@ENDPOINT
def advance(how_far: str, endpoint_url: str) -> None:
    """Move on by some seconds, or to a time. What becomes due on the way is started, each at its own time."""
    body = {"advanceBy": float(how_far)} if _is_number(how_far) else {"advanceTo": how_far}
    _print(ask("POST", f"{endpoint_url}/fleet-audit/clock", body))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _print(answer: Any) -> None:
    standard_output().print_json(orjson.dumps(answer).decode())
