"""What is typed first, on a machine that may not be ready for it."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, cwd):
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=30, stdin=subprocess.DEVNULL
    )


def test_help_names_everything_that_can_be_made():
    makefile = (ROOT / "Makefile").read_text()
    [targets] = [line.split(":")[1].split() for line in makefile.splitlines() if line.startswith(".PHONY")]
    helped = [line.split() for line in run("make", "help", cwd=ROOT).stdout.splitlines() if line]
    assert {"install", "demo", "serve", "test", "check", "bench"} <= set(targets)
    assert set(targets) <= {words[0] for words in helped}
    assert run("make", cwd=ROOT).stdout == run("make", "help", cwd=ROOT).stdout


@pytest.fixture
def made(tmp_path):
    """Make .venv in a copy, with a stand-in for Python that fails when it is asked for what it lacks."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "make-venv", tmp_path / ".ci")

    def make(lacks):
        python = tmp_path / "python"
        python.write_text(f'#!/bin/sh\ncase "$2" in *"{lacks}"*) exit 1;; esac\necho Python 3.9.2\n')
        python.chmod(0o755)
        return run(tmp_path / ".ci" / "make-venv", tmp_path / "stamp", python, cwd=tmp_path)

    return make


def test_a_python_that_is_too_old_is_named_with_its_version(made):
    done = made("version_info < (3, 11)")
    assert done.returncode == 1
    assert "not a Python 3.11 or newer (Python 3.9.2)" in done.stderr


def test_a_python_without_venv_says_what_to_install(made):
    done = made("import venv")
    assert done.returncode == 1
    assert "has no venv module" in done.stderr
    assert "apt-get install" in done.stderr


def test_the_constraints_are_names_and_versions_only():
    for line in (ROOT / ".ci" / "constraints.txt").read_text().splitlines():
        name, version = line.split("==")
        assert name.replace("-", "").replace("_", "").replace(".", "").isalnum()
        assert version[0].isdigit()
        assert not {"/", "@", ":", " "} & set(line)
