import pytest

from tests.support.api_story import LOGGING, configure, schedule

ARN = "arn:aws:iot:us-east-1:000000000000:scheduledaudit/nightly"


@pytest.fixture
async def tagged(api):
    await configure(api, LOGGING)
    await schedule(api, tags=[{"Key": "team", "Value": "red"}, {"Key": "empty"}])
    return api


async def tags(api):
    answer = await api.call("ListTagsForResource", resourceArn=ARN)
    assert answer.status == 200
    return answer.body


async def test_the_tags_that_an_audit_was_created_with_are_listed_by_key(tagged):
    assert await tags(tagged) == {"tags": [{"Key": "empty", "Value": ""}, {"Key": "team", "Value": "red"}]}


async def test_tagging_adds_and_replaces(tagged):
    done = await tagged.call(
        "TagResource", resourceArn=ARN, tags=[{"Key": "team", "Value": "blue"}, {"Key": "site", "Value": "日本"}]
    )
    assert (done.status, done.body) == (200, {})
    assert await tags(tagged) == {
        "tags": [
            {"Key": "empty", "Value": ""},
            {"Key": "site", "Value": "日本"},
            {"Key": "team", "Value": "blue"},
        ]
    }


async def test_untagging_removes_and_does_not_mind_a_key_that_is_not_there(tagged):
    done = await tagged.call("UntagResource", resourceArn=ARN, tagKeys=["team", "never"])
    assert (done.status, done.body) == (200, {})
    assert await tags(tagged) == {"tags": [{"Key": "empty", "Value": ""}]}


async def test_fifty_tags_come_in_one_answer_and_a_fifty_first_exceeds_the_limit(tagged):
    more = [{"Key": f"key-{number}", "Value": "v" * 256} for number in range(49)]
    refused = await tagged.call("TagResource", resourceArn=ARN, tags=more)
    assert (refused.status, refused.error) == (410, "LimitExceededException")
    assert (await tagged.call("TagResource", resourceArn=ARN, tags=more[:48])).status == 200
    answer = await tags(tagged)
    assert (len(answer["tags"]), "nextToken" in answer) == (50, False)


async def test_no_token_is_ever_given_so_none_is_taken(tagged):
    refused = await tagged.call("ListTagsForResource", resourceArn=ARN, nextToken="AAAA")
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "nextToken" in refused.message


@pytest.mark.parametrize(
    ("arn", "status", "error"),
    [
        (ARN + "2", 404, "ResourceNotFoundException"),
        (ARN.replace("us-east-1", "us-west-2"), 404, "ResourceNotFoundException"),
        (ARN.replace("000000000000", "111111111111"), 404, "ResourceNotFoundException"),
        (ARN.replace("scheduledaudit", "thing"), 404, "ResourceNotFoundException"),
        ("nightly", 400, "InvalidRequestException"),
    ],
)
@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("TagResource", {"tags": [{"Key": "a", "Value": "b"}]}),
        ("UntagResource", {"tagKeys": ["a"]}),
        ("ListTagsForResource", {}),
    ],
)
async def test_what_is_not_ours_has_no_tags(tagged, operation, members, arn, status, error):
    refused = await tagged.call(operation, resourceArn=arn, **members)
    assert (refused.status, refused.error) == (status, error)


@pytest.mark.parametrize(
    "tags",
    [
        [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}],
        [{"Key": "aws:owner", "Value": "me"}],
        [{"Key": "k" * 129, "Value": ""}],
        [{"Key": "a\tb", "Value": ""}],
        [{"Key": "a", "Value": "v" * 257}],
    ],
)
async def test_tags_that_are_not_allowed_are_refused(tagged, tags):
    refused = await tagged.call("TagResource", resourceArn=ARN, tags=tags)
    assert (refused.status, refused.error) == (400, "InvalidRequestException")
    assert "Value at 'tags" in refused.message
