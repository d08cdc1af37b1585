"""What the files of checks have agreed on, and the page that is made of them."""

from pathlib import Path

import pytest

from events.vocabulary import Severity
from tests.support.check_cases import read_cases
from workers.checks import REGISTRY, catalogue
from workers.checks.documentation import HEADINGS, documentation_of, page

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "workers" / "checks"

EXPIRING = ("CERTIFICATE_PAST_EXPIRATION", "CERTIFICATE_APPROACHING_EXPIRATION")
KEY_QUALITY = ("CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361", "CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166")

BROAD_DATA_PLANE = "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS"
ADMIN_ACTIONS_ON_IOT = (
    "ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS",
    "ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS",
    "ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS",
)

DOCUMENTED = {
    # Of the data plane the page has what does not comply, and no code for it.
    "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK": (
        Severity.CRITICAL,
        (*ADMIN_ACTIONS_ON_IOT, BROAD_DATA_PLANE),
    ),
    "CA_CERTIFICATE_EXPIRING_CHECK": (Severity.MEDIUM, EXPIRING),
    "CA_CERTIFICATE_KEY_QUALITY_CHECK": (Severity.CRITICAL, KEY_QUALITY),
    "CONFLICTING_CLIENT_IDS_CHECK": (Severity.HIGH, ("DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS",)),
    "DEVICE_CERTIFICATE_AGE_CHECK": (Severity.LOW, ("CERTIFICATE_PAST_AGE_THRESHOLD",)),
    "DEVICE_CERTIFICATE_EXPIRING_CHECK": (Severity.MEDIUM, EXPIRING),
    "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK": (Severity.CRITICAL, KEY_QUALITY),
    "DEVICE_CERTIFICATE_SHARED_CHECK": (Severity.CRITICAL, ("CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES",)),
    "INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK": (
        Severity.CRITICAL,
        ("INTERMEDIATE_CA_REVOKED_BY_ISSUER",),
    ),
    "IOT_POLICY_OVERLY_PERMISSIVE_CHECK": (Severity.CRITICAL, (BROAD_DATA_PLANE,)),
    "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK": (
        Severity.MEDIUM,
        (
            "POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT",
            "TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS",
        ),
    ),
    "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK": (
        Severity.MEDIUM,
        ("ALLOWS_ACCESS_TO_UNUSED_SERVICES",),
    ),
    "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK": (
        Severity.CRITICAL,
        (
            "ALLOWS_BROAD_ACCESS_TO_USED_SERVICES",
            "ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES",
            *ADMIN_ACTIONS_ON_IOT,
            BROAD_DATA_PLANE,
        ),
    ),
    "LOGGING_DISABLED_CHECK": (Severity.LOW, ("LOGGING_DISABLED",)),
    "REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK": (Severity.CRITICAL, ("CERTIFICATE_REVOKED_BY_ISSUER",)),
    "REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK": (Severity.MEDIUM, ("CERTIFICATE_REVOKED_BY_ISSUER",)),
    "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK": (
        Severity.CRITICAL,
        ("ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS", BROAD_DATA_PLANE),
    ),
}
"""Severities and reason codes from AWS's own pages on the checks."""


def test_the_registry_is_in_the_order_in_which_checks_are_listed():
    assert list(REGISTRY) == sorted(DOCUMENTED)
    assert list(catalogue().names) == list(REGISTRY)


@pytest.mark.parametrize("name", REGISTRY)
class TestACheck:
    def test_its_file_has_its_name(self, name):
        assert REGISTRY[name].name == name
        assert REGISTRY[name].judge.__module__ == f"workers.checks.{name.lower()}"

    def test_its_page_has_every_heading_in_order(self, name):
        documentation = documentation_of(REGISTRY[name])
        assert tuple(documentation.sections) == HEADINGS
        assert all(text.strip() for text in documentation.sections.values())

    def test_its_severity_and_reason_codes_are_those_of_aws(self, name):
        documented = (REGISTRY[name].severity, documentation_of(REGISTRY[name]).reason_codes)
        assert documented == DOCUMENTED[name]

    def test_its_reason_codes_are_those_that_its_cases_exercise(self, name):
        exercised = {
            finding["reason"]
            for case in read_cases()
            if case.check.name == name
            for finding in case.expected.get("findings", [])
        }
        assert exercised == set(documentation_of(REGISTRY[name]).reason_codes)

    def test_it_reads_columns_that_there_are(self, name):
        examines = REGISTRY[name].examines
        assert {*examines.columns, *examines.only} <= examines.kind.columns.keys()
        if (related := examines.related) is not None:
            assert related.named_in in examines.kind.columns
            assert set(related.columns) <= related.kind.columns.keys()


def test_every_file_of_a_check_is_registered():
    assert {path.stem for path in CHECKS.glob("*_check.py")} == {name.lower() for name in REGISTRY}


def test_no_two_checks_are_described_alike():
    for describe in (lambda each: each.summary, lambda each: each.sections["Looks for"]):
        descriptions = [describe(documentation_of(check)) for check in REGISTRY.values()]
        assert len(set(descriptions)) == len(descriptions)


def test_the_page_of_checks_is_fresh():
    assert (ROOT / "docs" / "checks.md").read_text() == page(REGISTRY.values()), (
        "write it anew: python -m workers.checks.documentation"
    )
