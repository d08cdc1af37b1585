"""Why a request is not let in. `service/wire/errors.py` has the name of each on the wire."""

from events.errors import Refusal


class NotLetIn(Refusal):
    """The request changes nothing and is told nothing."""


class MissingAuthenticationToken(NotLetIn):
    """The request bears no signature."""


class IncompleteSignature(NotLetIn):
    """The signature is not of the one kind that is understood: what it says can't be read, or is not enough."""


class InvalidSignature(NotLetIn):
    """The signature is of another time, another place or another body."""


class UnrecognizedClient(NotLetIn):
    """Nobody who may come in has signed this."""


class AccessDenied(NotLetIn):
    """Whoever has signed may come in, but may not do this."""
