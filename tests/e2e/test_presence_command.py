"""Connections from files: told with `fleet-audit presence`, found by an audit, gone with the last check."""

import json
import time

from tests.support.boto3_story import enable, ended, findings, start
from tests.support.fleet_audit_process import fleet_audit
from tests.support.presence import CERTIFICATE, members

SHARED, CONFLICTING = "DEVICE_CERTIFICATE_SHARED_CHECK", "CONFLICTING_CLIENT_IDS_CHECK"
CLIENTS = 2_500
HOUR_MS = 3_600_000


def write_events(path, clients=CLIENTS):
    """Write that so many clients were connected together yesterday, and the last one was knocked off."""
    began_at = round(time.time() * 1000) - 24 * HOUR_MS
    reasons = {clients - 1: "DUPLICATE_CLIENTID"}
    events = []
    for number in range(clients):
        same = {"clientId": f"door-{number:04}", "sessionIdentifier": f"s{number}"}
        reason = reasons.get(number, "CLIENT_INITIATED_DISCONNECT")
        events += [
            members("disconnected", timestamp=began_at + HOUR_MS + number, disconnectReason=reason, **same),
            members("connected", timestamp=began_at + number, **same),
        ]
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return began_at


def test_connections_are_told_found_and_forgotten(service, client, tmp_path):
    def tell():
        return fleet_audit("presence", path, "--endpoint-url", service.url, home=tmp_path)

    path = tmp_path / "events.ndjson"
    began_at = write_events(path)
    ignored = tell()
    assert ignored.returncode == 1
    assert ignored.stdout == f"0 recorded, 0 known, {2 * CLIENTS:,} ignored, 0 rejected.\n"
    assert "only while a check that needs them is enabled" in ignored.stderr

    enable(client, SHARED, CONFLICTING, "LOGGING_DISABLED_CHECK")
    assert tell().stdout == f"{2 * CLIENTS:,} recorded, 0 known, 0 ignored, 0 rejected.\n"
    path.write_text(path.read_text() + "garbage\n")
    again = tell()
    assert again.returncode == 3
    assert again.stdout == f"0 recorded, {2 * CLIENTS:,} known, 0 ignored, 1 rejected.\n"
    assert f"events.ndjson:{2 * CLIENTS + 1}: not JSON" in again.stderr

    task_id = start(client, SHARED, CONFLICTING)
    details = ended(client, task_id)["auditDetails"]
    assert {name: detail["totalResourcesCount"] for name, detail in details.items()} == {
        SHARED: 1,
        CONFLICTING: CLIENTS,
    }
    assert all("known since" in detail["message"] for detail in details.values())
    found = {each["checkName"]: each for each in findings(client, taskId=task_id)}

    shared = found[SHARED]
    assert shared["severity"] == "CRITICAL"
    assert shared["nonCompliantResource"]["resourceIdentifier"]["deviceCertificateId"] == CERTIFICATE
    assert shared["nonCompliantResource"]["additionalInfo"] == {"CONCURRENT_CONNECTIONS": str(CLIENTS)}
    pages = client.get_paginator("list_related_resources_for_audit_finding").paginate(
        findingId=shared["findingId"]
    )
    related = [each for page in pages for each in page["relatedResources"]]
    assert [each["resourceIdentifier"]["clientId"] for each in related] == [
        f"door-{number:04}" for number in range(CLIENTS - 1, CLIENTS - 2_001, -1)
    ]
    newest = began_at + CLIENTS - 1
    assert related[0]["additionalInfo"] == {
        "CONNECTION_TIME": str(newest),
        "DISCONNECTION_TIME": str(newest + HOUR_MS),
    }

    conflicting = found[CONFLICTING]
    assert conflicting["severity"] == "HIGH"
    assert conflicting["nonCompliantResource"]["resourceIdentifier"] == {"clientId": f"door-{CLIENTS - 1:04}"}

    client.update_account_audit_configuration(
        auditCheckConfigurations={name: {"enabled": False} for name in (SHARED, CONFLICTING)}
    )
    enable(client, SHARED)
    detail = ended(client, start(client, SHARED))["auditDetails"][SHARED]
    assert (detail["checkRunStatus"], detail["errorCode"]) == ("FAILED", "INSUFFICIENT_PERMISSIONS")
    assert "POST events to /fleet-audit/inventory/presence" in detail["message"]
