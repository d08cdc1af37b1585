"""The demo's fleet: real certificates, policies, roles and settings, written as the files that `import` reads."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from service.demo.certificate_authority import CertificateAuthority, PublicKey, device_key, file_name, pem
from service.demo.presence import presence_events
from service.demo.published_keys import blocklist_line, debian_weak_key, roca_key
from service.demo.roles import role_records


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


DEVICE_GROUPS = (
    DeviceGroup("thermostat", 180, age=range(20, 300), days_left=range(60, 700)),
    DeviceGroup("doorlock", 100, age=range(10, 200), days_left=range(400, 3000), revoked=2),
    DeviceGroup("camera", 6, age=range(90, 91), days_left=range(900, 901), shares_one_key=True, is_of_plant=True),
    DeviceGroup("pump", 4, age=range(320, 350), days_left=range(3, 29)),  # expiring
    DeviceGroup("valve", 3, age=range(300, 330), days_left=range(-40, -2)),  # expired
    DeviceGroup("gateway", 4, age=range(380, 900), days_left=range(1000, 2000), is_described=True),  # too old
    DeviceGroup("smartcard", 2, age=range(30, 60), days_left=range(500, 600), key=roca_key),
    DeviceGroup("kiosk", 1, age=range(45, 46), days_left=range(600, 601), key=debian_weak_key),
)

CHECKS = (
    "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
    "CA_CERTIFICATE_EXPIRING_CHECK",
    "CA_CERTIFICATE_KEY_QUALITY_CHECK",
    "DEVICE_CERTIFICATE_AGE_CHECK",
    "DEVICE_CERTIFICATE_EXPIRING_CHECK",
    "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK",
    "IOT_POLICY_OVERLY_PERMISSIVE_CHECK",
    "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK",
    "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK",
    "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK",
    "LOGGING_DISABLED_CHECK",
    "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
)
"""Those for which the fleet has something to examine, and that need nothing else: no network, no history."""

REVOCATION_CHECKS = (
    "INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK",
    "REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK",
    "REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK",
)
"""Those that need the server of the fleet's revocation lists besides."""

CONNECTION_CHECKS = ("CONFLICTING_CLIENT_IDS_CHECK", "DEVICE_CERTIFICATE_SHARED_CHECK")
"""Those that need to be told who was connected when (`presence_of`)."""

LOGGING_OPTIONS = {
    "resourceType": "ACCOUNT_SETTINGS",
    "v2LoggingOptions": {"defaultLogLevel": "DISABLED", "disableAllLogs": True},
}


@dataclass(frozen=True)
class DemoFleet:
    """Where the fleet was written."""

    inventory: Path
    """The directory to import."""
    key_blocklist: Path
    """A blocklist in the format of `openssl-blacklist` that knows the one Debian-weak key."""


def lists_of(directory: Path) -> Path:
    """Where a fleet's revocation lists are, and the certificates of who signs them: what is to be served."""
    return directory / "revocation-lists"


def presence_of(directory: Path) -> Path:
    """Where a fleet's presence events are."""
    return directory / "presence.ndjson"


def write_fleet(directory: Path, now: datetime, lists_at: str | None = None) -> DemoFleet:
    """Write the fleet as it is at `now` into `directory`, which is made if need be. Keys are new each time.

    With `lists_at`, the URL of a server, its certificates name revocation lists there (`lists_of`).
    """
    fleet = DemoFleet(directory / "inventory", directory / "weak-rsa-keys.txt")
    (fleet.inventory / "devices").mkdir(parents=True, exist_ok=True)
    authority = CertificateAuthority("Fleet Audit Demo CA", now, lists_at=lists_at)
    plant = CertificateAuthority("Demo Plant CA", now, above=authority, lists_at=lists_at)
    (fleet.inventory / "public-ca-certificates.pem").write_text(certifi.contents())
    (fleet.inventory / "fleet-ca-certificate.pem").write_text(pem(authority.certificate))
    (fleet.inventory / "plant-ca-certificate.pem").write_text(pem(plant.certificate))
    devices = list(_devices(authority, plant, now))
    revoked = [device.certificate for device in devices if device.is_revoked]
    _write_lists(lists_of(directory), {authority: [plant.certificate, *revoked], plant: []}, now)
    described = []
    for device in devices:
        if device.group.is_described:
            described.append(device.description())
        else:
            (fleet.inventory / "devices" / f"{device.name}.pem").write_text(pem(device.certificate))
    certificates = {device.name: device.certificate.fingerprint(SHA256()).hex() for device in devices}
    presence_of(directory).write_text(_lines(presence_events(certificates, now)))
    (fleet.inventory / "long-serving-devices.ndjson").write_text(_lines(described))
    (fleet.inventory / "policies.ndjson").write_text(_lines(_policies()))
    (fleet.inventory / "roles.ndjson").write_text(_lines(role_records(now)))
    (fleet.inventory / "logging-options.ndjson").write_text(_lines([LOGGING_OPTIONS]))
    fleet.key_blocklist.write_text(f"# Keys of CVE-2008-0166.\n{blocklist_line(debian_weak_key())}\n")
    return fleet


@dataclass(frozen=True)
class _Device:
    name: str
    group: DeviceGroup
    certificate: x509.Certificate
    issued: datetime
    is_revoked: bool

    def description(self) -> dict[str, Any]:
        """What `aws iot describe-certificate` tells of it."""
        return {
            "resourceType": "DEVICE_CERTIFICATE",
            "status": "ACTIVE",
            "creationDate": self.issued.isoformat(),
            "certificatePem": pem(self.certificate),
        }


def _write_lists(
    directory: Path, revoked: Mapping[CertificateAuthority, Iterable[x509.Certificate]], now: datetime
) -> None:
    directory.mkdir(exist_ok=True)
    for authority, certificates in revoked.items():
        name = file_name(authority.common_name)
        (directory / f"{name}.crl").write_bytes(authority.revocation_list(certificates, now))
        (directory / f"{name}.cer").write_bytes(authority.certificate.public_bytes(Encoding.DER))


def _devices(fleet_ca: CertificateAuthority, plant: CertificateAuthority, now: datetime) -> Iterator[_Device]:
    for group in DEVICE_GROUPS:
        authority = plant if group.is_of_plant else fleet_ca
        shared = group.key() if group.shares_one_key else None
        for number in range(group.count):
            name = f"{group.name}-{number + 1:03}"
            issued = now - timedelta(days=_spread(group.age, number, group.count))
            expires = now + timedelta(days=_spread(group.days_left, number, group.count))
            certificate = authority.issue(name, shared or group.key(), not_before=issued, not_after=expires)
            yield _Device(name, group, certificate, issued, is_revoked=number < group.revoked)


def _spread(days: range, number: int, count: int) -> int:
    return days[number * len(days) // count]


def _policies() -> Iterator[dict[str, Any]]:
    """Each policy document as `aws iot get-policy-version` tells of it."""
    documents = files("service.demo") / "data" / "policies"
    for document in sorted(documents.iterdir(), key=lambda entry: entry.name):
        yield {
            "resourceType": "IOT_POLICY",
            "policyName": document.name.removesuffix(".json"),
            "policyVersionId": "1",
            "isDefaultVersion": True,
            "policyDocument": document.read_text(),
        }


def _lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)
