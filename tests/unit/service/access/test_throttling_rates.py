import pytest

from service.access.throttling_rates import AWS_RATES, NEVER, THROTTLING, rates
from service.routes import EXTENSIONS, OPERATIONS, routes, watching_routes

EVERY_OPERATION = sorted(operation.name for operation in (*OPERATIONS, *EXTENSIONS))


def test_the_rates_of_aws():
    aws = rates("aws")
    assert {aws.of(name) for name in EVERY_OPERATION} == {5, 10, 25}
    assert aws.of("DescribeAuditTask") == aws.of("DescribeAuditFinding") == 25
    assert aws.of("StartOnDemandAuditTask") == aws.of("ImportInventory") == 10
    assert aws.of("UpdateScheduledAudit") == 5


def test_they_name_operations_that_there_are():
    assert set(AWS_RATES) <= set(EVERY_OPERATION)


@pytest.mark.parametrize("name", EVERY_OPERATION)
def test_generous_is_a_hundred_times_that(name):
    assert rates("generous").of(name) == 100 * rates("aws").of(name)
    assert rates("off").of(name) == 0
    assert rates("7").of(name) == 7


@pytest.mark.parametrize("throttling", ["generous", "aws", "off", "7"])
def test_those_who_watch_are_never_throttled(throttling):
    watching = {route.kwargs["name"] for route in watching_routes()}
    assert watching == NEVER
    assert {rates(throttling).of(name) for name in (*watching, None)} == {0}


def test_every_other_route_has_a_rate():
    names = {route.kwargs["name"] for route in routes()} - NEVER
    assert all(rates("aws").of(name) > 0 for name in names)


@pytest.mark.parametrize("wrong", ["", "AWS", "0", "-1", "1.5", "10000000", "aws "])
def test_what_can_be_set(wrong):
    assert not THROTTLING.fullmatch(wrong)
