"""By which code the version of each check stands.

A digest of a check's module, and of what it imports of `workers/judging`, leaving out comments and docstrings, so
that words may be changed. `python -m tests.support.check_versions` notes the present ones.
"""

import ast
import hashlib
import inspect
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import TypedDict

from workers.checks import REGISTRY
from workers.checks.check import Check

NOTED = Path(__file__).parents[1] / "architecture" / "check_versions.json"
JUDGING = ("workers.checks.", "workers.judging.")
NOT_JUDGING = {"workers.checks.check"}


class CheckVersion(TypedDict):
    """What is noted of a check."""

    version: int
    code: str


def present() -> dict[str, CheckVersion]:
    """What is to be noted of every check now."""
    return {name: {"version": check.version, "code": digest_of(check)} for name, check in REGISTRY.items()}


def noted() -> dict[str, CheckVersion]:
    """What was noted last."""
    read: dict[str, CheckVersion] = json.loads(NOTED.read_text())
    return read


def digest_of(check: Check) -> str:
    """The digest of the code by which a check judges."""
    module = inspect.getmodule(check.judge)
    assert module is not None
    modules = _with_imports(module, {})
    code = "\n".join(f"{name}\n{code_of(inspect.getsource(modules[name]))}" for name in sorted(modules))
    return hashlib.sha256(code.encode()).hexdigest()


def code_of(source: str) -> str:
    """A module's code as Python writes it, without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _is_text(node: object) -> bool:
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def _with_imports(module: ModuleType, known: dict[str, ModuleType]) -> dict[str, ModuleType]:
    """A module and what it imports of judging, however far."""
    if module.__name__ not in known:
        known[module.__name__] = module
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for name in (node.module, *(f"{node.module}.{each.name}" for each in node.names)):
                    if name in sys.modules and name.startswith(JUDGING) and name not in NOT_JUDGING:
                        _with_imports(sys.modules[name], known)
    return known


if __name__ == "__main__":
    NOTED.write_text(json.dumps(present(), indent=2) + "\n")
