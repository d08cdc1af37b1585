"""Where Redis is, from the environment or from a file; nothing of it is ever shown."""

import pytest

from service.settings import SettingError, Settings

URL = "redis://:s3cret@redis:6379/0"
NAME = "FLEET_AUDIT_REDIS_URL"


def test_it_is_read_and_not_shown():
    settings = Settings.from_environ({NAME: URL})
    assert settings.redis_url == URL
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize("name", [NAME, "FLEET_AUDIT_DATABASE_URL"])
def test_secrets_may_be_kept_in_a_file(tmp_path, name):
    url = URL if name == NAME else "postgresql://fleet:s3cret@database/fleet"
    (tmp_path / "secret").write_text(f"{url}\n")
    settings = Settings.from_environ({f"{name}_FILE": str(tmp_path / "secret")})
    assert url in (settings.redis_url, settings.database_url)
    with pytest.raises(SettingError, match=f"{name}.* both"):
        Settings.from_environ({f"{name}_FILE": str(tmp_path / "secret"), name: url})


@pytest.mark.parametrize(
    "url", ["s3cret", "http://s3cret@redis", "redis://:s3cret@redis:port/0", "redis://:s3cret@redis/zero"]
)
def test_a_wrong_one_is_refused_by_name_and_not_repeated(url):
    with pytest.raises(SettingError, match=NAME) as refused:
        Settings.from_environ({NAME: url})
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
