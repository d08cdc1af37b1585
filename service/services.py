"""What the front end is given to work with."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from events.application import Application
from events.check_catalogue import CheckCatalogue
from events.clock import Clock
from events.progress import Progress
from events.vocabulary import CheckName
from projections.read_models import ReadModels
from service.access.credential_book import CredentialBook
from service.as_of.past import Past
from service.observing.watched import Watched
from service.refusal_log import RefusalLog
from service.settings import Settings
from workers.chain.proving import Proving
from workers.checks.check import Check
from workers.clock_driver import ClockDriver
from workers.inventory.store import Inventory
from workers.notifying.pending import PendingNotifications
from workers.presence.intake import PresenceIntake


@dataclass(frozen=True)
class Services:
    """Everything that a handler may call. The composition root builds it and closes what is in it."""

    application: Application
    """The commands."""
    read_models: ReadModels
    """The questions."""
    past: Past
    """The same questions about moments that are past."""
    refusals: RefusalLog
    """Commands that were refused lately."""
    progress: Progress
    """How far the read models have followed the log."""
    inventory: Inventory
    """What is examined."""
    presence: PresenceIntake
    """What takes in presence events."""
    pending: PendingNotifications
    """What is still to be announced."""
    credentials: CredentialBook
    """Who may come in."""
    registry: Mapping[CheckName, Check]
    """The supported checks."""
    catalogue: CheckCatalogue
    """The same as the decisions know them."""
    clock: Clock
    settings: Settings
    watched: Watched
    """What is measured, and how the process is."""
    proving: Proving
    """Checkpoints and proofs of the log."""
    clock_driver: ClockDriver | None = None
    """What moves the clock, if it is one that can be moved."""


SERVICES = web.AppKey("services", Services)
