"""The checks that exist. A check is one file; it is registered by one line here."""

from collections.abc import Mapping

from events.check_catalogue import CheckCatalogue
from events.vocabulary import CheckName
from workers.checks import (
    authenticated_cognito_role_overly_permissive_check,
    ca_certificate_expiring_check,
    ca_certificate_key_quality_check,
    conflicting_client_ids_check,
    device_certificate_age_check,
    device_certificate_expiring_check,
    device_certificate_key_quality_check,
    device_certificate_shared_check,
    intermediate_ca_revoked_for_active_device_certificates_check,
    iot_policy_overly_permissive_check,
    iot_policy_potential_misconfiguration_check,
    iot_role_alias_allows_access_to_unused_services_check,
    iot_role_alias_overly_permissive_check,
    logging_disabled_check,
    revoked_ca_certificate_still_active_check,
    revoked_device_certificate_still_active_check,
    unauthenticated_cognito_role_overly_permissive_check,
)
from workers.checks.check import Check

REGISTRY: Mapping[CheckName, Check] = {
    CheckName(
        "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
    ): authenticated_cognito_role_overly_permissive_check.CHECK,
    CheckName("CA_CERTIFICATE_EXPIRING_CHECK"): ca_certificate_expiring_check.CHECK,
    CheckName("CA_CERTIFICATE_KEY_QUALITY_CHECK"): ca_certificate_key_quality_check.CHECK,
    CheckName("CONFLICTING_CLIENT_IDS_CHECK"): conflicting_client_ids_check.CHECK,
    CheckName("DEVICE_CERTIFICATE_AGE_CHECK"): device_certificate_age_check.CHECK,
    CheckName("DEVICE_CERTIFICATE_EXPIRING_CHECK"): device_certificate_expiring_check.CHECK,
    CheckName("DEVICE_CERTIFICATE_KEY_QUALITY_CHECK"): device_certificate_key_quality_check.CHECK,
    CheckName("DEVICE_CERTIFICATE_SHARED_CHECK"): device_certificate_shared_check.CHECK,
    CheckName("INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK"): (
        intermediate_ca_revoked_for_active_device_certificates_check.CHECK
    ),
    CheckName("IOT_POLICY_OVERLY_PERMISSIVE_CHECK"): iot_policy_overly_permissive_check.CHECK,
    CheckName("IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK"): iot_policy_potential_misconfiguration_check.CHECK,
    CheckName("IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK"): (
        iot_role_alias_allows_access_to_unused_services_check.CHECK
    ),
    CheckName("IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK"): iot_role_alias_overly_permissive_check.CHECK,
    CheckName("LOGGING_DISABLED_CHECK"): logging_disabled_check.CHECK,
    CheckName("REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK"): revoked_ca_certificate_still_active_check.CHECK,
    CheckName(
        "REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK"
    ): revoked_device_certificate_still_active_check.CHECK,
    CheckName(
        "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
    ): unauthenticated_cognito_role_overly_permissive_check.CHECK,
}
"""Every check by its name, in the order in which checks are listed: alphabetical."""


def catalogue() -> CheckCatalogue:
    """What the decisions need to know of the checks: their names and thresholds."""
    return CheckCatalogue({name: check.thresholds for name, check in REGISTRY.items()})


def checks_of_connections() -> frozenset[CheckName]:
    """The checks that need to know who was connected when."""
    return frozenset(name for name, check in REGISTRY.items() if check.looks_back is not None)
