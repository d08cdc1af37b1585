"""The document says what the service does, all of it, and can be read by machines and by people."""

import base64
import re
from hashlib import sha256

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.openapi.of_service import service_document
from service.operations.openapi import DOCUMENT, PAGE
from service.routes import EXTENSIONS, OPERATIONS, routes
from tests.support.described_answers import document, require_described
from tests.support.iot_model import operation as aws_operation

METHODS = {
    operation["operationId"]: operation for path in document()["paths"].values() for operation in path.values()
}

GOOD_HEADERS = {"Content-Type": "application/json; charset=utf-8", "x-amzn-RequestId": "one"}


def errors_of(described):
    headers = [response.get("headers", {}) for response in described["responses"].values()]
    return {
        name
        for each in headers
        if "x-amzn-ErrorType" in each
        for name in each["x-amzn-ErrorType"]["schema"]["enum"]
    }


def test_it_is_a_valid_document():
    OpenAPIV31SpecValidator(document()).validate()


def test_every_route_is_in_it():
    assert {route.kwargs["name"] for route in routes()} == set(METHODS)


@pytest.mark.parametrize("row", [*OPERATIONS, *EXTENSIONS], ids=lambda row: row.name)
def test_every_operation_says_what_it_answers(row):
    assert row.request.answer is not None
    assert METHODS[row.name]["summary"]


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
def test_an_operation_of_aws_may_meet_the_errors_of_aws(row):
    declared = {shape.name for shape in aws_operation(row.name).error_shapes}
    assert declared <= errors_of(METHODS[row.name])


def test_the_members_of_a_request_are_where_they_are_read():
    created = METHODS["CreateScheduledAudit"]
    assert [(each["name"], each["in"]) for each in created["parameters"]] == [("scheduledAuditName", "path")]
    body = created["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"frequency", "dayOfMonth", "dayOfWeek", "targetCheckNames", "tags"}
    assert set(body["required"]) == {"frequency", "targetCheckNames"}
    listed = METHODS["ListAuditTasks"]
    assert {each["in"] for each in listed["parameters"] if "in" in each} == {"query"}
    assert "requestBody" not in listed


def test_what_can_be_asked_about_the_past_says_so():
    as_of = {"$ref": "#/components/parameters/AsOf"}
    asked = {name for name, operation in METHODS.items() if as_of in operation["parameters"]}
    assert {"DescribeAuditTask", "ListAuditFindings"} <= asked
    assert not asked & {"CancelAuditTask", "ImportInventory", "Metrics"}


def test_a_setting_that_changes_a_status_changes_the_document():
    paths = service_document(400)["paths"]["/audit/tasks"]["get"]["responses"]
    assert "429" not in paths
    assert "Retry-After" in paths["400"]["headers"]
    assert "ThrottlingException" in paths["400"]["headers"]["x-amzn-ErrorType"]["schema"]["enum"]


@pytest.mark.parametrize(
    ("status", "headers", "read"),
    [
        (200, GOOD_HEADERS, {"taskId": "one", "more": 1}),
        (200, GOOD_HEADERS, {"taskId": None}),
        (200, GOOD_HEADERS, {}),
        (200, {"Content-Type": "text/html", "x-amzn-RequestId": "one"}, None),
        (200, {"Content-Type": "application/json"}, {"taskId": "one"}),
        (404, GOOD_HEADERS | {"x-amzn-ErrorType": "ResourceNotFoundException"}, {"message": "no"}),
        (400, GOOD_HEADERS | {"x-amzn-ErrorType": "ResourceNotFoundException"}, {"message": "no"}),
        (400, GOOD_HEADERS | {"x-amzn-ErrorType": "InvalidRequestException"}, {"message": "no", "where": "there"}),
    ],
    ids=["a member more", "a null", "a member less", "another type", "no id", "a status", "an error", "a detail"],
)
def test_an_answer_that_is_not_described_is_noticed(status, headers, read):
    with pytest.raises((AssertionError, jsonschema_rs.ValidationError)):
        require_described("POST", "/audit/tasks", status, headers, read)


def test_an_answer_that_is_described_is_let_through():
    require_described("POST", "/audit/tasks", 200, GOOD_HEADERS, {"taskId": "one"})


@pytest.mark.parametrize("path", [DOCUMENT, PAGE])
async def test_who_has_it_is_told_so(calm_api, path):
    async with calm_api.session.get(path) as first:
        tag = first.headers["ETag"]
        assert first.status == 200
        assert await first.read()
    async with calm_api.session.get(path, headers={"If-None-Match": tag}) as again:
        assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", tag)
    async with calm_api.session.get(path, headers={"If-None-Match": '"another"'}) as other:
        assert other.status == 200


async def test_it_is_served(calm_api):
    async with calm_api.session.get(DOCUMENT) as response:
        assert await response.json() == document()


async def test_the_page_has_every_operation_and_structure(calm_api):
    async with calm_api.session.get(PAGE) as response:
        page = await response.text()
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    anchors = set(re.findall(r'id="(\w+)"', page))
    assert {*METHODS, *document()["components"]["schemas"]} <= anchors
    assert set(re.findall(r'href="#(\w+)"', page)) <= anchors


async def test_the_page_needs_no_script_and_nothing_from_elsewhere(calm_api):
    async with calm_api.session.get(PAGE) as response:
        page, policy = await response.text(), response.headers.getall("Content-Security-Policy")
    assert not re.search(r"<script|<link|<img|<iframe| src=| on\w+=| style=", page)
    assert {link for link in re.findall(r'href="([^"]*)"', page) if not link.startswith("#")} == {DOCUMENT}
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert len(policy) == 1
    assert f"default-src 'none'; style-src 'sha256-{digest}';" in policy[0]
