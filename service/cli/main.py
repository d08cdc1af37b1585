"""`fleet-audit`: every command, by name."""

import io
import signal
import sys
from importlib import import_module

import click

COMMANDS = {
    "demo": "demo",
    "serve": "serve",
    "import": "import_",
    "presence": "presence",
    "audit": "audit",
    "watch": "watch",
    "history": "history",
    "at": "at",
    "diff": "diff",
    "replay": "replay",
    "checks": "checks",
    "credentials": "credentials",
    "clock": "clock",
    "notifications": "notifications",
    "archive": "archive",
    "projections": "projections",
    "verify": "verify",
    "checkpoint": "checkpoint",
    "prove": "prove",
    "migrate": "migrate",
    "openapi": "openapi",
    "api": "api",
    "worker": "worker",
    "coordinator": "coordinator",
}
"""A command's name, and the name of the module that has it and of its function there."""


class Commands(click.Group):
    """Loads a command when it is asked for: the libraries of one take half a second that another need not wait."""

    def list_commands(self, _: click.Context) -> list[str]:
        """The names, in the order in which `--help` shows them."""
        return list(COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"service.cli.{name}"), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fleet-audit")
def main() -> None:
    """The Audit API of AWS IoT Device Defender on your own machine, and it really audits.

    \b
    Start here:
      fleet-audit demo                    an audit of a demonstration fleet, from import to findings
      fleet-audit audit certificates/     audit your own files once, with an exit code for CI
      fleet-audit serve                   the service, for boto3, the aws CLI and other AWS tools
      fleet-audit checks                  what is looked for

    Settings are FLEET_AUDIT_* variables (`fleet-audit serve --help`); options override them.
    """
    # Ended from outside, a command cleans up as it does after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A screen that does not know a character shows another one, and no traceback.
            stream.reconfigure(errors="replace")
