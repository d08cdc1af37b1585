"""The settings of the webhook that is told of audits' ends: `FLEET_AUDIT_WEBHOOK_*`."""

from yarl import URL

from service.variables import SettingError, Variables
from workers.notifying.signature import PREFIX, SMALLEST_KEY, signing_key
from workers.notifying.webhook import OPENED_BY, Webhook

ADDRESS = "FLEET_AUDIT_WEBHOOK_URL"
SECRET = "FLEET_AUDIT_WEBHOOK_SECRET"  # noqa: S105 - a name
SECRET_FILE = f"{SECRET}_FILE"


def webhook(given: Variables) -> Webhook | None:
    """Read the settings; None without a URL. Raise SettingError for the first one that is wrong.

    Nothing of the URL or the secret is repeated in an error.
    """
    address, secret = given.secret(ADDRESS), given.secret(SECRET)
    rules = given.address_rules(OPENED_BY)
    if not address:
        for name in (SECRET, SECRET_FILE, OPENED_BY):
            if given.text(name, ""):
                raise SettingError(f"{ADDRESS} must be given when {name} is.")
        return None
    if not _is_http(address):
        raise SettingError(f"{ADDRESS} must be like https://alerts.example.com/audits, and is not.")
    if not secret:
        raise SettingError(f"{SECRET_FILE} must name a file with the secret that signs what {ADDRESS} is told.")
    try:
        key = signing_key(secret)
    except ValueError as error:
        raise SettingError(
            f"{SECRET} must be at least {SMALLEST_KEY} characters, or {PREFIX} and as many bytes in base64: "
            f"{error}."
        ) from None
    return Webhook(address, key, rules)


def _is_http(address: str) -> bool:
    try:
        url = URL(address)
    except ValueError:
        return False
    return url.scheme in {"http", "https"} and bool(url.host) and not any(blank in address for blank in " \t\n")
