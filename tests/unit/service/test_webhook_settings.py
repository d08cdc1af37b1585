"""The webhook's settings, from the environment or from files; nothing of URL or secret is ever shown."""

import pytest

from service.settings import SettingError, Settings
from workers.revocation.address_rules import AddressRules

URL = "https://alerts.example.com/audits?token=hidden"
SECRET = "a secret of at least 24 bytes"
GIVEN = {"FLEET_AUDIT_WEBHOOK_URL": URL, "FLEET_AUDIT_WEBHOOK_SECRET": SECRET}


def test_they_are_read_and_not_shown(tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    settings = Settings.from_environ(
        {
            "FLEET_AUDIT_WEBHOOK_URL": URL,
            "FLEET_AUDIT_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
            "FLEET_AUDIT_WEBHOOK_ALLOW": "10.0.0.0/8",
        }
    )
    assert settings.webhook is not None
    assert (settings.webhook.url, settings.webhook.key) == (URL, SECRET.encode())
    assert settings.webhook.rules == AddressRules.parse("10.0.0.0/8")
    assert "hidden" not in repr(settings)
    assert SECRET not in repr(settings)


def test_without_a_url_there_is_none():
    assert Settings.from_environ({}).webhook is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"FLEET_AUDIT_WEBHOOK_URL": "alerts.example.com?token=hidden"}, "FLEET_AUDIT_WEBHOOK_URL"),
        ({"FLEET_AUDIT_WEBHOOK_URL": "ftp://alerts.example.com"}, "FLEET_AUDIT_WEBHOOK_URL"),
        ({"FLEET_AUDIT_WEBHOOK_URL": "https://alerts.example.com/a b"}, "FLEET_AUDIT_WEBHOOK_URL"),
        ({"FLEET_AUDIT_WEBHOOK_URL": "https://[::1/"}, "FLEET_AUDIT_WEBHOOK_URL"),
        ({"FLEET_AUDIT_WEBHOOK_URL": ""}, "FLEET_AUDIT_WEBHOOK_URL must be given when FLEET_AUDIT_WEBHOOK_SECRET"),
        ({"FLEET_AUDIT_WEBHOOK_SECRET": ""}, "FLEET_AUDIT_WEBHOOK_SECRET_FILE"),
        ({"FLEET_AUDIT_WEBHOOK_SECRET": "hidden"}, "FLEET_AUDIT_WEBHOOK_SECRET"),
        ({"FLEET_AUDIT_WEBHOOK_SECRET": "whsec_hidden!"}, "FLEET_AUDIT_WEBHOOK_SECRET"),
        ({"FLEET_AUDIT_WEBHOOK_SECRET_FILE": "/nowhere"}, "FLEET_AUDIT_WEBHOOK_SECRET_FILE"),
        ({"FLEET_AUDIT_WEBHOOK_ALLOW": "10.0.0.0/99"}, "FLEET_AUDIT_WEBHOOK_ALLOW"),
    ],
)
def test_a_wrong_one_is_refused_by_name_and_not_repeated(change, named):
    with pytest.raises(SettingError, match=named) as refused:
        Settings.from_environ({**GIVEN, **change})
    assert "hidden" not in str(refused.value)
    assert SECRET not in str(refused.value)
