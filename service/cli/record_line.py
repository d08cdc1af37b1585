"""A record of the inventory as a line of NDJSON, of which `read_record` makes the same record again."""

from collections.abc import Callable, Mapping
from ssl import DER_cert_to_PEM_cert
from typing import Any

import orjson

from workers.inventory.importers.records import InventoryRecord
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES, IOT_POLICIES, LOGGING_OPTIONS

Members = dict[str, Any]


def record_line(record: InventoryRecord) -> bytes:
    """The line, with its end. Account settings name no account: they become those of whoever imports them."""
    resource_type, members = WRITERS[record.kind.table]
    described = {"resourceType": resource_type, **members(record.values), **_certificate_of(record)}
    known = {name: value for name, value in described.items() if value is not None}
    return orjson.dumps(known, option=orjson.OPT_APPEND_NEWLINE)


def _certificate(values: Mapping[str, Any]) -> Members:
    return {
        "certificateId": values["certificate_id"],
        "status": values["status"],
        "creationDate": _seconds(values["creation_date"]),
        "caCertificateId": values.get("ca_certificate_id"),
        "validity": {"notBefore": _seconds(values["not_before"]), "notAfter": _seconds(values["not_after"])},
    }


def _policy(values: Mapping[str, Any]) -> Members:
    return {
        "policyName": values["policy_name"],
        "policyVersionId": values["policy_version_id"],
        "isDefaultVersion": bool(values["is_default_version"]),
        "policyDocument": values["document"],
    }


def _account_settings(values: Mapping[str, Any]) -> Members:
    disabled = values["disable_all_logs"]
    return {
        "loggingOptions": {"logLevel": values["log_level"], "roleArn": values["role_arn"]},
        "v2LoggingOptions": {
            "defaultLogLevel": values["default_log_level"],
            "disableAllLogs": None if disabled is None else bool(disabled),
            "roleArn": values["v2_role_arn"],
        },
    }


WRITERS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Members]]] = {
    DEVICE_CERTIFICATES.table: ("DEVICE_CERTIFICATE", _certificate),
    CA_CERTIFICATES.table: ("CA_CERTIFICATE", _certificate),
    IOT_POLICIES.table: ("IOT_POLICY", _policy),
    LOGGING_OPTIONS.table: ("ACCOUNT_SETTINGS", _account_settings),
}


def _certificate_of(record: InventoryRecord) -> Members:
    if record.der is None:
        return {}
    return {"certificatePem": DER_cert_to_PEM_cert(record.der)}


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
