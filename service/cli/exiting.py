"""What a command exits with when it can't be done at all, where 1 says something else."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


class CanNotBeDone(click.ClickException):
    """Said to a person; the command exits with 2."""

    exit_code = 2


@contextmanager
def refusals_exit_with_2() -> Iterator[None]:
    """Let what would end the command with 1 end it with 2, as a wrong command line does."""
    try:
        yield
    except click.UsageError:
        raise
    except click.ClickException as error:
        raise CanNotBeDone(error.message) from error
