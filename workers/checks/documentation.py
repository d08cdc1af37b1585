"""The pages of the checks, made of their docstrings.

`python -m workers.checks.documentation` writes docs/checks.md.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workers.checks import REGISTRY
from workers.checks.check import Check

HEADINGS = ("Looks for", "Reason codes", "Why it matters", "How to fix", "Our choice", "Source")
"""What the docstring of a check's module has, in this order, each followed by a colon."""

HEADING = re.compile(rf"^({'|'.join(HEADINGS)}):\s*", re.MULTILINE)

CODE = re.compile(r"[^\s,;()]*[_$*#+?][^\s,;()]*(?<![.:])|(?<![\w\"])iot:[\w.]*\w")
"""A word with a sign that no word has, or an action or key of AWS IoT; without what ends a sentence."""

INTRODUCTION = """\
# The checks

Made from the checks' own docstrings by `python -m workers.checks.documentation`; a test keeps it fresh.
`fleet-audit checks` shows the same on the command line.
"""


@dataclass(frozen=True)
class Documentation:
    """What a check says of itself."""

    summary: str
    """One line, without the check's name."""
    sections: Mapping[str, str]
    """Heading to text, each text in one line."""

    @property
    def reason_codes(self) -> tuple[str, ...]:
        """The codes of its findings."""
        return tuple(code.strip() for code in self.sections["Reason codes"].split(","))


def documentation_of(check: Check) -> Documentation:
    """Read the docstring of the module in which the check judges."""
    text = inspect.getdoc(inspect.getmodule(check.judge)) or ""
    first, *parts = HEADING.split(text)
    summary = " ".join(first.split()).removeprefix(f"{check.name}: ")
    texts = (" ".join(part.split()) for part in parts[1::2])
    return Documentation(summary, dict(zip(parts[::2], texts, strict=True)))


def page(checks: Iterable[Check]) -> str:
    """The whole page, in Markdown."""
    checks = list(checks)
    rows = (
        f"| [{check.name}](#{check.name.lower()}) | {check.severity} | {_summary(check)} |" for check in checks
    )
    table = "\n".join(("| check | severity | finds |", "|---|---|---|", *rows))
    return "\n".join((INTRODUCTION, table, "", *map(_chapter, checks)))


def _summary(check: Check) -> str:
    return documentation_of(check).summary


def _chapter(check: Check) -> str:
    documentation = documentation_of(check)
    thresholds = (
        f"**Threshold**: `{name}`, {limits.minimum} to {limits.maximum}, by default {limits.default}.\n"
        for name, limits in check.thresholds.items()
    )
    sections = (f"**{heading}**: {_with_code(text)}\n" for heading, text in documentation.sections.items())
    return "\n".join((f"## {check.name}\n", f"**Severity**: {check.severity}\n", *thresholds, *sections))


def _with_code(text: str) -> str:
    """Mark names, patterns and the like as code, so that Markdown reads nothing into their signs."""
    return CODE.sub(r"`\g<0>`", text)


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/checks.md").write_text(page(REGISTRY.values()))
