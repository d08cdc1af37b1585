"""Proofs as a user types them: keep a checkpoint, prove an event to an outsider, tamper, and be caught."""

import json
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.support.fleet_audit_process import FleetAuditService, fleet_audit

NAMES = ["LOGGING_DISABLED_CHECK", "CA_CERTIFICATE_EXPIRING_CHECK", "DEVICE_CERTIFICATE_EXPIRING_CHECK"]


def configure(service: FleetAuditService, *names: str) -> None:
    service.client().update_account_audit_configuration(
        roleArn="arn:aws:iam::000000000000:role/Audit",
        auditCheckConfigurations={name: {"enabled": True} for name in names},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A service that was started twice; a checkpoint of each time, and its key."""
    home: Path = tmp_path_factory.mktemp("proofs")
    for number, name in enumerate(NAMES[:2]):
        with FleetAuditService(home) as service:
            configure(service, name)
        exported = fleet_audit("checkpoint", "export", home / f"kept{number}.txt", "--data-dir", "data", home=home)
        assert exported.returncode == 0, exported.stderr
    (home / "audit.vkey").write_text(fleet_audit("checkpoint", "key", "--data-dir", "data", home=home).stdout)
    return home


@pytest.fixture
def data(home: Path, tmp_path: Path) -> Path:
    """A copy of its data directory."""
    return shutil.copytree(home / "data", tmp_path / "data")


def verify(home: Path, data: Path, *more: object):
    return fleet_audit(
        "verify", "--data-dir", data, "--key", home / "audit.vkey", "--checkpoint", home / "kept0.txt",
        "--checkpoint", home / "kept1.txt", *more, home=home,
    )  # fmt: skip


def run(data: Path, sql: str) -> None:
    with sqlite3.connect(data / "events.sqlite") as connection:
        assert connection.execute(sql).rowcount > 0
    connection.close()


def test_the_key_is_for_its_owners_eyes(home):
    assert stat.S_IMODE((home / "data" / "checkpoint.key").stat().st_mode) == 0o600


def test_an_untouched_log(home, data):
    done = verify(home, data)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "4/4 checkpoints valid" in done.stdout
    assert "INVALID" not in done.stdout


def test_a_copy_that_can_only_be_read(home, data):
    for path in (*data.iterdir(), data):
        path.chmod(0o500 if path == data else 0o400)
    try:
        done = verify(home, data)
        files = sorted(path.name for path in data.iterdir())
    finally:
        data.chmod(0o700)

    assert done.returncode == 0, done.stderr
    assert files == sorted(path.name for path in (home / "data").iterdir())


def test_tampering_is_named(home, data):
    run(data, "UPDATE events SET state = replace(CAST(state AS TEXT), 'LOGGING', 'BOGGING') WHERE position = 2")

    done = verify(home, data)

    assert done.returncode == 1
    assert "INVALID  position 2: changed" in done.stdout

    as_json = json.loads(verify(home, data, "--json").stdout)
    assert [(each["kind"], each["position"]) for each in as_json["findings"]] == [("changed", 2)]
    assert as_json["validEvents"] == as_json["events"] - 1


def test_a_lost_chain_is_made_anew_and_held_against_what_was_kept(home, data):
    (data / "chain.sqlite").unlink()

    done = verify(home, data)
    assert done.returncode == 0, done.stderr
    assert "There is no chain" in done.stderr
    assert "2/2 checkpoints valid" in done.stdout

    run(data, "UPDATE events SET recorded_at = 1 WHERE position = 1")
    assert verify(home, data).returncode == 1

    without = fleet_audit("verify", "--data-dir", data, home=home)
    assert without.returncode == 2
    assert "no chain" in without.stderr


def test_a_log_that_was_put_back_from_an_older_back_up_stops_the_chain_and_says_so(home, data, tmp_path):
    run(data, "DELETE FROM events WHERE position > 2")
    tmp_path.joinpath("serve.stderr").touch()

    with FleetAuditService(tmp_path) as service:
        configure(service, NAMES[2])

    assert "put back from an older back-up" in service.errors()
    assert verify(home, data).returncode == 1


def test_an_outsider_verifies_an_event(home, tmp_path):
    proof = tmp_path / "event.tlog-proof"
    made = fleet_audit(
        "prove", "2", "--data-dir", "data", "--checkpoint", home / "kept0.txt", "--output", proof, home=home
    )
    assert made.returncode == 0, made.stderr

    outside = ["verify", "--offline", proof, "--key", (home / "audit.vkey").read_text()]
    done = fleet_audit(*outside, "--checkpoint", home / "kept0.txt", home=tmp_path, FLEET_AUDIT_PORT="wrong")
    assert done.returncode == 0, done.stderr
    assert "Proven: the event at position 2" in done.stdout
    assert "AuditRole" in done.stdout or "Audit" in done.stdout

    event_id = json.loads(fleet_audit(*outside, "--json", home=tmp_path).stdout)["event"]["eventId"]
    by_id = fleet_audit("prove", event_id, "--data-dir", "data", home=home)
    assert by_id.returncode == 0, by_id.stderr

    proof.write_text(proof.read_text().replace("extra AQ", "extra Ag"))
    forged = fleet_audit(*outside, home=tmp_path)
    assert forged.returncode == 1
    assert "proves nothing" in forged.stderr


def test_an_outsider_verifies_that_the_log_has_only_grown(home, tmp_path):
    grown = tmp_path / "grown.txt"
    made = fleet_audit(
        "prove", "--consistency", home / "kept0.txt", "--data-dir", "data", "--output", grown, home=home
    )
    assert made.returncode == 0, made.stderr

    outside = ["verify", "--offline", grown, "--key", home / "audit.vkey", "--checkpoint"]
    done = fleet_audit(*outside, home / "kept0.txt", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "begins with" in done.stdout
    assert fleet_audit(*outside, home / "kept1.txt", home=tmp_path).returncode == 1


def test_what_was_tampered_with_is_not_proven(home, data):
    run(data, "UPDATE events SET recorded_at = 1 WHERE position = 2")

    done = fleet_audit("prove", "2", "--data-dir", data, home=home)

    assert done.returncode == 1
    assert "not what was chained" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prove"], "Give an EVENT"),
        (["prove", "nothing", "--data-dir", "data"], "neither a position nor the id"),
        (["prove", "999999", "--data-dir", "data"], "no event at position 999999"),
        (["verify", "--data-dir", "nowhere"], "not there"),
        (["verify", "--data-dir", "data", "--key", "wrong+key"], "NAME+ID+KEY"),
        (["verify", "--data-dir", "data", "--checkpoint", "audit.vkey"], "no checkpoint"),
        (["verify", "--offline", "kept0.txt"], "needs the public key"),
        (["checkpoint", "key", "--data-dir", "nowhere"], "There is no key"),
    ],
)
def test_bad_input(home, arguments, said):
    done = fleet_audit(*arguments, home=home)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
