import pytest

from service.settings import SettingError, Settings


def test_by_default_people_read_the_log_and_nothing_is_traced():
    observing = Settings.from_environ({}).observing
    assert (observing.log_format, observing.log_level) == ("text", "warning")
    assert (observing.metrics_port, observing.otlp_endpoint) == (9464, "")


def test_every_variable_is_read():
    given = {
        "FLEET_AUDIT_LOG_FORMAT": "json",
        "FLEET_AUDIT_LOG_LEVEL": "info",
        "FLEET_AUDIT_METRICS_PORT": "0",
        "FLEET_AUDIT_OTLP_ENDPOINT": "http://collector:4318/",
    }
    observing = Settings.from_environ(given).observing
    assert (observing.log_format, observing.log_level) == ("json", "info")
    assert (observing.metrics_port, observing.otlp_endpoint) == (0, "http://collector:4318")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLEET_AUDIT_LOG_FORMAT", "xml"),
        ("FLEET_AUDIT_LOG_LEVEL", "INFO"),
        ("FLEET_AUDIT_METRICS_PORT", "65536"),
        ("FLEET_AUDIT_OTLP_ENDPOINT", "collector:4318"),
        ("FLEET_AUDIT_OTLP_ENDPOINT", "http://user:secret@collector"),
        ("FLEET_AUDIT_OTLP_ENDPOINT", "http://"),
    ],
)
def test_a_wrong_one_is_refused_by_its_name(name, value):
    with pytest.raises(SettingError, match=name):
        Settings.from_environ({name: value})
