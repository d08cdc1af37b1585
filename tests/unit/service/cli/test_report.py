import io

import pytest
from rich.console import Console

from service.cli.audits import AuditReport
from service.cli.report import MOST_FINDINGS, print_report

EXPIRING = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
POLICIES = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"


def finding(severity, check_name, identifier, reason="Certificate is past its expiration.", **more):
    return {
        "severity": severity,
        "checkName": check_name,
        "nonCompliantResource": {"resourceIdentifier": identifier},
        "reasonForNonCompliance": reason,
        "reasonForNonComplianceCode": "CODE",
        **more,
    }


def detail(status, examined, non_compliant, **more):
    return {
        "checkRunStatus": status,
        "totalResourcesCount": examined,
        "nonCompliantResourcesCount": non_compliant,
        **more,
    }


DEVICE = finding("MEDIUM", EXPIRING, {"deviceCertificateId": "ab" * 32})
POLICY = finding(
    "CRITICAL",
    POLICIES,
    {"policyVersionIdentifier": {"policyName": "ConnectAsAnyClient", "policyVersionId": "1"}},
    "Policy allows broad access to IoT data plane actions: [iot:Connect].",
)
DETAILS = {
    EXPIRING: detail("COMPLETED_NON_COMPLIANT", 1_300, 1),
    POLICIES: detail("COMPLETED_NON_COMPLIANT", 2, 1, message="1 policy document is [not] valid JSON."),
    "CA_CERTIFICATE_EXPIRING_CHECK": detail("COMPLETED_COMPLIANT", 140, 0),
}
STATISTICS = {"totalChecks": 3, "compliantChecks": 1, "nonCompliantChecks": 2, "failedChecks": 0}


def printed(findings, columns, details=DETAILS):
    task = {"taskStatus": "COMPLETED", "auditDetails": details, "taskStatistics": STATISTICS}
    screen = io.StringIO()
    console = Console(file=screen, width=columns, highlight=False)
    print_report(AuditReport(task, "task", findings), console)
    return screen.getvalue()


@pytest.mark.parametrize("columns", [40, 80, 100, 120, 240])
def test_no_line_is_longer_than_the_screen_is_wide(columns):
    lines = printed([POLICY, DEVICE], columns).splitlines()
    assert max(len(line) for line in lines) <= columns


def test_in_a_pipe_one_line_says_everything_of_a_finding():
    [line] = [line for line in printed([POLICY, DEVICE], 240).splitlines() if "ab" * 32 in line]
    assert " ".join(line.split()) == f"MEDIUM {EXPIRING} device {'ab' * 32} Certificate is past its expiration."


def test_on_a_narrow_screen_findings_stand_under_their_check():
    lines = [line.rstrip() for line in printed([POLICY, DEVICE, DEVICE], 100).splitlines()]
    start = lines.index(f"MEDIUM    {EXPIRING}")
    assert lines[start + 1].split(maxsplit=2) == ["device", "abababababab…", "Certificate is past its expiration."]
    assert lines[start + 2] == lines[start + 1]


def test_every_check_is_listed_with_its_counts():
    lines = [" ".join(line.split()) for line in printed([], 120).splitlines()]
    assert f"{EXPIRING} NON-COMPLIANT 1,300 1" in lines
    assert "CA_CERTIFICATE_EXPIRING_CHECK compliant 140 0" in lines
    assert "3 checks: 1 compliant, 2 non-compliant, 0 failed, 0 canceled." in lines


def test_on_a_narrow_screen_the_longest_name_leaves_room_for_the_counts():
    longest = "INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK"
    details = {
        longest: detail("COMPLETED_NON_COMPLIANT", 100_000, 1_300),
        POLICIES: detail("COMPLETED_COMPLIANT", 2, 0),
        EXPIRING: detail("FAILED", 7, 0),
    }
    lines = [" ".join(line.split()) for line in printed([], 80, details).splitlines()]
    assert f"{longest} 1,300 of 100,000" in lines
    assert f"{POLICIES} 0 of 2" in lines
    assert f"{EXPIRING} FAILED" in lines


@pytest.mark.parametrize("columns", [80, 140, 240])
def test_a_long_name_leaves_room_for_the_reason(columns):
    text = printed([DEVICE, finding("HIGH", EXPIRING, {"clientId": "x" * 128})], columns)
    assert " ".join(text.split()).count("expiration") == 2
    assert "x" * 25 in text


def test_a_name_is_no_markup():
    assert "client [red]x[/]" in printed([finding("HIGH", EXPIRING, {"clientId": "[red]x[/]"})], 240)


@pytest.mark.parametrize("columns", [100, 240])
def test_what_a_stranger_named_has_no_power_over_the_terminal(columns):
    named = finding("HIGH", EXPIRING, {"clientId": "a\x1b[31m\n\u202eb ü"}, "Denies [\x1b]0;title\x07].")
    text = printed([named], columns)
    assert r"client a\x1b[31m\n\u202eb ü" in text
    assert r"Denies [\x1b]0;title\x07]." in text


def test_a_checks_message_is_shown_as_it_is():
    assert f"{POLICIES}: 1 policy document is [not] valid JSON." in printed([], 120)


def test_an_audit_without_findings_says_so():
    assert "No findings." in printed([], 80)


def test_a_suppressed_finding_is_marked():
    suppressed = finding("LOW", EXPIRING, {"account": "000000000000"}, isSuppressed=True)
    assert "expiration (suppressed)." in printed([suppressed], 240)


def test_a_time_is_shown_as_a_day():
    expiring = finding("MEDIUM", EXPIRING, {"account": "000000000000"})
    expiring["nonCompliantResource"]["additionalInfo"] = {"EXPIRATION_TIME": "1582862626000"}
    assert "Certificate is past its expiration (2020-02-28)." in printed([expiring], 240)


def test_a_screen_is_not_flooded():
    text = printed([DEVICE] * (MOST_FINDINGS + 1_234), 240)
    assert text.count("past its expiration") == MOST_FINDINGS
    assert "... and 1,234 more findings" in text
