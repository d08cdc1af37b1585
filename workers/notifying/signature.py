"""How a webhook's receiver knows that a message is ours and new: a signature over its id, its time and its body.

As https://www.standardwebhooks.com has it, for which there are libraries in most languages.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"
SMALLEST_KEY = 24
"""Bytes. Source: Standard Webhooks."""


def signing_key(secret: str) -> bytes:
    """Return the key that a secret stands for: the bytes behind `whsec_` in base64, or the text's own.

    Raise ValueError if it is too short, or not base64 where that is said.
    """
    try:
        encoded = secret.startswith(PREFIX)
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True) if encoded else secret.encode()
    except binascii.Error as error:
        raise ValueError("it is not base64") from error
    if len(key) < SMALLEST_KEY:
        raise ValueError(f"it has less than {SMALLEST_KEY} bytes")
    return key


def signed_headers(key: bytes, message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that say what message it is, when it was sent, and that who sent it has the key."""
    seconds = str(int(moment.timestamp()))
    signed = b".".join((message_id.encode(), seconds.encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}
