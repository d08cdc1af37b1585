"""What a command exits with when it can't be done at all."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def exiting_with(code: int) -> Iterator[None]:
    """Let what is said to a person end the command with this code, where 1 means something else."""
    try:
        yield
    except click.ClickException as error:
        error.exit_code = code
        raise
