"""The demo's fleet as tests import it, and what an audit has to say of it, worked out from the files."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from service.demo.fleet import DemoFleet, lists_of
from tests.support.published_weak_keys import DEBIAN_WEAK_MODULUS, ROCA_MODULUS

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
AGE = "DEVICE_CERTIFICATE_AGE_CHECK"
CA_KEY_QUALITY = "CA_CERTIFICATE_KEY_QUALITY_CHECK"
KEY_QUALITY = "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK"
POLICIES = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"
DENIALS = "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK"
LOGGING = "LOGGING_DISABLED_CHECK"
REVOKED = "REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK"

SHARED = "DEVICE_CERTIFICATE_SHARED_CHECK"
CONFLICTING = "CONFLICTING_CLIENT_IDS_CHECK"

USERS = "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
GUESTS = "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
ALIASES = "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK"
UNUSED = "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK"

EXACT_CHECKS = (
    *(CA_KEY_QUALITY, AGE, EXPIRING, KEY_QUALITY),
    *(POLICIES, DENIALS, LOGGING, USERS, GUESTS, ALIASES, UNUSED),
)
"""The checks whose findings `expected` knows all of. CA certificates of the certifi bundle expire."""

BROAD_POLICIES = ("ConnectAsAnyClient", "ListenToEveryThing", "WriteEveryShadow")
"""By AWS's own table of verdicts in the developer guide."""

PASSED_BY = ("ListenButInTheControlRoom", "TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS")
"""The guide's example of a Deny that subscribing to building/# passes by, and its reason code."""

APP_POOL = "COGNITO_IDENTITY_POOL/us-east-1/5a6b7c8d-0000-4111-8222-333344445555"
OF_ROLES = (
    (USERS, APP_POOL, "ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS"),
    (USERS, APP_POOL, "ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS"),
    (GUESTS, APP_POOL, "ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS"),
    (GUESTS, APP_POOL, "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS"),
    (ALIASES, "ROLE_ALIAS/Maintenance", "ALLOWS_BROAD_ACCESS_TO_USED_SERVICES"),
    (ALIASES, "ROLE_ALIAS/Maintenance", "ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES"),
    (UNUSED, "ROLE_ALIAS/Maintenance", "ALLOWS_ACCESS_TO_UNUSED_SERVICES"),
)
"""What the guide says of what the app's users and guests, and the devices that are maintained, may do."""

Verdict = tuple[str, str, str]
"""Check, resource, reason code."""


def certificate_id(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def expected_of_devices(inventory: Path, now: datetime) -> set[Verdict]:
    """The findings about device certificates, by the rules as the developer guide words them."""
    verdicts = set()
    for certificate, created in _devices(inventory):
        name = f"DEVICE_CERTIFICATE/{certificate_id(certificate)}"
        if certificate.not_valid_after_utc <= now:
            verdicts.add((EXPIRING, name, "CERTIFICATE_PAST_EXPIRATION"))
        elif certificate.not_valid_after_utc <= now + timedelta(days=30):
            verdicts.add((EXPIRING, name, "CERTIFICATE_APPROACHING_EXPIRATION"))
        if created <= now - timedelta(days=365):
            verdicts.add((AGE, name, "CERTIFICATE_PAST_AGE_THRESHOLD"))
        modulus = _modulus(certificate)
        if modulus == ROCA_MODULUS:
            verdicts.add((KEY_QUALITY, name, "CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361"))
        if modulus == DEBIAN_WEAK_MODULUS:
            verdicts.add((KEY_QUALITY, name, "CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166"))
    return verdicts


def expected(fleet: DemoFleet, now: datetime) -> set[Verdict]:
    """Every finding of `EXACT_CHECKS` over the fleet."""
    broad = "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS"
    return {
        *expected_of_devices(fleet.inventory, now),
        *((POLICIES, f"IOT_POLICY/{name}/1", broad) for name in BROAD_POLICIES),
        (DENIALS, f"IOT_POLICY/{PASSED_BY[0]}/1", PASSED_BY[1]),
        (LOGGING, "ACCOUNT_SETTINGS/000000000000", "LOGGING_DISABLED"),
        (CA_KEY_QUALITY, f"CA_CERTIFICATE/{_smartcard_ca(fleet)}", "CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361"),
        *OF_ROLES,
    }


def _smartcard_ca(fleet: DemoFleet) -> str:
    """The CA over the same published key as the smartcards."""
    written = (fleet.inventory / "demo-smartcard-ca-certificate.pem").read_bytes()
    return certificate_id(x509.load_pem_x509_certificate(written))


def expected_of_revocation(fleet: DemoFleet) -> set[Verdict]:
    """What the demo's lists, whose server ends with the demo, say of its devices."""
    written = lists_of(fleet.inventory.parent) / "fleet-audit-demo-ca.crl"
    revoked = {entry.serial_number for entry in x509.load_der_x509_crl(written.read_bytes())}
    return {
        (REVOKED, f"DEVICE_CERTIFICATE/{certificate_id(certificate)}", "CERTIFICATE_REVOKED_BY_ISSUER")
        for certificate, _ in _devices(fleet.inventory)
        if certificate.serial_number in revoked
    }


def expected_of_connections(fleet: DemoFleet) -> set[Verdict]:
    """What the demo's events say: the certificate of a camera was copied, two gateways have one client ID."""
    camera = fleet.inventory / "devices" / "camera-001.pem"
    copied = certificate_id(x509.load_pem_x509_certificate(camera.read_bytes()))
    return {
        (SHARED, f"DEVICE_CERTIFICATE/{copied}", "CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES"),
        (CONFLICTING, "CLIENT_ID/gateway-001", "DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS"),
    }


def verdict(finding: dict[str, Any]) -> Verdict:
    """What a finding of the API says."""
    return finding["checkName"], resource_of(finding), finding["reasonForNonComplianceCode"]


def resource_of(finding: dict[str, Any]) -> str:
    resource = finding["nonCompliantResource"]
    match resource["resourceIdentifier"]:
        case {"policyVersionIdentifier": policy}:
            name = f"{policy['policyName']}/{policy['policyVersionId']}"
        case {"issuerCertificateIdentifier": issuer}:
            name = issuer["issuerId"]
        case {"roleAliasArn": arn}:
            name = arn.rpartition("/")[2]
        case {"cognitoIdentityPoolId": pool}:
            name = pool.replace(":", "/")
        case {"deviceCertificateId": name} | {"caCertificateId": name} | {"account": name}:
            pass
        case other:
            raise AssertionError(other)
    return f"{resource['resourceType']}/{name}"


def _devices(inventory: Path) -> list[tuple[x509.Certificate, datetime]]:
    bare = [x509.load_pem_x509_certificate(path.read_bytes()) for path in (inventory / "devices").glob("*.pem")]
    lines = (inventory / "long-serving-devices.ndjson").read_text().splitlines()
    described = [json.loads(line) for line in lines]
    return [
        *((certificate, certificate.not_valid_before_utc) for certificate in bare),
        *(
            (
                x509.load_pem_x509_certificate(record["certificatePem"].encode()),
                datetime.fromisoformat(record["creationDate"]),
            )
            for record in described
        ),
    ]


def _modulus(certificate: x509.Certificate) -> int | None:
    key = certificate.public_key()
    return key.public_numbers().n if isinstance(key, rsa.RSAPublicKey) else None
