"""moto's SNS and SQS, which boto3 finds by its own variables."""

from collections.abc import Iterator

import pytest

from tests.support.topic_server import REGION, topic_server
from tests.support.webhook_receiver import WebhookReceiver, webhook_receiver


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with topic_server() as url:
        # Both are boto3's own: of all services, and of one.
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        for service in ("SNS", "SQS", "STS"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        yield url


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as opened:
        yield opened
