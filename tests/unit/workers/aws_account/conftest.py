import pytest

from tests.support.aws_account_server import account_server
from tests.support.linked import devices, linked


@pytest.fixture
def account():
    return devices(7)


@pytest.fixture
def server(account, monkeypatch):
    """The account on a server, to which boto3's own variables lead."""
    with account_server(account) as serving:
        monkeypatch.setenv("AWS_ENDPOINT_URL", serving.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "own")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield serving


@pytest.fixture
def reading(server, tmp_path):
    with linked(tmp_path) as opened:
        yield opened
