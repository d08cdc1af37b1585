"""`fleet-audit at`: what the API would have answered at a moment that is past."""

import json
from datetime import datetime
from typing import Any

import click

from service.as_of.moment import HEADER
from service.as_of.scopes import OPERATIONS
from service.cli.audits import Client, audit_client, refusals_explained
from service.cli.aws_arguments import arguments_of, operation_named
from service.cli.environment import has_own_credentials, settings

PAGED = frozenset({"maxResults", "nextToken"})
"""Who gives one of these pages himself."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("moment", metavar="MOMENT")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- OPERATION [ARGUMENT...]")
@click.option("--endpoint-url", metavar="URL", help="The service; without it, the one of `fleet-audit serve`.")
def at(moment: str, command: tuple[str, ...], endpoint_url: str | None) -> None:
    """Ask what a service would have answered at a MOMENT: a time in ISO 8601, or a position in the log.

    OPERATION is one of `aws iot` that describes or lists, with its arguments as the aws CLI takes them; lists and
    structures are JSON. It prints what the aws CLI would have printed then.

    \b
    Examples:
      fleet-audit at 2026-03-01T00:00Z -- describe-account-audit-configuration
      fleet-audit at 1234 -- describe-audit-task --task-id 0f2bd3c8a1b24e35a1f06f4f2f1f9a77
      fleet-audit at 2026-03-01T00:00Z -- list-audit-findings --task-id 0f2bd3c8a1b24e35a1f06f4f2f1f9a77
    """
    chosen = settings()
    url = endpoint_url or f"http://{chosen.host}:{chosen.port}"
    client = audit_client(url, chosen.region, own_credentials=has_own_credentials())
    name, *given = command
    operation = operation_named(name, client.meta.service_model, OPERATIONS)
    arguments = arguments_of(operation, given)

    def travel(params: dict[str, Any], **_: Any) -> None:
        params["headers"][HEADER] = moment

    client.meta.events.register("before-call.iot", travel)
    with refusals_explained():
        answer = _answer(client, operation.name, arguments)
    answer.pop("ResponseMetadata", None)
    click.echo(json.dumps(answer, indent=4, default=_written))


def _answer(client: Client, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The whole of a list, unless one page is asked for, as with the aws CLI."""
    method = client.meta.method_to_api_mapping
    [name] = [python for python, api in method.items() if api == operation]
    if client.can_paginate(name) and not PAGED & arguments.keys():
        return dict(client.get_paginator(name).paginate(**arguments).build_full_result())
    return dict(getattr(client, name)(**arguments))


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
