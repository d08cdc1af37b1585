"""One finding, and all its related resources, of which there may be thousands."""

import asyncio
from dataclasses import replace

import boto3
import pytest

from events.resource import RelatedResource, Resource
from events.vocabulary import ResourceType
from tests.support.api_story import CA_EXPIRING, DEVICE_EXPIRING, configure, start
from tests.support.audit_at_work import CERTIFICATE, AuditAtWork, device_certificate
from tests.support.front_end import caller

REVOKED_INTERMEDIATE = "INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK"
MANY = 3_000
OTHER, NONE = "cd" * 32, "ef" * 32
RELATED = {CERTIFICATE: MANY, OTHER: 11, NONE: 0}


def related(count, prefix):
    """Clients that are related to a finding, newest first, so that their names fall."""
    return tuple(
        RelatedResource(
            Resource(ResourceType.CLIENT_ID, {"clientId": f"{prefix}/{number} ü"}),
            {"CONNECTION_TIME": str(1767225600000 + number)},
        )
        for number in range(count, 0, -1)
    )


def answered(count, prefix):
    """The same as the API answers them."""
    return [
        {
            "resourceType": "CLIENT_ID",
            "resourceIdentifier": {"clientId": f"{prefix}/{number} ü"},
            "additionalInfo": {"CONNECTION_TIME": str(1767225600000 + number)},
        }
        for number in range(count, 0, -1)
    ]


@pytest.fixture(scope="module")
def findings(shared):
    """An audit's findings by how many related resources they have; and one that shows none of them."""
    return asyncio.run(audit_that_finds(*shared))


async def audit_that_finds(url, services):
    async with caller(url, services) as api:
        await configure(api, DEVICE_EXPIRING, CA_EXPIRING, REVOKED_INTERMEDIATE)
        task_id = await start(api, DEVICE_EXPIRING, CA_EXPIRING, REVOKED_INTERMEDIATE)
        audit = AuditAtWork(services, task_id)
        audit.find(DEVICE_EXPIRING, replace(device_certificate(), related_resources=related(MANY, "many")))
        audit.find(
            CA_EXPIRING,
            replace(device_certificate(OTHER), related_resources=related(11, "few")),
            device_certificate(NONE),
        )
        audit.find(REVOKED_INTERMEDIATE, replace(device_certificate(), related_resources=related(3, "unseen")))
        listed = (await api.call("ListAuditFindings", taskId=task_id)).body["findings"]
    unseen = [each for each in listed if each["checkName"] == REVOKED_INTERMEDIATE]
    others = [each for each in listed if each["checkName"] != REVOKED_INTERMEDIATE]
    ids = [each["nonCompliantResource"]["resourceIdentifier"]["deviceCertificateId"] for each in others]
    return {RELATED[name]: each for name, each in zip(ids, others, strict=True)} | {"unseen": unseen[0]}


@pytest.mark.parametrize("count", [0, 11, MANY, "unseen"])
async def test_a_finding_is_described_as_it_is_listed(calm_api, findings, count):
    described = await calm_api.call("DescribeAuditFinding", findingId=findings[count]["findingId"])
    assert (described.status, described.body) == (200, {"finding": findings[count]})


@pytest.mark.parametrize(("count", "prefix"), [(11, "few"), (MANY, "many")])
async def test_a_finding_has_its_first_ten_related_resources(findings, count, prefix):
    assert findings[count]["relatedResources"] == answered(count, prefix)[:10]


async def test_the_devices_of_a_revoked_intermediate_are_only_listed_by_themselves(calm_api, findings):
    assert "relatedResources" not in findings["unseen"]
    listed = await calm_api.call("ListRelatedResourcesForAuditFinding", findingId=findings["unseen"]["findingId"])
    assert listed.body == {"relatedResources": answered(3, "unseen")}


async def test_related_resources_are_listed_as_the_check_named_them(calm_api, findings):
    listed = await calm_api.call("ListRelatedResourcesForAuditFinding", findingId=findings[11]["findingId"])
    assert listed.body == {"relatedResources": answered(11, "few")}


