from pathlib import Path

import pytest

from events.vocabulary import AccountId
from service.checkpoint_settings import CheckpointSettings
from service.settings import SettingError, Settings
from workers.revocation.address_rules import AddressRules


def test_without_variables_the_defaults_are_those_of_a_trial():
    assert Settings.from_environ({}) == Settings(
        host="127.0.0.1",
        port=8080,
        data_directory=Path("fleet-audit-data"),
        account=AccountId("000000000000"),
        region="us-east-1",
        retention_days=180,
        key_blocklist=None,
        crl_allow=AddressRules(),
        throttling_status=429,
        worker_threads=2,
        shard_size=25_000,
    )


def test_every_variable_is_read(tmp_path):
    blocklist = tmp_path / "blocklist"
    blocklist.touch()
    settings = Settings.from_environ(
        {
            "FLEET_AUDIT_HOST": "::1",
            "FLEET_AUDIT_PORT": "0",
            "FLEET_AUDIT_DATA_DIR": str(tmp_path),
            "FLEET_AUDIT_ACCOUNT": "123456789012",
            "FLEET_AUDIT_REGION": "us-gov-west-1",
            "FLEET_AUDIT_RETENTION_DAYS": "90",
            "FLEET_AUDIT_ARCHIVE_DIR": str(tmp_path),
            "FLEET_AUDIT_KEY_BLOCKLIST": str(blocklist),
            "FLEET_AUDIT_CRL_ALLOW": "crl.internal, 10.0.0.0/8",
            "FLEET_AUDIT_THROTTLING_STATUS": "400",
            "FLEET_AUDIT_WORKER_THREADS": "64",
            "FLEET_AUDIT_SHARD_SIZE": "100",
            "FLEET_AUDIT_SOURCE": "aws",
            "FLEET_AUDIT_ASSUME_ROLE": "false",
            "FLEET_AUDIT_CHECKPOINT_ORIGIN": "audit.example.com/fleet",
            "FLEET_AUDIT_CHECKPOINT_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "PATH": "/bin",
        }
    )
    assert settings == Settings(
        host="::1",
        port=0,
        data_directory=tmp_path,
        account=AccountId("123456789012"),
        region="us-gov-west-1",
        retention_days=90,
        archive_directory=tmp_path,
        key_blocklist=blocklist,
        crl_allow=AddressRules.parse("crl.internal,10.0.0.0/8"),
        throttling_status=400,
        worker_threads=64,
        shard_size=100,
        source="aws",
        assumes_role=False,
        checkpoints=CheckpointSettings("audit.example.com/fleet", settings.checkpoints.key),
    )
    key = settings.checkpoints.key
    assert key is not None
    assert key.private_bytes_raw() == bytes(32)


def test_an_empty_variable_counts_as_not_given():
    assert Settings.from_environ({"FLEET_AUDIT_PORT": " "}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("FLEET_AUDIT_HOST", "local\0host", "null character"),
        ("FLEET_AUDIT_PORT", "65536", "0 to 65535"),
        ("FLEET_AUDIT_PORT", "-1", "0 to 65535"),
        ("FLEET_AUDIT_PORT", "http", "0 to 65535"),
        ("FLEET_AUDIT_PORT", "٨٠٨٠", "0 to 65535"),
        ("FLEET_AUDIT_PORT", "1e3", "0 to 65535"),
        ("FLEET_AUDIT_DATA_DIR", "\0", "null character"),
        ("FLEET_AUDIT_DATABASE_URL", "postgresql://u@host:65536/d", "postgresql://user:password@host"),
        ("FLEET_AUDIT_ACCOUNT", "12345678901", "12 digits"),
        ("FLEET_AUDIT_ACCOUNT", "12345678901a", "12 digits"),
        ("FLEET_AUDIT_REGION", "us east", "us-east-1"),
        ("FLEET_AUDIT_REGION", "us-east-1/../x", "us-east-1"),
        ("FLEET_AUDIT_RETENTION_DAYS", "0", "1 to 3650"),
        ("FLEET_AUDIT_RETENTION_DAYS", "3651", "1 to 3650"),
        ("FLEET_AUDIT_KEY_BLOCKLIST", "no/such/file", "file that exists"),
        ("FLEET_AUDIT_ARCHIVE_DIR", "no/such/directory", "directory that exists"),
        ("FLEET_AUDIT_CRL_ALLOW", "10.0.0.0/33", "networks such as 10.0.0.0/8"),
        ("FLEET_AUDIT_CHECKPOINT_ORIGIN", "a b", "audit.example.com/fleet"),
        ("FLEET_AUDIT_CHECKPOINT_KEY", "c2hvcnQ=", "Ed25519"),
        ("FLEET_AUDIT_CHECKPOINT_KEY", "-----BEGIN PRIVATE KEY-----", "Ed25519"),
        ("FLEET_AUDIT_SOURCE", "azure", "import or aws"),
        ("FLEET_AUDIT_ASSUME_ROLE", "no", "true or false"),
        ("FLEET_AUDIT_THROTTLING_STATUS", "503", "400 or 429"),
        ("FLEET_AUDIT_WORKER_THREADS", "0", "1 to 64"),
        ("FLEET_AUDIT_WORKER_THREADS", "65", "1 to 64"),
        ("FLEET_AUDIT_SHARD_SIZE", "99", "100 to 1000000"),
        ("FLEET_AUDIT_SHARD_SIZE", "1000001", "100 to 1000000"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_what_is_allowed(variable, value, allowed):
    with pytest.raises(SettingError) as refused:
        Settings.from_environ({variable: value})
    assert variable in str(refused.value)
    assert allowed in str(refused.value)
