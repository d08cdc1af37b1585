"""What was collected for a check, as it is kept and as the check asks it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workers.judging.revocation import Chain, Lists, Source
from workers.judging.revoked_serials import RevokedSerials

BEYOND = "of issuers and distribution points that are too many to look at"


@dataclass(frozen=True)
class Evidence:
    """For each source of the certificates in scope, its lists or its chain, and nothing of the lists' contents."""

    lists: list[tuple[Source, Lists]] = field(default_factory=list)
    chains: list[tuple[Source, Chain]] = field(default_factory=list)


class CollectedRevocations:
    """Evidence, with the contents of its lists read when they are first asked for.

    Implements Revocations (`workers/judging/revocation.py`).
    """

    def __init__(self, evidence: Evidence, read_list: Callable[[str], RevokedSerials]) -> None:
        self._lists: Mapping[Source, Lists] = dict(evidence.lists)
        self._chains: Mapping[Source, Chain] = dict(evidence.chains)
        self._read_list = read_list
        self._read: dict[str, RevokedSerials] = {}

    def lists_of(self, source: Source) -> Lists:
        """The lists on which certificates of this source would stand."""
        return self._lists.get(source, Lists(why_none=BEYOND))

    def chain_of(self, source: Source) -> Chain:
        """The issuers above certificates of this source."""
        return self._chains.get(source, Chain(why_broken=BEYOND))

    def revoked(self, list_id: str) -> RevokedSerials:
        """What is on a list."""
        if list_id not in self._read:
            self._read[list_id] = self._read_list(list_id)
        return self._read[list_id]