async def test_a_finding_without_related_resources_lists_none(calm_api, findings):
    listed = await calm_api.call("ListRelatedResourcesForAuditFinding", findingId=findings[0]["findingId"])
    assert (listed.status, listed.body) == (200, {"relatedResources": []})


@pytest.mark.parametrize(("asked", "size"), [({}, 25), ({"maxResults": 1}, 1), ({"maxResults": 250}, 250)])
async def test_a_page_of_related_resources_has_25_unless_told_otherwise(calm_api, findings, asked, size):
    finding_id = findings[MANY]["findingId"]
    listed = await calm_api.call("ListRelatedResourcesForAuditFinding", findingId=finding_id, **asked)
    assert len(listed.body["relatedResources"]) == size


@pytest.mark.parametrize("page_size", [7, 250])
def test_botocores_paginator_reads_thousands_to_their_end(shared, findings, page_size):
    client = boto3.client(
        "iot",
        endpoint_url=shared[0],
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    paginator = client.get_paginator("list_related_resources_for_audit_finding")
    pages = paginator.paginate(
        findingId=findings[MANY]["findingId"], PaginationConfig={"PageSize": page_size, "MaxItems": 20 * page_size}
    )
    read = [related for page in pages for related in page["relatedResources"]]
    assert read == answered(MANY, "many")[: 20 * page_size]
    client.close()


@pytest.mark.parametrize("operation", ["DescribeAuditFinding", "ListRelatedResourcesForAuditFinding"])
@pytest.mark.parametrize(
    "finding_id", ["f" * 32, CERTIFICATE, "296ccd39-f806-bf9d-8f8d-e20d0ceb33a1", "x" * 128, "_"]
)
async def test_a_finding_that_does_not_exist_is_not_found(calm_api, findings, operation, finding_id):
    refused = await calm_api.call(operation, findingId=finding_id)
    assert (refused.status, refused.error) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize("operation", ["DescribeAuditFinding", "ListRelatedResourcesForAuditFinding"])
@pytest.mark.parametrize("finding_id", ["x" * 129, "a b", "ab/cd", "é", "a.b", "%"])
async def test_an_id_that_no_finding_can_have_is_refused(calm_api, operation, finding_id):
    refused = await calm_api.call(operation, findingId=finding_id)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "'findingId'" in refused.message


@pytest.mark.parametrize(
    ("query", "mentioning"),
    [
        ({}, "'findingId'"),
        ({"findingId": ""}, "'findingId'"),
        ({"findingId": "f", "maxResults": "0"}, "'maxResults'"),
        ({"findingId": "f", "maxResults": "251"}, "'maxResults'"),
        ({"findingId": "f", "maxResults": "x"}, "'maxResults'"),
        ({"findingId": "f", "nextToken": "abc"}, "nextToken"),
        ({"findingId": "f", "nextToken": ""}, "nextToken"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(calm_api, query, mentioning):
    refused = await calm_api.send(
        "ListRelatedResourcesForAuditFinding", "GET", "/audit/relatedResources", query=query
    )
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert mentioning in refused.message


async def test_the_token_of_another_finding_is_refused(calm_api, findings):
    many, few = findings[MANY]["findingId"], findings[11]["findingId"]
    listed = await calm_api.call("ListRelatedResourcesForAuditFinding", findingId=many, maxResults=5)
    token = listed.body["nextToken"]
    refused = await calm_api.call("ListRelatedResourcesForAuditFinding", findingId=few, nextToken=token)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    went_on = await calm_api.call("ListRelatedResourcesForAuditFinding", findingId=many, nextToken=token)
    assert went_on.body["relatedResources"] == answered(MANY, "many")[5:30]


async def test_beside_it_findings_are_listed_by_post_only(calm_api):
    refused = await calm_api.send("ListAuditFindings", "GET", "/audit/findings")
    assert (refused.status, refused.error) == (405, "MethodNotAllowedException")
    refused = await calm_api.send("DescribeAuditFinding", "POST", f"/audit/findings/{'f' * 32}")
    assert (refused.status, refused.error) == (405, "MethodNotAllowedException")
