"""Reads a linked AWS account into the inventory, for the checks that need it: each kind once for an audit."""

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from events.clock import Clock, epoch_milliseconds
from events.store.database import Database
from events.vocabulary import AccountId
from workers.aws_account.access import OpenClients
from workers.aws_account.calls import calling
from workers.aws_account.certificates import ca_certificates, device_certificates
from workers.aws_account.iam_roles import RoleReading
from workers.aws_account.identity_pools import IdentityPoolReading
from workers.aws_account.iot_resources import LoggingOptionsReading, PolicyReading, RoleAliasReading
from workers.aws_account.kind_reading import KindReading
from workers.aws_account.outcome import AccountRead, Ask, Outcome, Progress
from workers.aws_account.reading import Reading
from workers.aws_account.staging import (
    ReadingState,
    Staging,
    make_tables,
    named_roles,
    reading_state,
)
from workers.aws_account.watch import NotWanted, NotYet, Watch
from workers.inventory.import_lock import ImportInProgress, ImportLock
from workers.inventory.kinds import (
    CA_CERTIFICATES,
    DEVICE_CERTIFICATES,
    IAM_ROLES,
    IDENTITY_POOLS,
    IOT_POLICIES,
    LOGGING_OPTIONS,
    ROLE_ALIASES,
    Kind,
)
from workers.inventory.store import Inventory

LONGEST_STEP = 90.0
"""Seconds that one step reads. An account may take hours: after each step the log is told how far it came, and the
next one goes on from there."""

BETWEEN_TRIES = 0.2
"""Seconds, while another worker reads the same kind."""

READ_IN_ORDER = (
    LOGGING_OPTIONS,
    CA_CERTIFICATES,
    IOT_POLICIES,
    ROLE_ALIASES,
    IDENTITY_POOLS,
    IAM_ROLES,
    DEVICE_CERTIFICATES,
)
"""What takes long comes last, and the roles after what names them."""

ROLES_OF_ALIASES = ((ROLE_ALIASES, "roles"),)
ROLES_OF_POOLS = ((IDENTITY_POOLS, "authenticated_roles"), (IDENTITY_POOLS, "unauthenticated_roles"))
NAMING_ROLES = (ROLE_ALIASES, IDENTITY_POOLS)


class Access(Protocol):
    """Opens an account (`workers/aws_account/access.py`)."""

    def open(self, account: AccountId, role_arn: str) -> OpenClients:
        """Clients for some minutes; raises Unreadable when there are no credentials for them."""
        ...


class LinkedAccount:
    """Reads AWS accounts. Any number of workers may ask; of those that ask for the same, one reads.

    Implements AccountReader.
    """

    def __init__(
        self,
        access: Access,
        database: Database,
        inventory: Inventory,
        lock: Callable[[str], ImportLock],
        clock: Clock,
        *,
        longest_step: float = LONGEST_STEP,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`database` is the inventory's; `lock` gives the lock of a name, which keeps processes apart, too."""
        self._access = access
        self._database = database
        self._inventory = inventory
        self._lock = lock
        self._clock = clock
        self._longest_step = longest_step
        self._monotonic = monotonic
        make_tables(database)

    def read(self, ask: Ask, is_wanted: Callable[[], bool]) -> AccountRead | Progress | None:
        """Read what a check wants that was not read since its audit began.

        Progress: there is more to read, and the next call goes on. None: `is_wanted` says that nobody waits.
        Raises StoreUnavailable.
        """
        watch = Watch(is_wanted, self._longest_step, self._monotonic)
        outcomes: dict[str, Outcome] = {}
        kinds = self._with_what_names_roles(ask)
        try:
            for kind in (each for each in READ_IN_ORDER if each in kinds):
                outcome = self._read_once(kind, ask, outcomes, watch)
                outcomes[kind.resource_type] = outcome
        except NotYet:
            return Progress(self._progress(ask.account, kinds))
        except NotWanted:
            return None
        return AccountRead({kind.resource_type: outcomes[kind.resource_type] for kind in ask.kinds})

    def _with_what_names_roles(self, ask: Ask) -> list[Kind]:
        """The roles are read once for all checks of an audit, so all that names them has to be known before."""
        if IAM_ROLES not in ask.kinds:
            return list(ask.kinds)
        return [*ask.kinds, *(kind for kind in NAMING_ROLES if kind in ask.of_audit)]

    def _read_once(self, kind: Kind, ask: Ask, before: Mapping[str, Outcome], watch: Watch) -> Outcome:
        """The outcome of a reading since the audit's start, by whomever."""
        at_least = 0
        if kind is IAM_ROLES:
            named = [before[each.resource_type] for each in NAMING_ROLES if each.resource_type in before]
            at_least = max((outcome.version for outcome in named), default=0)
        while True:
            if (outcome := self._known(kind, ask, at_least)) is not None:
                return outcome
            watch.look()
            try:
                with self._held(ask.account, kind):
                    return self._known(kind, ask, at_least) or self._read(kind, ask, at_least, watch)
            except ImportInProgress:
                watch.pause(BETWEEN_TRIES)

    def _held(self, account: AccountId, kind: Kind) -> AbstractContextManager[None]:
        return self._lock(f"{account}-{kind.resource_type}").held()

    def _known(self, kind: Kind, ask: Ask, at_least: int) -> Outcome | None:
        state = reading_state(self._database, ask.account, kind.resource_type)
        return state.outcome if state is not None and _is_since(state, ask, at_least) else None

    def _read(self, kind: Kind, ask: Ask, at_least: int, watch: Watch) -> Outcome:
        """Go on with the reading that has begun, if it is recent enough, or begin one."""
        reading = self._reading(kind, ask.account)
        staging = Staging(self._database, ask.account, reading)
        whole = KindReading(reading, staging, self._inventory, ask.account, self._clock)
        state = staging.state()
        if state is None or state.outcome is not None or not _is_since(state, ask, at_least):
            whole.begin()
        with calling(lambda: self._access.open(ask.account, ask.role_arn), watch) as calls:
            return whole.go_on(calls)

    def _reading(self, kind: Kind, account: AccountId) -> Reading:
        if kind is IAM_ROLES:
            version = self._inventory.current_version(account)
            of_aliases = named_roles(self._database, account, ROLES_OF_ALIASES, version)
            of_pools = named_roles(self._database, account, ROLES_OF_POOLS, version)
            return RoleReading(account, {arn: arn in of_aliases for arn in of_aliases | of_pools})
        if kind is LOGGING_OPTIONS:
            return LoggingOptionsReading(account)
        return READINGS[kind.resource_type]()

    def _progress(self, account: AccountId, kinds: Collection[Kind]) -> dict[str, int]:
        """How many of each kind are listed so far, of those whose reading has not ended."""
        rows = self._database.query(
            "SELECT resource_type, COUNT(*) FROM account_listed WHERE account = ? GROUP BY resource_type",
            (account,),
        )
        counts = {resource_type: int(number) for resource_type, number in rows}
        return {kind.resource_type: counts.get(kind.resource_type, 0) for kind in kinds}


READINGS: Mapping[str, Callable[[], Reading]] = {
    DEVICE_CERTIFICATES.resource_type: device_certificates,
    CA_CERTIFICATES.resource_type: ca_certificates,
    IOT_POLICIES.resource_type: PolicyReading,
    ROLE_ALIASES.resource_type: RoleAliasReading,
    IDENTITY_POOLS.resource_type: IdentityPoolReading,
}


def _is_since(state: ReadingState, ask: Ask, at_least: int) -> bool:
    return state.started_at >= epoch_milliseconds(ask.since) and state.from_version >= at_least
