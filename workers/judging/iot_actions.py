"""The actions of AWS IoT that permissions are about, in the families into which the checks of roles sort them.

Sources of the names: botocore's models of AWS IoT (2015-05-28), its data plane (2015-05-28), its jobs data plane
(2017-09-29) and secure tunneling (2018-10-05), all of which are permitted as `iot:...`; of the families: AWS IoT
Device Defender developer guide, "Authenticated Cognito role overly permissive".
"""

from collections.abc import Mapping
from functools import lru_cache

from workers.judging.data_plane_access import TERRITORIES
from workers.judging.policy_statements import Statement
from workers.judging.wildcards import Pattern

SERVICE = "iot:"

READS_OF_THINGS = (
    "iot:DescribeThing",
    "iot:ListJobExecutionsForThing",
    "iot:ListThingGroupsForThing",
    "iot:ListThingPrincipals",
)
WRITES_OF_THINGS = (
    "iot:AddThingToThingGroup",
    "iot:AttachThingPrincipal",
    "iot:CreateThing",
    "iot:DeleteThing",
    "iot:DetachThingPrincipal",
    "iot:ListThings",
    "iot:ListThingsInThingGroup",
    "iot:RegisterThing",
    "iot:RemoveThingFromThingGroup",
    "iot:UpdateThing",
    "iot:UpdateThingGroupsForThing",
)
"""AWS's guide counts listing things among what manages them."""

OF_DEVICES = frozenset((*TERRITORIES, "iot:Receive", "iot:RetainPublish", "iot:AssumeRoleWithCertificate"))
"""What devices do: the guide's data plane, and what may be permitted without being an operation of the API."""

