"""`fleet-audit watch`: an audit as it goes on."""

import click

from events.vocabulary import AuditTaskStatus
from service.cli.audit_progress import AuditProgress
from service.cli.environment import settings
from service.cli.screen import standard_error, standard_output
from service.cli.watching import watch as watched


@click.command()
@click.argument("task_id", metavar="TASK")
@click.option("--endpoint-url", metavar="URL", help="The service; without it, the one of `fleet-audit serve`.")
@click.pass_context
def watch(context: click.Context, task_id: str, endpoint_url: str | None) -> None:
    """Watch an audit until it has ended: a bar for each of its checks.

    TASK is the taskId that StartOnDemandAuditTask answered, or one of ListAuditTasks. Ctrl-C stops watching; the
    audit goes on. It exits with 1 if the audit failed or was canceled.
    """
    chosen = settings()
    status = ""
    with AuditProgress(standard_error()) as progress:
        for state in watched(endpoint_url or f"http://{chosen.host}:{chosen.port}", task_id):
            progress.look(state)
            status = state["taskStatus"]
    standard_output().print(f"The audit {task_id} is {status}.")
    context.exit(0 if status == AuditTaskStatus.COMPLETED else 1)
