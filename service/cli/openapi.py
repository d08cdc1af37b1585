"""`fleet-audit openapi`: what can be asked of the service."""

import click
import orjson

from service.cli.environment import settings
from service.openapi.of_service import service_document


@click.command()
def openapi() -> None:
    """Print the OpenAPI 3.1 document of the service, which need not run.

    A running one answers with the same at /openapi.json, and with a page at /fleet-audit/api.
    """
    document = service_document(settings().throttling_status)
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
