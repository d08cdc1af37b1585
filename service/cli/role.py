"""What the commands of the roles have in common."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import click

from service.cli.screen import standard_error, standard_output
from service.cli.standing_memory import spare_what_is_loaded
from service.cli.starting import start_explained
from service.settings import MANUAL, Settings
from service.variables import SettingError


@contextmanager
def role(settings: Settings) -> Iterator[Event]:
    """An event that is set when the process is told to stop; what keeps it from starting is said in one line."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    spare_what_is_loaded()
    with role_explained(settings):
        yield stopped
    standard_error().print("Stopped.")


@contextmanager
def role_explained(settings: Settings) -> Iterator[None]:
    """Turn what keeps a role from starting into one line for a person."""
    require_the_computers_clock(settings)
    try:
        with start_explained(settings):
            yield
    except SettingError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        where = f"{settings.host} port {settings.observing.metrics_port}"
        raise click.ClickException(
            f"Can't listen on {where} for /metrics: {error.strerror or error}. "
            "FLEET_AUDIT_METRICS_PORT=0 takes a free one."
        ) from error


def require_the_computers_clock(settings: Settings) -> None:
    """Refuse a clock that is moved by hand, which one of many processes would know."""
    if settings.clock == MANUAL:
        raise click.ClickException(
            "FLEET_AUDIT_CLOCK=manual is for `fleet-audit serve`: a clock that is moved is in one process."
        )


def saying(name: str) -> Callable[[str], None]:
    """Say what becomes of a process, on a line that begins with its name."""
    return lambda what: standard_output().print(f"fleet-audit {name}: {what}", soft_wrap=True)
