"""DELETE /audit/configuration: DeleteAccountAuditConfiguration."""

from typing import ClassVar

from aiohttp import web

from events.errors import NotFound
from service.call import Call
from service.wire.answer import json_response
from service.wire.answered import NoMembers
from service.wire.members import BooleanInQuery
from service.wire.request import Request


class DeleteAccountAuditConfigurationRequest(Request):
    """Whether the scheduled audits go too; otherwise they stay."""

    answer: ClassVar = NoMembers
    refusals: ClassVar = (NotFound,)

    delete_scheduled_audits: BooleanInQuery | None = None


async def delete_account_audit_configuration(
    call: Call[DeleteAccountAuditConfigurationRequest],
) -> web.Response:
    """Restore the defaults: no check enabled. Refused where nothing was configured."""
    await call.outcome(
        call.application.delete_account_audit_configuration(
            call.cause(), delete_scheduled_audits=bool(call.request.delete_scheduled_audits)
        )
    )
    return json_response({})
