"""The entrance: where `FLEET_AUDIT_*` variables and the options that override them become settings."""

import os
from dataclasses import replace
from typing import Any

import click
from rich.markup import escape

from service.cli.screen import standard_error
from service.known_variables import said_of_unknown
from service.settings import SettingError, Settings


def settings(**options: Any) -> Settings:
    """Return the settings of the environment, with every option that is not None in its variable's place.

    Variables that look like settings and are none are named in a line on standard error.
    """
    said = said_of_unknown(os.environ)
    if said:
        standard_error().print(escape(said), style="yellow", soft_wrap=True)
    try:
        from_environment = Settings.from_environ(os.environ)
    except SettingError as error:
        raise click.ClickException(str(error)) from error
    return replace(from_environment, **{name: value for name, value in options.items() if value is not None})


def has_own_credentials() -> bool:
    """Whether the caller told boto3 who he is. If not, a placeholder signs."""
    return any(os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"))


def signing_region() -> str:
    """The region that our own requests are signed for: the service's, or the one that AWS tools are told."""
    names = ("FLEET_AUDIT_REGION", "AWS_REGION", "AWS_DEFAULT_REGION")
    return next((os.environ[name] for name in names if os.environ.get(name)), Settings.region)
