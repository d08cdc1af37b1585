import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.demo.fleet import presence_of, write_fleet
from service.demo.fleet_plan import TROUBLED
from service.demo.published_keys import roca_key
from tests.support.certificates import certificate_id
from tests.support.published_weak_keys import DEBIAN_WEAK_MODULUS, ROCA_MODULUS
from workers.presence.presence_event import presence_event

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    return write_fleet(tmp_path_factory.mktemp("fleet"), NOW)


def devices(fleet, group):
    pems = [path.read_bytes() for path in sorted((fleet.inventory / "devices").glob(f"{group}-*.pem"))]
    return [x509.load_pem_x509_certificate(pem) for pem in pems]


def records(fleet, name):
    return [json.loads(line) for line in (fleet.inventory / name).read_text().splitlines()]


def public_keys(certificates):
    encoded = (
        each.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for each in certificates
    )
    return {hashlib.sha256(key).hexdigest() for key in encoded}


def test_it_is_three_hundred_devices(fleet):
    files = len(list((fleet.inventory / "devices").iterdir()))
    assert files + len(records(fleet, "long-serving-devices.ndjson")) == 300
    assert sum(group.count for group in TROUBLED.device_groups) == 300


def test_every_device_has_a_certificate_that_the_fleets_ca_signed(fleet):
    authority = x509.load_pem_x509_certificate((fleet.inventory / "fleet-ca-certificate.pem").read_bytes())
    for group in ("thermostat", "pump", "smartcard", "kiosk"):
        for device in devices(fleet, group):
            device.verify_directly_issued_by(authority)


def test_devices_of_a_kind_have_keys_of_their_own(fleet):
    thermostats = devices(fleet, "thermostat")
    assert len(public_keys(thermostats)) == len(thermostats) == 180


def test_the_cameras_share_one_key(fleet):
    cameras = devices(fleet, "camera")
    assert len(cameras) == 6
    assert len(public_keys(cameras)) == 1


def test_pumps_expire_within_thirty_days_and_valves_have_expired(fleet):
    assert all(NOW < pump.not_valid_after_utc <= NOW + timedelta(days=30) for pump in devices(fleet, "pump"))
    assert all(valve.not_valid_after_utc < NOW for valve in devices(fleet, "valve"))
    assert all(each.not_valid_after_utc > NOW + timedelta(days=31) for each in devices(fleet, "doorlock"))


def test_gateways_are_older_than_a_year_and_nobody_else_is(fleet):
    gateways = [datetime.fromisoformat(r["creationDate"]) for r in records(fleet, "long-serving-devices.ndjson")]
    assert len(gateways) == 4
    assert all(created <= NOW - timedelta(days=365) for created in gateways)
    others = [each for group in ("thermostat", "pump", "valve") for each in devices(fleet, group)]
    assert all(each.not_valid_before_utc > NOW - timedelta(days=365) for each in others)


def test_smartcards_and_the_kiosk_are_over_the_published_weak_keys(fleet):
    assert {each.public_key().public_numbers().n for each in devices(fleet, "smartcard")} == {ROCA_MODULUS}
    assert {each.public_key().public_numbers().n for each in devices(fleet, "kiosk")} == {DEBIAN_WEAK_MODULUS}
    assert roca_key().public_numbers().n == ROCA_MODULUS


def test_the_blocklist_knows_the_debian_weak_key_as_openssl_prints_its_modulus(fleet):
    # `openssl rsa -pubin -noout -modulus -in rsa-debianweak.key | sha1sum`, digits 21 to 40
    assert "b7ead9492dfd921fc4f9" in fleet.key_blocklist.read_text().splitlines()


def test_policies_are_whole_documents_with_names_and_versions(fleet):
    policies = records(fleet, "policies.ndjson")
    assert len(policies) == 7
    for policy in policies:
        assert policy["policyName"].isalpha()
        assert json.loads(policy["policyDocument"])["Version"] == "2012-10-17"


def test_keys_are_new_each_time(fleet, tmp_path):
    again = write_fleet(tmp_path, NOW)
    assert public_keys(devices(again, "camera")) != public_keys(devices(fleet, "camera"))


def test_roles_of_aliases_and_pools_are_there_themselves(fleet):
    told = records(fleet, "roles.ndjson")
    roles = {record["Arn"] for record in told if record["resourceType"] == "IAM_ROLE"}
    aliased = {record["roleArn"] for record in told if record["resourceType"] == "ROLE_ALIAS"}
    pools = [record["Roles"] for record in told if record["resourceType"] == "IDENTITY_POOL"]
    pooled = {arn for pool in pools for arn in pool.values()}
    assert aliased | pooled == roles


def test_its_events_are_of_its_own_certificates_and_up_to_now(fleet):
    told = [json.loads(line) for line in presence_of(fleet.inventory.parent).read_text().splitlines()]
    known = {certificate_id(each) for each in devices(fleet, "*")}
    described = records(fleet, "long-serving-devices.ndjson")
    known |= {
        certificate_id(x509.load_pem_x509_certificate(each["certificatePem"].encode())) for each in described
    }
    assert {presence_event(each).principal for each in told} == known
    assert max(each["timestamp"] for each in told) < NOW.timestamp() * 1000
