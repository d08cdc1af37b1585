import pytest

from service.access.door_settings import Door, door
from service.variables import SettingError, Variables


def test_without_variables_the_defaults_hold():
    assert door(Variables({})) == Door()


def test_every_variable_is_read():
    given = {
        "FLEET_AUDIT_ALLOWED_HOSTS": "Audit.example, fleet_audit, *",
        "FLEET_AUDIT_THROTTLING": "aws",
        "FLEET_AUDIT_MAX_CONNECTIONS": "2000",
        "FLEET_AUDIT_MAX_CONNECTIONS_PER_PEER": "1500",
        "FLEET_AUDIT_IDLE_TIMEOUT": "15",
    }
    assert door(Variables(given)) == Door(
        allowed_hosts=frozenset({"audit.example", "fleet_audit", "*"}),
        throttling="aws",
        most_connections=2_000,
        most_connections_of_a_peer=1_500,
        idle_timeout=15,
    )


def test_one_address_never_has_more_than_there_are():
    assert door(Variables({"FLEET_AUDIT_MAX_CONNECTIONS": "100"})).most_connections_of_a_peer == 100


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLEET_AUDIT_ALLOWED_HOSTS", "audit.example:8080"),
        ("FLEET_AUDIT_ALLOWED_HOSTS", "https://audit.example"),
        ("FLEET_AUDIT_ALLOWED_HOSTS", "a b"),
        ("FLEET_AUDIT_THROTTLING", "none"),
        ("FLEET_AUDIT_THROTTLING", "0"),
        ("FLEET_AUDIT_THROTTLING", "1.5"),
        ("FLEET_AUDIT_MAX_CONNECTIONS", "0"),
        ("FLEET_AUDIT_MAX_CONNECTIONS_PER_PEER", "many"),
        ("FLEET_AUDIT_IDLE_TIMEOUT", "0"),
    ],
)
def test_a_wrong_one_is_named(name, value):
    with pytest.raises(SettingError, match=name):
        door(Variables({name: value}))
