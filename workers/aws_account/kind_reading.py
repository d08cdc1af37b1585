"""Reads one kind of an account's resources: lists, asks for what the listing does not say, and imports it all."""

import logging
from collections import Counter
from collections.abc import Iterator

from events.clock import Clock, epoch_milliseconds
from events.vocabulary import AccountId
from workers.aws_account.calls import Calls
from workers.aws_account.iam_roles import reason_of
from workers.aws_account.outcome import Outcome, Reason
from workers.aws_account.reading import WITHHELD, Reading
from workers.aws_account.refusal import Gone, Unreadable
from workers.aws_account.staging import Staged, Staging
from workers.aws_account.watch import NotYet, Watch
from workers.inventory.certificate_facts import tolerated_irregularities
from workers.inventory.import_lock import ImportInProgress
from workers.inventory.importers.records import read_record
from workers.inventory.importers.rejection import RecordRejected
from workers.inventory.kinds import LISTINGS
from workers.inventory.store import Inventory
from workers.inventory.unpublished_version import Import

DETAILS_AT_ONCE = 200
"""So many are asked for and then kept, so that a process that dies loses few."""

ROWS_A_PAGE = 500

BETWEEN_TRIES = 0.2
"""Seconds, while a user's import is waited for."""

logger = logging.getLogger(__name__)


class KindReading:
    """One kind of one account, from where its last step came to its end."""

    def __init__(
        self, reading: Reading, staging: Staging, inventory: Inventory, account: AccountId, clock: Clock
    ) -> None:
        self._reading = reading
        self._staging = staging
        self._inventory = inventory
        self._account = account
        self._clock = clock
        self._called = reading.kind.called

    def begin(self) -> None:
        """Begin anew."""
        self._staging.begin(epoch_milliseconds(self._clock.now()), self._inventory.current_version(self._account))

    def go_on(self, calls: Calls) -> Outcome:
        """Read on and import what was read; note and return how it ended.

        Raise NotYet when the step's time is up, NotWanted when nobody waits: what was read is kept. A kind that
        can't be read to its end stays in the inventory as it was.
        """
        try:
            self._list(calls)
            self._describe(calls)
            outcome = self._import(calls.watch)
        except Unreadable as unreadable:
            outcome = Outcome(failure=unreadable.reason)
        self._staging.end(outcome)
        if outcome.failure is None:
            logger.info(
                "The account's %s were read: %d, in %d calls.", self._called, outcome.resources, calls.count
            )
        else:
            logger.warning("The account's %s could not be read. %s", self._called, outcome.failure.message)
        return outcome

    def _list(self, calls: Calls) -> None:
        state = self._staging.state()
        if state is None or state.is_listed:
            return
        try:
            self._list_from(calls, state.marker)
        except Unreadable:
            after = self._staging.state()
            if state.marker is None or after is None or after.marker != state.marker:
                raise
            self.begin()  # the endpoint may not know any more where the last step had come to
            self._list_from(calls, None)
        logger.info("The account's %s were listed: %d.", self._called, self._staging.count())

    def _list_from(self, calls: Calls, marker: str | None) -> None:
        try:
            for piece in self._reading.listed(calls, marker):
                self._staging.keep_listed(piece)
        except Gone as gone:
            why = f"The account does not have what lists its {self._called} ({gone})."
            raise Unreadable(Reason(why)) from gone

    def _describe(self, calls: Calls) -> None:
        while undescribed := self._staging.page("", DETAILS_AT_ONCE, only_undescribed=True):
            told = {}
            try:
                for each, detail in calls.each(lambda each: self._detail(calls, each), undescribed):
                    told[each.key] = detail
            finally:
                self._staging.keep_details(told)

    def _detail(self, calls: Calls, staged: Staged) -> dict[str, object] | None:
        try:
            return self._reading.detail(calls, staged.entry)
        except Gone:
            return None

    def _import(self, watch: Watch) -> Outcome:
        """Put all of the kind in place of what the inventory had of it, when no other import runs."""
        while True:
            try:
                return self._import_at_once(watch)
            except ImportInProgress:
                watch.pause(BETWEEN_TRIES)

    def _import_at_once(self, watch: Watch) -> Outcome:
        kind = self._reading.kind
        withheld: dict[str, Reason] = {}
        unread: Counter[str] = Counter()
        resources = 0
        with (
            tolerated_irregularities(),
            self._inventory.begin_import(
                self._account, replace=False, replaced=(kind,), now=self._clock.now()
            ) as importing,
        ):
            for each in self._all(watch):
                for column, reason in ((each.detail or {}).get(WITHHELD) or {}).items():
                    withheld[column] = reason_of(reason)
                rejection = self._add(importing, each)
                if rejection is None:
                    resources += 1
                else:
                    unread[rejection] += 1
            if kind.can_be_none:
                importing.add(LISTINGS, {"listed": kind.resource_type})
        return Outcome(importing.version, resources, withheld=withheld, unread=dict(unread))

    def _all(self, watch: Watch) -> Iterator[Staged]:
        """Everything that was listed and is still there."""
        after = ""
        while page := self._staging.page(after, ROWS_A_PAGE):
            watch.look_only_if_wanted()
            for each in page:
                if each.detail is None and not each.is_gone:
                    raise NotYet  # a certificate that an import had brought was taken back with it
                if not each.is_gone:
                    yield each
            after = page[-1].key

    def _add(self, importing: Import, staged: Staged) -> str | None:
        """Take one resource in, by the fullest of its records that can be read; return why none could be."""
        rejection = None
        for record in self._reading.records(staged.entry, staged.detail or {}):
            try:
                read = read_record(record, self._account)
            except RecordRejected as rejected:
                rejection = rejection or str(rejected)
            else:
                importing.add(read.kind, read.values, read.der)
                return None
        return rejection or "no record of it can be made"
