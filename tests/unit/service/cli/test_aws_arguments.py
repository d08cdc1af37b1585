"""Arguments as the aws CLI takes them are those of boto3."""

import click
import pytest

from service.as_of.scopes import OPERATIONS
from service.cli.aws_arguments import arguments_of, operation_named
from tests.support.iot_model import iot, operation


def test_an_operation_has_the_name_of_the_aws_cli():
    assert operation_named("list-audit-findings", iot(), OPERATIONS).name == "ListAuditFindings"


@pytest.mark.parametrize("name", ["start-on-demand-audit-task", "ListAuditTasks", "list-things", ""])
def test_any_other_is_refused(name):
    with pytest.raises(click.UsageError, match="list-audit-tasks"):
        operation_named(name, iot(), OPERATIONS)


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ([], {}),
        (["--task-id", "1", "--max-results", "10"], {"taskId": "1", "maxResults": 10}),
        (["--task-id=1", "--list-suppressed-findings"], {"taskId": "1", "listSuppressedFindings": True}),
        (["--no-list-suppressed-findings"], {"listSuppressedFindings": False}),
        (["--resource-identifier", '{"clientId": "door"}'], {"resourceIdentifier": {"clientId": "door"}}),
        (["--start-time", "2026-01-01T00:00Z"], {"startTime": "2026-01-01T00:00Z"}),
    ],
)
def test_arguments(given, arguments):
    assert arguments_of(operation("ListAuditFindings"), given) == arguments


@pytest.mark.parametrize(
    "given",
    [["--task"], ["--task-id"], ["task-id", "1"], ["--max-results", "ten"], ["--resource-identifier", "{"]],
)
def test_what_is_wrong_is_said(given):
    with pytest.raises(click.UsageError, match=given[0]):
        arguments_of(operation("ListAuditFindings"), given)
