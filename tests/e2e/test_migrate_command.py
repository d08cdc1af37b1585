"""`fleet-audit migrate`, as an operator types it."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("fleet-audit")
PATIENCE = 60


def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLEET_AUDIT_")}
    return subprocess.run(
        [PROGRAM, *arguments],
        check=False,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_it_makes_the_tables_and_says_so(postgresql_url):
    done = run("migrate", FLEET_AUDIT_DATABASE_URL=postgresql_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "made events: events" in done.stdout
    again = run("migrate", FLEET_AUDIT_DATABASE_URL=postgresql_url)
    assert (again.returncode, again.stdout) == (0, "The database is up to date.\n")


def test_it_does_the_same_for_a_data_directory(tmp_path):
    done = run("migrate", "--data-dir", str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (0, "The data directory is up to date.\n")
    assert (tmp_path / "data" / "read-models.sqlite").exists()


def test_what_keeps_it_from_it_is_said_in_one_line_without_the_password(postgresql):
    url = postgresql.url("nowhere").replace("fleet@", "fleet:secret@")
    done = run("migrate", FLEET_AUDIT_DATABASE_URL=url)
    assert done.returncode == 1
    assert "The database can't be used: nowhere at 127.0.0.1" in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_a_url_of_something_else_is_refused_without_being_repeated():
    for url in ("mysql://fleet:secret@db/fleet", "postgresql://fleet:secret@db:port/fleet", "postgresql://"):
        done = run("migrate", FLEET_AUDIT_DATABASE_URL=url)
        assert done.returncode == 1
        assert "FLEET_AUDIT_DATABASE_URL must be like postgresql://" in done.stderr
        assert "secret" not in done.stderr


def test_files_are_imported_into_the_database(migrated_url, tmp_path):
    file = tmp_path / "fleet.ndjson"
    file.write_text('{"resourceType": "ACCOUNT_SETTINGS", "logLevel": "ERROR"}\n')
    done = run("import", str(file), FLEET_AUDIT_DATABASE_URL=migrated_url)
    assert done.returncode == 0
    assert done.stdout.startswith("1 added")
