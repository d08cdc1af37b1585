"""What the project has agreed on and a machine can see."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("events", "projections", "service", "workers")
LONGEST_FILE = 300
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "base"}


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


FILES = tracked_files()
SOURCES = [path for path in FILES if path.suffix == ".py"]
PRODUCT_SOURCES = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in PRODUCT]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_look_at():
    assert len(PRODUCT_SOURCES) > len(PRODUCT)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_one_idea(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE
    assert path.stem not in NAMES_THAT_SAY_NOTHING


def test_there_are_no_other_top_level_packages():
    folders = {path.relative_to(ROOT).parts[0] for path in FILES if len(path.relative_to(ROOT).parts) > 1}
    assert folders <= {*PRODUCT, "tests", "docs", ".ci", ".github"}


def reads_of_the_environment(path: Path) -> list[int]:
    tree = ast.parse(path.read_text())
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]


def test_the_environment_is_read_at_the_entrance_only():
    readers = {name_of(path) for path in PRODUCT_SOURCES if reads_of_the_environment(path)}
    assert readers <= {"service/cli/main.py", "service/cli/environment.py"}


@pytest.mark.parametrize("path", [p for p in SOURCES if p.parts[-2] != "architecture"], ids=name_of)
def test_nothing_is_patched_skipped_or_left_for_later(path):
    text = path.read_text()
    for forbidden in ("mock.patch", "monkeypatch.setattr", "mark.skip", "mark.xfail", "TODO", "FIXME"):
        assert forbidden not in text


def test_every_page_that_another_page_names_exists():
    pages = [path for path in FILES if path.suffix == ".md"]
    links = [(page, target) for page in pages for target in links_of(page)]
    assert [f"{name_of(page)} -> {to}" for page, to in links if not (page.parent / to).exists()] == []


def links_of(page: Path) -> list[str]:
    targets = [piece.split(")")[0].split("#")[0] for piece in page.read_text().split("](")[1:]]
    return [target for target in targets if target and "://" not in target]
