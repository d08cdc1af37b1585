import json

from click.testing import CliRunner

from service.cli.main import main
from service.openapi.of_service import service_document


def printed(**environment):
    result = CliRunner().invoke(main, ["openapi"], env=environment)
    assert result.exit_code == 0
    return json.loads(result.output)


def test_it_prints_what_a_service_with_these_settings_answers():
    assert printed() == service_document(429)
    assert printed(FLEET_AUDIT_THROTTLING_STATUS="400") == service_document(400)


def test_a_variable_that_is_no_setting_is_named_beside_the_results():
    result = CliRunner().invoke(main, ["openapi"], env={"FLEET_AUDIT_THROTLING_STATUS": "400"})
    assert json.loads(result.stdout) == service_document(429)
    assert "FLEET_AUDIT_THROTLING_STATUS (is FLEET_AUDIT_THROTTLING_STATUS meant?)" in result.stderr
