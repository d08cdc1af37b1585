import pytest

from events.errors import InvalidRequest, NotFound
from service.wire.tagged_resource import scheduled_audit_name

OURS = ("us-east-1", "000000000000")


def test_the_arn_of_a_scheduled_audit_names_it():
    arn = "arn:aws:iot:us-east-1:000000000000:scheduledaudit/night_ly-1"
    assert scheduled_audit_name(arn, *OURS) == "night_ly-1"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iot:eu-west-1:000000000000:scheduledaudit/nightly",
        "arn:aws:iot:us-east-1:111111111111:scheduledaudit/nightly",
        "arn:aws-cn:iot:us-east-1:000000000000:scheduledaudit/nightly",
        "arn:aws:s3:us-east-1:000000000000:scheduledaudit/nightly",
        "arn:aws:iot:us-east-1:000000000000:thing/nightly",
        "arn:aws:iot:us-east-1:000000000000:scheduledaudit/",
        "arn:aws:iot:us-east-1:000000000000:scheduledaudit/a/b",
        "arn:aws:iot:us-east-1:000000000000:scheduledaudit/" + "n" * 129,
        "arn:aws:s3:::bucket",
    ],
)
def test_the_arn_of_anything_else_names_nothing_of_ours(arn):
    with pytest.raises(NotFound):
        scheduled_audit_name(arn, *OURS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nightly",
        "arn",
        "arn:aws:iot:us-east-1:000000000000",
        "arn:aws:iot:us-east-1:000000000000:",
        "arn::iot:us-east-1:000000000000:scheduledaudit/nightly",
        "ARN:aws:iot:us-east-1:000000000000:scheduledaudit/nightly",
        "arn:aws:iot:us-east-1:account:scheduledaudit/nightly",
        "arn:aws:iot:us-east-1:000000000000:scheduledaudit/nightly\n",
        "arn:aws:iot:us-east-1:000000000000:" + "n" * 2000,
    ],
)
def test_a_text_that_is_no_arn_is_refused(text):
    with pytest.raises(InvalidRequest, match="resourceArn"):
        scheduled_audit_name(text, *OURS)
