"""What a command can be refused for.

Each refusal changes nothing. `service/wire/errors.py` turns them into AWS's answers, in one table.
"""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A command that the rules of the domain do not allow. Its text is for the caller."""


class InvalidRequest(Refusal):
    """The command asks for something that the present state or the rules do not allow."""


class NotFound(Refusal):
    """The command names a thing that does not exist, or that is another account's."""


class AlreadyExists(Refusal):
    """The command would create a thing whose name is taken by a different one."""

    def __init__(self, message: str, resource_id: str, resource_arn: str) -> None:
        super().__init__(message)
        self.resource_id = resource_id
        self.resource_arn = resource_arn


class LimitExceeded(Refusal):
    """The command would exceed one of the account's limits."""


class EventTooLarge(Refusal):
    """The command would append more than one event, or one save, may hold. See `events/codec.py`."""


class StoreUnavailable(Exception):  # noqa: N818 - reads as a state of the store
    """A store could not be read or written (its disk is full, it is locked, gone or damaged)."""


class LogUnavailable(StoreUnavailable):
    """The log could not be appended to. Nothing was recorded."""


class StreamConflict(Exception):  # noqa: N818 - names what happened to the stream
    """Another process has appended to the stream meanwhile. Nothing was recorded; the command can decide again."""
