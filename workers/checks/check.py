"""What a check is: what it reads, how bad its findings are, and one pure function that judges."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from events.check_catalogue import ThresholdRange
from events.resource import NonCompliance
from events.vocabulary import AccountId, CheckName, Severity, ThresholdName
from workers.inventory.kinds import Examines
from workers.inventory.rows import Row
from workers.judging.look_back import LookBack, Window
from workers.judging.not_judged import NotJudged
from workers.judging.revocation import Revocations
from workers.judging.weak_keys import WeakKeys

__all__ = ["Check", "Circumstances", "Collects", "Judge", "NotJudged"]


@dataclass(frozen=True)
class Circumstances:
    """What a check may know besides the rows: always the same for the same audit."""

    account: AccountId
    region: str
    now: datetime
    """When the audit started. A shard that is judged twice is judged at the same moment."""
    configuration: Mapping[str, str] = field(default_factory=dict)
    """The check's thresholds as the audit recorded them."""
    weak_keys: WeakKeys | None = None
    """The operator's list of Debian's weak keys (CVE-2008-0166); None when none is configured."""
    revocations: Revocations | None = None
    """What was collected before the check was planned; None for a check that collects nothing."""
    window: Window | None = None
    """The time that a check of connections looks at; None for another check."""
    connections_known_since: datetime | None = None
    """For `notices`, of a check of connections."""


class Collects(Enum):
    """What has to be fetched before a check can be planned."""

    LISTS = auto()
    """The revocation lists of the certificates in scope."""
    LISTS_OF_ISSUERS = auto()
    """Their issuers up to the roots, and the revocation lists of these."""


Judge = Callable[[Iterable[Row], Circumstances], Iterator[NonCompliance | NotJudged]]


def _nothing_to_say(_: Circumstances) -> list[str]:
    return []


@dataclass(frozen=True)
class Check:
    """One audit check. `workers/checks/__init__.py` registers it, in one line."""

    name: CheckName
    severity: Severity
    examines: Examines
    judge: Judge
    version: int = 1
    """Of the check's own code; raised when the same rows can come to other findings. It stands in every plan, so
    that an audit that is judged again can say whether the code has changed. tests/architecture/check_versions.json
    knows by which code it stands."""
    thresholds: Mapping[ThresholdName, ThresholdRange] = field(default_factory=dict)
    notices: Callable[[Circumstances], list[str]] = _nothing_to_say
    """Sentences for the check's message about what it can't look at at all under these circumstances."""
    collects: Collects | None = None
    """What is collected for the check first. `examines` is then of a kind of certificates."""
    looks_back: LookBack | None = None
    """Of a check of connections: the time that it looks at. `examines` is then of a kind of connections."""
    asks_key_blocklist: bool = False
    """Whether it asks the operator's list of weak keys, so that its findings depend on that."""
    is_judged_whole: bool = False
    """Whether its findings are about several rows together, so that there is one shard."""
