"""IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK: IoT policies whose Deny of topics lets through what it is to stop.

Looks for:      a policy whose default version denies topics or topic filters that contain a wildcard of MQTT,
                + or #; or denies a part of the topic filters that it allows with a wildcard, and not to receive
                the messages of that part.
Reason codes:   POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT,
                TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS
Why it matters: policies do not know MQTT's wildcards: a Deny of topicfilter/building/control_room/# denies that
                one filter, and building/control_room/data1 can be subscribed to. And who may subscribe to
                topicfilter/building/* may subscribe to building/# and gets the messages of
                building/control_room/data1, though topicfilter/building/control_room/* is denied.
How to fix:     write * instead of + and # in Deny statements, and deny iot:Receive on the same topics
                (topic/building/control_room/*) beside iot:Subscribe. Set the new version as the default one and
                see the devices connect.
Our choice:     AWS's guide has three examples, its blog four, and both expect false positives; this is the rule
                that gives all their verdicts. MQTT's wildcards count wherever the character stands in a topic or
                topic filter of a Deny of iot:Subscribe, iot:Receive, iot:Publish or iot:RetainPublish; not in a
                NotResource, which makes a Deny wider than meant and not narrower. The second reason is given
                when the denied filter overlaps an allowed one in which a level can be + or #, does not cover it,
                and contains no wildcard of MQTT itself, which is the first reason. An allowed building/# is taken
                for what it receives. A Deny of iot:Receive counts when one statement covers all the denied topics,
                without Condition or with the same one. Whether iot:Receive is allowed at all does not matter,
                since another policy of the device may allow it. A Deny with NotResource leaves nothing to pass
                by; nor does one of all reserved topics (topicfilter/$aws/*), which no wildcard at the beginning
                reaches. A ? is one character, not a level. The first fix in AWS's blog denies iot:Receive with
                Not-resource, against its own words; read as Resource it complies. The prose is ours. A document
                that is not valid JSON or not a policy is not judged.
Source:         AWS IoT Device Defender developer guide, "AWS IoT policy potentially misconfigured"; AWS blog,
                "Identify misconfigured IoT policies using AWS IoT Device Defender"; MQTT 3.1.1, section 4.7.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from events.resource import NonCompliance, Resource
from events.vocabulary import CheckName, ResourceType, Severity
from workers.checks.check import Check, Circumstances, NotJudged
from workers.inventory.kinds import IOT_POLICIES, Examines
from workers.inventory.rows import Row
from workers.judging.denied_topics import denials_that_wildcards_pass_by, denials_with_mqtt_wildcards
from workers.judging.policy_documents import NotAPolicy, parse_policy_document
from workers.judging.policy_statements import Statement

REASONS: Mapping[str, tuple[Callable[[Sequence[Statement]], list[str]], str]] = MappingProxyType(
    {
        "POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT": (
            denials_with_mqtt_wildcards,
            "Policy contains MQTT wildcards in Deny statements, where they are plain characters",
        ),
        "TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS": (
            denials_that_wildcards_pass_by,
            "Policy denies topic filters whose messages a subscription with MQTT wildcards receives",
        ),
    }
)
"""Reason codes, what is found for each, and the beginning of its prose."""


def judge(policies: Iterable[Row], _: Circumstances) -> Iterator[NonCompliance | NotJudged]:
    """Yield one non-compliance for each reason that a policy version gives."""
    for policy_name, policy_version_id, document in policies:
        try:
            statements = parse_policy_document(document)
        except NotAPolicy as reason:
            yield NotJudged(f"policy documents {reason}")
            continue
        identifier = {"policyName": policy_name, "policyVersionId": policy_version_id}
        for code, (find, prose) in REASONS.items():
            if resources := find(statements):
                yield NonCompliance(
                    Resource(ResourceType.IOT_POLICY, {"policyVersionIdentifier": identifier}),
                    code,
                    f"{prose}: [{', '.join(resources)}].",
                )


CHECK = Check(
    name=CheckName("IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK"),
    severity=Severity.MEDIUM,
    examines=Examines(
        IOT_POLICIES, ("policy_name", "policy_version_id", "document"), only={"is_default_version": (1,)}
    ),
    judge=judge,
)
