"""What keeps a service from starting, said to a person."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from events.errors import StoreUnavailable
from service.access.sealing_key import SealingKeyError
from service.data_directory import DataDirectoryError
from service.observing.tracing import TracesError
from service.settings import Settings
from workers.key_blocklist import KeyBlocklistError


@contextmanager
def start_explained(chosen: Settings) -> Iterator[None]:
    """Turn what keeps the service from starting into one line for a person."""
    try:
        yield
    except KeyBlocklistError as error:
        raise click.ClickException(
            f"FLEET_AUDIT_KEY_BLOCKLIST names a file that can't be used: {error}"
        ) from error
    except (DataDirectoryError, SealingKeyError, TracesError) as error:
        raise click.ClickException(str(error)) from error
    except StoreUnavailable as error:
        if chosen.database_url is not None:
            raise click.ClickException(f"The database can't be used: {error}.") from error
        raise click.ClickException(
            f"The data directory {chosen.data_directory} can't be used: {error}."
        ) from error
