"""Findings are divided so that every event and every save fits its limit, always alike."""

from hypothesis import given
from hypothesis import strategies as st

from events.check_shard import FINDINGS_PER_EVENT, AuditFindingsRecorded, ShardId
from events.codec import MAX_EVENT_BYTES, MAX_SAVE_BYTES, EventMapper
from events.finding_batches import (
    BATCHES_PER_SAVE,
    RELATED_PER_EVENT,
    RELATED_PER_SAVE,
    batches_of,
    saves_of,
)
from events.identifiers import certificate_arn
from events.resource import NonCompliance, RelatedResource, Resource
from events.topics import TOPICS, UPCASTERS
from events.vocabulary import AccountId, CheckName, ResourceType, Severity, TaskId
from tests.support.example_events import example
from tests.support.fake_clock import FakeClock


def related(number: int) -> RelatedResource:
    certificate_id = f"{pow(7, number + 1000, 2**256):064x}"  # as random as hashes are
    arn = certificate_arn("ap-southeast-1", AccountId("123456789012"), certificate_id)
    return RelatedResource(
        Resource(
            ResourceType.DEVICE_CERTIFICATE,
            {"deviceCertificateId": certificate_id, "deviceCertificateArn": arn},
        )
    )


def finding(related_resources: int) -> NonCompliance:
    resource = Resource(ResourceType.ACCOUNT_SETTINGS, {"account": "000000000000"})
    same = (RelatedResource(resource),) * related_resources
    return NonCompliance(resource, "CODE", "Reason.", related_resources=same)


@given(st.lists(st.sampled_from([0, 1, 7, 500, RELATED_PER_EVENT]), max_size=60))
def test_nothing_is_lost_and_nothing_is_too_much(counts):
    findings = [finding(count) for count in counts]
    batches = batches_of(findings)
    assert [each for batch in batches for each in batch.findings] == findings
    assert [batch.number for batch in batches] == list(range(len(batches)))
    assert all(batch.related <= RELATED_PER_EVENT for batch in batches)
    saves = saves_of(batches)
    assert [batch for save in saves for batch in save] == batches
    assert all(save for save in saves) or saves == [[]]
    assert all(sum(batch.related for batch in save) <= RELATED_PER_SAVE for save in saves)


def test_plain_findings_fill_events_and_saves():
    batches = batches_of([finding(0)] * (FINDINGS_PER_EVENT * BATCHES_PER_SAVE + 1))
    assert [len(batch.findings) for batch in batches] == [FINDINGS_PER_EVENT] * BATCHES_PER_SAVE + [1]
    assert [len(save) for save in saves_of(batches)] == [BATCHES_PER_SAVE, 1]


def test_no_findings_are_one_save_of_nothing():
    assert saves_of(batches_of([])) == [[]]


def test_as_many_related_certificates_as_an_event_may_have_fit_with_room_to_spare():
    resource = Resource(ResourceType.ISSUER_CERTIFICATE, {"issuerCertificateIdentifier": {"issuerId": "ab" * 32}})
    full = NonCompliance(
        resource, "CODE", "Reason.", related_resources=tuple(related(n) for n in range(RELATED_PER_EVENT))
    )
    event = example(
        AuditFindingsRecorded,
        shard=ShardId(TaskId("a" * 32), CheckName("INTERMEDIATE"), 0),
        batch=0,
        severity=Severity.CRITICAL,
        task_started_at=FakeClock().now(),
        findings=[full],
    )
    size = len(EventMapper(TOPICS, UPCASTERS).to_stored_event(event).state)
    assert size < 0.7 * MAX_EVENT_BYTES
    assert size * RELATED_PER_SAVE / RELATED_PER_EVENT < MAX_SAVE_BYTES / 2
