"""What audits are judged again on, put together: the stores as they are, and today's checks."""

from events.clock import Clock
from service.settings import Settings
from service.stores import Stores
from workers.checks import REGISTRY
from workers.judging_again.judging_again import JudgedOn
from workers.key_blocklist import load_key_blocklist
from workers.presence.connections import Presence
from workers.presence.store import PresenceStore
from workers.revocation.store import RevocationStore


def judged_on(settings: Settings, stores: Stores, clock: Clock) -> JudgedOn:
    """Raise KeyBlocklistError if the list of weak keys can't be read."""
    account, inventory = settings.account, stores.inventory
    return JudgedOn(
        inventory=inventory,
        is_kept=lambda version: inventory.is_kept(account, version),
        revocation=RevocationStore(stores.revocation),
        presence=Presence(stores.presence, PresenceStore(stores.presence, clock)),
        registry=REGISTRY,
        weak_keys=load_key_blocklist(settings.key_blocklist) if settings.key_blocklist else None,
        region=settings.region,
        clock=clock,
    )
