from hypothesis import settings

pytest_plugins = ["tests.support.postgresql_fixtures", "tests.support.redis_fixtures"]

# How long an example takes says how busy the machine is. What is slow is found in tests/benchmarks.
settings.register_profile("fleet-audit", deadline=None)
settings.load_profile("fleet-audit")
