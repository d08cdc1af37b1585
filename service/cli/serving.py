"""A command that serves the API: what it says, and how it ends."""

import asyncio
import errno
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.markup import escape

from service.access.exposure import Exposed, require_not_exposed, said_of_the_door
from service.cli.screen import standard_error, standard_output
from service.listening import listening
from service.services import Services
from service.settings import Settings


async def serve_until_stopped(services: Services) -> None:
    """Answer requests until SIGINT or SIGTERM; then finish those that there are.

    Raise ClickException where nobody is kept out who should be, and nobody said that this is meant.
    """
    chosen, book = services.settings, services.credentials
    try:
        require_not_exposed(chosen.host, book, insecure=chosen.insecure)
    except Exposed as error:
        raise click.ClickException(str(error)) from error
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with _port_explained(services.settings):
        async with listening(services) as url:
            _welcome(url, services, standard_output())
            await stopped.wait()
    standard_error().print("Stopped.")


@contextmanager
def _port_explained(chosen: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f"{chosen.host} port {chosen.port}"
        if error.errno == errno.EADDRINUSE:
            advice = "it is taken by another process. --port 0 takes a free one"
        else:
            advice = error.strerror or str(error)
        raise click.ClickException(f"Can't listen on {where}: {advice}.") from error


def _place_of_data(chosen: Settings) -> str:
    """Of a database no more than what it is: its URL may have a password."""
    return "PostgreSQL" if chosen.database_url is not None else str(chosen.data_directory.resolve())


def _welcome(url: str, services: Services, console: Console) -> None:
    chosen = services.settings
    door = said_of_the_door(chosen.host, services.credentials, insecure=chosen.insecure)
    is_open = door.startswith("OPEN")
    key, secret = ("any", "any") if is_open else ("ACCESS-KEY-ID", "SECRET")
    console.print(
        f"[bold]Fleet Audit is ready at {url}[/]  (Ctrl-C stops it)\n"
        f"  data     {escape(_place_of_data(chosen))}\n"
        f"  account  {chosen.account}\n"
        f"  region   {chosen.region}\n"
        f"  access   {escape(door)}\n\n"
        f"Point AWS tools at it{'; any credentials do, but they want some' if is_open else ''}:\n"
        f"  export AWS_ENDPOINT_URL_IOT={url} AWS_DEFAULT_REGION={chosen.region}\n"
        f"  export AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={secret}\n"
        "  aws iot describe-account-audit-configuration\n"
        '  boto3.client("iot").describe_account_audit_configuration()\n\n'
        "Give it something to audit:\n"
        f"  fleet-audit import FILES-OR-DIRECTORIES --endpoint-url {url}",
        soft_wrap=True,
    )
    if chosen.insecure:
        standard_error().print(escape(door), style="yellow")
