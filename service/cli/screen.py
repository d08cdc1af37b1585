"""What a person sees: colours and bars on a terminal, plain lines in a pipe.

rich leaves colours out where NO_COLOR is set or the output is no terminal; this adds that a table in a pipe is
wide, so that a line holds a finding and `grep` finds it whole.
"""

import shutil

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

PIPE_COLUMNS = 240
"""Wide enough for a finding with its whole certificate id. COLUMNS overrides it."""

WIDE_BAR = 100
"""Columns from which on a bar may be long."""


def standard_output() -> Console:
    """Where results go."""
    return _console(stderr=False)


def standard_error() -> Console:
    """Where everything that is not a result goes: progress, notes."""
    return _console(stderr=True)


def progress_bar(console: Console, count: ProgressColumn | None = None) -> Progress:
    """A bar for work in counted steps, or measured as `count` shows; in a pipe it is one plain line at the end."""
    bar = [BarColumn(bar_width=30 if console.width >= WIDE_BAR else 12)] if console.is_terminal else []
    return Progress(
        TextColumn("{task.description}"),
        *bar,
        count or MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=console,
    )


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = shutil.get_terminal_size((PIPE_COLUMNS, 24)).columns
    return console
