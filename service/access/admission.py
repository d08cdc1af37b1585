"""Who is let in, on which account, and with which role: asked of every request before anything else."""

from collections.abc import Callable
from hashlib import sha256

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from events.vocabulary import AccountId
from service.access.caller import CALLER, Caller
from service.access.credential_book import CredentialBook
from service.access.open_door import let_in
from service.access.refusals import AccessDenied, InvalidSignature, UnrecognizedClient
from service.access.signature_v4 import Signed, examine
from service.access.who_may import EVERYBODY, WHO_MAY, may
from service.wire.reading import whole_body
from service.wire.streamed_body import CONTENT, HashedContent, WholeContent

STREAMED = frozenset({"ImportInventory"})
"""Bodies of any length that change nothing until they have come to their end, so they may be checked there."""

_NOTHING = sha256().hexdigest()


def admission(book: CredentialBook, region: str, open_account: Callable[[], AccountId | None]) -> Middleware:
    """Let in whoever has signed with a credential, as far as its role goes.

    `open_account` says on which account everybody is let in as its administrator; None while signatures are asked
    for. A request that is for no operation at all is told so by the router, whoever sent it.
    """

    @web.middleware
    async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
        operation = request.match_info.route.name
        if operation is None or (operation in WHO_MAY and WHO_MAY[operation] is EVERYBODY):
            return await handler(request)
        account = open_account()
        if account is not None:
            let_in(request, account)
        else:
            request[CALLER] = caller = await _verified(request, operation, book, region)
            _require_role(caller, operation)
        return await handler(request)

    return admit


async def _verified(request: web.Request, operation: str, book: CredentialBook, region: str) -> Caller:
    """Who has signed a request. Raise a NotLetIn, or StoreUnavailable while it is not known who may come in."""
    signed = examine(request.method, request.raw_path, request.headers, region, book.now())
    body_sha256 = await _body_sha256(request, operation, signed)
    access_key_id = signed.authorization.access_key_id
    key = book.signing_key(access_key_id, signed.authorization.date)
    has_signed = signed.is_by(key, body_sha256)
    credential = book.active(access_key_id)
    if credential is None or not has_signed:
        # One answer, so that nobody learns from it which keys there are.
        raise UnrecognizedClient(
            "The security token included in the request is invalid: no credential of that access key id is in "
            "use, or its secret gives another signature for this request. Check the key, its secret, and whether "
            "a proxy on the way has changed the Host header or the path."
        )
    return Caller(credential.account, access_key_id, credential.role)


async def _body_sha256(request: web.Request, operation: str, signed: Signed) -> str:
    """The digest that the signature must be over; what is signed of a body must be what has come."""
    stated = signed.body_sha256
    if operation in STREAMED and stated is not None:
        request[CONTENT] = HashedContent(request.content, stated, _another_body())
        return stated
    body = await whole_body(request) if request.body_exists else b""
    request[CONTENT] = WholeContent(body)
    digest = sha256(body).hexdigest() if body else _NOTHING
    if stated is not None and stated != digest:
        raise _another_body()
    return digest


def _another_body() -> InvalidSignature:
    return InvalidSignature("The body is not the one whose SHA-256 was signed in X-Amz-Content-SHA256.")


def _require_role(caller: Caller, operation: str) -> None:
    needed = WHO_MAY.get(operation)
    if needed is None or not may(caller.role, needed):
        which = f"needs the role {needed}" if needed else "is for nobody"
        raise AccessDenied(
            f"User {caller.actor} of account {caller.account} is not authorized to perform {operation}: "
            f"it {which}, and the user has {caller.role}."
        )
