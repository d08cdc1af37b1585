"""What the demo's two fleets are made of: one in which every check finds something, and one in which none does."""

from collections.abc import Callable
from dataclasses import dataclass

from service.demo.certificate_authority import PublicKey, device_key
from service.demo.published_keys import debian_weak_key, roca_key


@dataclass(frozen=True)
class DeviceGroup:
    """Devices that are alike, with their certificates' dates spread evenly over ranges of days."""

    name: str
    count: int
    age: range
    """Days since the certificates were issued."""
    days_left: range
    """Days until they expire; negative for those that have."""
    key: Callable[[], PublicKey] = device_key
    shares_one_key: bool = False
    is_of_plant: bool = False
    """Signed by the plant's CA, which the fleet's CA has revoked."""
    revoked: int = 0
    """How many of the first ones their CA has revoked."""
    is_described: bool = False
    """Written as `aws iot describe-certificate` tells of them, creation date included, and not as PEM files."""


@dataclass(frozen=True)
class OtherCA:
    """A CA that the fleet's CA has certified, and that signs nothing here."""

    name: str
    days_left: int = 2000
    key: Callable[[], PublicKey] = device_key


@dataclass(frozen=True)
class FleetPlan:
    """A fleet, before keys are made and days are counted."""

    device_groups: tuple[DeviceGroup, ...]
    policies: tuple[str, ...]
    """Files of `data/policies/`."""
    role_aliases: tuple[str, ...]
    identity_pools: tuple[str, ...]
    """Names of `roles.py`."""
    other_cas: tuple[OtherCA, ...] = ()
    has_public_cas: bool = False
    is_plant_revoked: bool = False
    has_intruders: bool = False
    """Whether others connect with certificates and client IDs of the fleet."""
    logs: bool = True


TROUBLED = FleetPlan(
    device_groups=(
        DeviceGroup("thermostat", 180, age=range(20, 300), days_left=range(60, 700)),
        DeviceGroup("doorlock", 100, age=range(10, 200), days_left=range(400, 3000), revoked=2),
        DeviceGroup(
            "camera", 6, age=range(90, 91), days_left=range(900, 901), shares_one_key=True, is_of_plant=True
        ),
        DeviceGroup("pump", 4, age=range(320, 350), days_left=range(3, 29)),  # expiring
        DeviceGroup("valve", 3, age=range(300, 330), days_left=range(-40, -2)),  # expired
        DeviceGroup("gateway", 4, age=range(380, 900), days_left=range(1000, 2000), is_described=True),  # too old
        DeviceGroup("smartcard", 2, age=range(30, 60), days_left=range(500, 600), key=roca_key),
        DeviceGroup("kiosk", 1, age=range(45, 46), days_left=range(600, 601), key=debian_weak_key),
    ),
    policies=(
        *("ConnectAsAnyClient", "ListenButInTheControlRoom", "ListenToEveryThing"),
        *("OwnJobsOnly", "OwnShadowOnly", "TwoNamedShadows", "WriteEveryShadow"),
    ),
    role_aliases=("Telemetry", "Maintenance"),
    identity_pools=("Companion app", "Showroom"),
    other_cas=(OtherCA("Demo Pilot CA", days_left=20), OtherCA("Demo Smartcard CA", key=roca_key)),
    has_public_cas=True,
    is_plant_revoked=True,
    has_intruders=True,
    logs=False,
)

HEALTHY = FleetPlan(
    device_groups=(
        DeviceGroup("thermostat", 60, age=range(20, 300), days_left=range(60, 700)),
        DeviceGroup("doorlock", 30, age=range(10, 200), days_left=range(400, 3000)),
        DeviceGroup("camera", 6, age=range(90, 91), days_left=range(900, 901), is_of_plant=True),
        DeviceGroup("gateway", 4, age=range(100, 300), days_left=range(1000, 2000), is_described=True),
    ),
    policies=("OwnJobsOnly", "OwnShadowOnly", "TwoNamedShadows"),
    role_aliases=("Telemetry",),
    identity_pools=("Showroom",),
    other_cas=(OtherCA("Demo Pilot CA"),),
)
