"""`fleet-audit checks`: what is looked for."""

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from service.cli.report import STYLES
from service.cli.screen import standard_output
from workers.checks import REGISTRY
from workers.checks.check import Check
from workers.checks.documentation import documentation_of


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
def checks(name: str | None) -> None:
    """List the audit checks, or show one's whole page.

    \b
    Examples:
      fleet-audit checks
      fleet-audit checks DEVICE_CERTIFICATE_EXPIRING_CHECK
    """
    console = standard_output()
    if name is None:
        _print_list(console)
    else:
        _print_page(_named(name), console)


def _named(name: str) -> Check:
    for known, check in REGISTRY.items():
        if known == name.upper():
            return check
    raise click.UsageError(f"There is no check named {name}. `fleet-audit checks` lists those there are.")


def _print_list(console: Console) -> None:
    for name, check in REGISTRY.items():
        page = documentation_of(check).sections
        console.print(Text.assemble((f"{check.severity:<8}  ", STYLES[check.severity]), (name, "bold")))
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(width=8)
        table.add_column()
        table.add_row("", escape(page["Looks for"]))
        table.add_row("", Text(page["Reason codes"], "dim"))
        console.print(table)
    console.print("\n`fleet-audit checks NAME` shows why it matters and how to fix it.")


def _print_page(check: Check, console: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    table.add_row("Severity", Text(check.severity, STYLES[check.severity]))
    for threshold, limits in check.thresholds.items():
        table.add_row(
            "Threshold", f"{threshold}: {limits.default} days, from {limits.minimum} to {limits.maximum}"
        )
    for heading, text in documentation_of(check).sections.items():
        table.add_row(heading, escape(text))
    console.print(f"[bold]{check.name}[/]")
    console.print(table)