OTHER_OPERATIONS = """
    AcceptCertificateTransfer AddThingToBillingGroup AssociateSbomWithPackageVersion AssociateTargetsWithJob
    AttachPolicy AttachPrincipalPolicy AttachSecurityProfile CancelAuditMitigationActionsTask CancelAuditTask
    CancelCertificateTransfer CancelDetectMitigationActionsTask CancelJob CancelJobExecution
    ClearDefaultAuthorizer CloseTunnel ConfirmTopicRuleDestination CreateAuditSuppression CreateAuthorizer
    CreateBillingGroup CreateCertificateFromCsr CreateCertificateProvider CreateCommand CreateCustomMetric
    CreateDimension CreateDomainConfiguration CreateDynamicThingGroup CreateFleetMetric CreateJob
    CreateJobTemplate CreateKeysAndCertificate CreateMitigationAction CreateOTAUpdate CreatePackage
    CreatePackageVersion CreatePolicy CreatePolicyVersion CreateProvisioningClaim CreateProvisioningTemplate
    CreateProvisioningTemplateVersion CreateRoleAlias CreateScheduledAudit CreateSecurityProfile CreateStream
    CreateThingGroup CreateThingType CreateTopicRule CreateTopicRuleDestination DeleteAccountAuditConfiguration
    DeleteAuditSuppression DeleteAuthorizer DeleteBillingGroup DeleteCACertificate DeleteCertificate
    DeleteCertificateProvider DeleteCommand DeleteCommandExecution DeleteConnection DeleteCustomMetric
    DeleteDimension DeleteDomainConfiguration DeleteDynamicThingGroup DeleteFleetMetric DeleteJob
    DeleteJobExecution DeleteJobTemplate DeleteMitigationAction DeleteOTAUpdate DeletePackage
    DeletePackageVersion DeletePolicy DeletePolicyVersion DeleteProvisioningTemplate
    DeleteProvisioningTemplateVersion DeleteRegistrationCode DeleteRoleAlias DeleteScheduledAudit
    DeleteSecurityProfile DeleteStream DeleteThingGroup DeleteThingType DeleteTopicRule
    DeleteTopicRuleDestination DeleteV2LoggingLevel DeprecateThingType DescribeAccountAuditConfiguration
    DescribeAuditFinding DescribeAuditMitigationActionsTask DescribeAuditSuppression DescribeAuditTask
    DescribeAuthorizer DescribeBillingGroup DescribeCACertificate DescribeCertificate
    DescribeCertificateProvider DescribeCustomMetric DescribeDefaultAuthorizer
    DescribeDetectMitigationActionsTask DescribeDimension DescribeDomainConfiguration
    DescribeEncryptionConfiguration DescribeEndpoint DescribeEventConfigurations DescribeFleetMetric
    DescribeIndex DescribeJob DescribeJobTemplate DescribeManagedJobTemplate DescribeMitigationAction
    DescribeProvisioningTemplate DescribeProvisioningTemplateVersion DescribeRoleAlias DescribeScheduledAudit
    DescribeSecurityProfile DescribeStream DescribeThingGroup DescribeThingRegistrationTask DescribeThingType
    DescribeTunnel DetachPolicy DetachPrincipalPolicy DetachSecurityProfile DisableTopicRule
    DisassociateSbomFromPackageVersion EnableTopicRule GetBehaviorModelTrainingSummaries GetBucketsAggregation
    GetCardinality GetCommand GetCommandExecution GetConnection GetEffectivePolicies GetIndexingConfiguration
    GetJobDocument GetLoggingOptions GetOTAUpdate GetPackage GetPackageConfiguration GetPackageVersion
    GetPercentiles GetPolicy GetPolicyVersion GetRegistrationCode GetRetainedMessage GetStatistics
    GetThingConnectivityData GetTopicRule GetTopicRuleDestination GetV2LoggingOptions ListActiveViolations
    ListAttachedPolicies ListAuditFindings ListAuditMitigationActionsExecutions ListAuditMitigationActionsTasks
    ListAuditSuppressions ListAuditTasks ListAuthorizers ListBillingGroups ListCACertificates
    ListCertificateProviders ListCertificates ListCertificatesByCA ListCommandExecutions ListCommands
    ListCustomMetrics ListDetectMitigationActionsExecutions ListDetectMitigationActionsTasks ListDimensions
    ListDomainConfigurations ListFleetMetrics ListIndices ListJobExecutionsForJob ListJobTemplates ListJobs
    ListManagedJobTemplates ListMetricValues ListMitigationActions ListNamedShadowsForThing ListOTAUpdates
    ListOutgoingCertificates ListPackageVersions ListPackages ListPolicies ListPolicyPrincipals
    ListPolicyVersions ListPrincipalPolicies ListPrincipalThings ListPrincipalThingsV2
    ListProvisioningTemplateVersions ListProvisioningTemplates ListRelatedResourcesForAuditFinding
    ListRetainedMessages ListRoleAliases ListSbomValidationResults ListScheduledAudits ListSecurityProfiles
    ListSecurityProfilesForTarget ListStreams ListSubscriptions ListTagsForResource ListTargetsForPolicy
    ListTargetsForSecurityProfile ListThingGroups ListThingPrincipalsV2 ListThingRegistrationTaskReports
    ListThingRegistrationTasks ListThingTypes ListThingsInBillingGroup ListTopicRuleDestinations ListTopicRules
    ListTunnels ListV2LoggingLevels ListViolationEvents OpenTunnel PutVerificationStateOnViolation
    RegisterCACertificate RegisterCertificate RegisterCertificateWithoutCA RejectCertificateTransfer
    RemoveThingFromBillingGroup ReplaceTopicRule RotateTunnelAccessToken SearchIndex SendDirectMessage
    SetDefaultAuthorizer SetDefaultPolicyVersion SetLoggingOptions SetV2LoggingLevel SetV2LoggingOptions
    StartAuditMitigationActionsTask StartCommandExecution StartDetectMitigationActionsTask
    StartOnDemandAuditTask StartThingRegistrationTask StopThingRegistrationTask TagResource TestAuthorization
    TestInvokeAuthorizer TransferCertificate UntagResource UpdateAccountAuditConfiguration
    UpdateAuditSuppression UpdateAuthorizer UpdateBillingGroup UpdateCACertificate UpdateCertificate
    UpdateCertificateProvider UpdateCommand UpdateCustomMetric UpdateDimension UpdateDomainConfiguration
    UpdateDynamicThingGroup UpdateEncryptionConfiguration UpdateEventConfigurations UpdateFleetMetric
    UpdateIndexingConfiguration UpdateJob UpdateMitigationAction UpdatePackage UpdatePackageConfiguration
    UpdatePackageVersion UpdateProvisioningTemplate UpdateRoleAlias UpdateScheduledAudit UpdateSecurityProfile
    UpdateStream UpdateThingGroup UpdateThingType UpdateTopicRuleDestination ValidateSecurityProfileBehaviors
"""
"""All others of the API, without the service's name."""

NAMED = frozenset((*READS_OF_THINGS, *WRITES_OF_THINGS, *OF_DEVICES))
EVERY_ACTION = NAMED | {SERVICE + name for name in OTHER_OPERATIONS.split()}

_BY_LOWER_CASE: Mapping[str, str] = {action.lower(): action for action in EVERY_ACTION}


def iot_actions_of(statement: Statement) -> frozenset[str]:
    """The actions of AWS IoT that a statement is about, as AWS spells them.

    One that AWS IoT does not have, or did not when this was written, is among them where the statement names it.
    """
    named = _all_named(statement.actions)
    return _all_but(named) if statement.is_about_other_actions else named


# A fleet's policies are alike in their actions, so the sets that were made last are kept.


@lru_cache(maxsize=512)
def _all_named(actions: tuple[str, ...]) -> frozenset[str]:
    return frozenset[str]().union(*map(_actions_named, actions))


@lru_cache(maxsize=64)
def _all_but(named: frozenset[str]) -> frozenset[str]:
    return EVERY_ACTION - named


@lru_cache(maxsize=1024)
def _actions_named(written: str) -> frozenset[str]:
    """The actions that one entry of a statement stands for."""
    lower = written.lower()
    if "*" not in lower and "?" not in lower:
        return frozenset([_BY_LOWER_CASE.get(lower, written)] if lower.startswith(SERVICE) else ())
    pattern = Pattern.of(lower)
    return frozenset(action for name, action in _BY_LOWER_CASE.items() if pattern.matches(name))
