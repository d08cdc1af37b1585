"""IOT_POLICY_OVERLY_PERMISSIVE_CHECK: IoT policies that let one device act as another, or on what is another's.

Looks for:      a policy whose default version allows iot:Connect with any client ID; iot:Publish or
                iot:Subscribe on the reserved topics ($aws/things/*) of things in general; or the actions on
                thing shadows and job executions for things in general.
Reason codes:   ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS
Why it matters: whoever gets hold of one device's certificate can then read and change the shadows and jobs of
                all devices, connect in their place, and cut them off.
How to fix:     name the device in the resources, best by a policy variable such as
                ${iot:Connection.Thing.ThingName}; set the new version as the default one and see the devices
                connect; with iot:Connect, ask for iot:Connection.Thing.IsAttached.
Our choice:     AWS documents examples; this is the rule that gives all their verdicts. A resource is broad when
                it reaches another device's by a name of which the policy says nothing: a wildcard, * or ?,
                stands where the client ID or the thing name begins. A specific beginning (client/sensor-*)
                limits it, and so does every policy variable whose value AWS IoT knows, of the thing or of the
                certificate, whatever the Version. ${iot:ClientId} limits nothing for iot:Connect, and elsewhere
                does, since iot:Connect decides who may have which client ID. So *, topic/* and topic/$aws/* are
                broad, for they reach reserved topics; wildcards in other topics (topic/building/*,
                topic/*/telemetry) are not looked at, except for a subscription to everything (topicfilter/#).
                Filters are read as MQTT reads them: + and # reach what they would receive. Allow with NotAction
                and NotResource counts as what it leaves. The Condition that iot:Connection.Thing.IsAttached is
                true, under the operator Bool (key and value in any case, the value as text, as boolean, or as a
                list of one), makes any iot:Connect narrow; BoolIfExists does not, and other Conditions narrow
                nothing. A Deny without Condition that covers the allowed resource, or all that is another
                device's, cancels it; a Deny with NotResource does when it spares nothing of other devices. An
                ARN's partition, region and account are taken to be the policy's own. iot:Receive never counts,
                as with AWS; iot:RetainPublish and other newer actions are not looked at. Only default versions
                are examined, since AWS's role for audits can read no others. The reason lists the actions in
                the order of AWS's published findings. A document that is not valid JSON or not a policy is not
                judged.
Source:         AWS IoT Device Defender developer guide, "AWS IoT policies overly permissive"; AWS IoT developer
                guide, "Policy variables" and "Reserved topics"; IAM user guide, "IAM JSON policy elements".
"""

from collections.abc import Iterable, Iterator

from events.resource import NonCompliance, Resource
from events.vocabulary import CheckName, ResourceType, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import IOT_POLICIES, Examines
from workers.inventory.rows import Row
from workers.judging.data_plane_access import broad_data_plane_actions
from workers.judging.policy_documents import NotAPolicy, parse_policy_document


def judge(policies: Iterable[Row], _: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each policy version that allows broad access."""
    for policy_name, policy_version_id, document in policies:
        try:
            actions = broad_data_plane_actions(parse_policy_document(document))
        except NotAPolicy as reason:
            yield NotJudged(f"policy documents {reason}")
            continue
        if actions:
            yield NonCompliance(
                _policy_version(policy_name, policy_version_id),
                "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS",
                f"Policy allows broad access to IoT data plane actions: [{', '.join(actions)}].",
            )


def _policy_version(name: str, version_id: str) -> Resource:
    identifier = {"policyName": name, "policyVersionId": version_id}
    return Resource(ResourceType.IOT_POLICY, {"policyVersionIdentifier": identifier})


CHECK = Check(
    name=CheckName("IOT_POLICY_OVERLY_PERMISSIVE_CHECK"),
    severity=Severity.CRITICAL,
    examines=Examines(
        IOT_POLICIES, ("policy_name", "policy_version_id", "document"), only={"is_default_version": (1,)}
    ),
    judge=judge,
)
