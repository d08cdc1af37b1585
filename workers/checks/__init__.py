"""The checks that exist. A check is one file; it is registered by one line here."""

from collections.abc import Mapping

from events.check_catalogue import CheckCatalogue
from events.vocabulary import CheckName
from workers.checks import (
    ca_certificate_expiring_check,
    ca_certificate_key_quality_check,
    device_certificate_age_check,
    device_certificate_expiring_check,
    device_certificate_key_quality_check,
    iot_policy_overly_permissive_check,
    logging_disabled_check,
)
from workers.checks.check import Check

REGISTRY: Mapping[CheckName, Check] = {
    CheckName("CA_CERTIFICATE_EXPIRING_CHECK"): ca_certificate_expiring_check.CHECK,
    CheckName("CA_CERTIFICATE_KEY_QUALITY_CHECK"): ca_certificate_key_quality_check.CHECK,
    CheckName("DEVICE_CERTIFICATE_AGE_CHECK"): device_certificate_age_check.CHECK,
    CheckName("DEVICE_CERTIFICATE_EXPIRING_CHECK"): device_certificate_expiring_check.CHECK,
    CheckName("DEVICE_CERTIFICATE_KEY_QUALITY_CHECK"): device_certificate_key_quality_check.CHECK,
    CheckName("IOT_POLICY_OVERLY_PERMISSIVE_CHECK"): iot_policy_overly_permissive_check.CHECK,
    CheckName("LOGGING_DISABLED_CHECK"): logging_disabled_check.CHECK,
}
"""Every check by its name, in the order in which checks are listed: alphabetical."""


def catalogue() -> CheckCatalogue:
    """What the decisions need to know of the checks: their names and thresholds."""
    return CheckCatalogue({name: check.thresholds for name, check in REGISTRY.items()})
