"""No accidental exposure: what a service that others can reach must have before it starts."""

from events.errors import StoreUnavailable
from service.access.credential_book import CredentialBook
from service.access.loopback import is_loopback


class Exposed(Exception):  # noqa: N818 - names what is the matter
    """The service would let in everybody, or nobody. The text says what to do, for a person."""


def require_not_exposed(host: str, book: CredentialBook, *, insecure: bool) -> None:
    """Return if the service may listen on this address. Raise Exposed."""
    if insecure:
        return
    try:
        has_any, usable = bool(book.by_id), book.usable()
    except StoreUnavailable as error:
        raise Exposed(str(error)) from error
    if usable or (is_loopback(host) and not has_any):
        return
    if has_any:
        raise Exposed(
            "There are credentials, but none that is in use and can be read with the key that is here "
            "(FLEET_AUDIT_CREDENTIALS_KEY). `fleet-audit credentials list` shows them; "
            "`fleet-audit credentials create` makes another."
        )
    raise Exposed(
        f"{host} can be reached by others, and there are no credentials to tell who may come in. "
        "`fleet-audit credentials create --role ADMINISTRATOR` makes some. Or listen on a loopback address, where "
        "the service is open; --insecure lets everybody in who can reach it."
    )


def said_of_the_door(host: str, book: CredentialBook, *, insecure: bool) -> str:
    """One sentence about who is let in."""
    if insecure:
        return f"OPEN: everyone who can reach {host} can read and change everything (--insecure)."
    if book.by_id:
        return "Requests must be signed with a credential of `fleet-audit credentials`."
    return (
        "OPEN for development: every program on this machine is let in, whatever it signs with, until the first "
        "`fleet-audit credentials create`."
    )
