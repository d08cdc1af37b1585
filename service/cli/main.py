"""`fleet-audit`: every command, by name."""

import signal

import click

from service.cli.audit import audit
from service.cli.checks import checks
from service.cli.demo import demo
from service.cli.import_ import import_
from service.cli.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="fleet-audit")
def main() -> None:
    """The Audit API of AWS IoT Device Defender on your own machine, and it really audits.

    \b
    Start here:
      fleet-audit demo                          an audit of a demonstration fleet, from import to findings
      fleet-audit audit certificates/           audit your own files once, with an exit code for CI
      fleet-audit serve                         the service, for boto3, the aws CLI and other AWS tools
      fleet-audit checks                        what is looked for

    Settings are FLEET_AUDIT_* variables (`fleet-audit serve --help`); options override them.
    """
    # Ended from outside, a command cleans up as it does after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


for command in (demo, serve, import_, audit, checks):
    main.add_command(command)
