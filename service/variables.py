"""Variables of the environment, read as what they are to be."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from workers.revocation.address_rules import AddressRules

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


class SettingError(Exception):
    """A setting has a value that it can't have. The text names the variable and says what is allowed."""


class Variables:
    """The variables as they were given; one that is empty counts as not given."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        """The text, without blanks around it; the default where none is given."""
        value = self._environ.get(name, "").strip() or default
        if "\0" in value:
            raise SettingError(f"{name} must not contain a null character.")
        return value

    def secret(self, name: str) -> str:
        """A text, or that of the file which `name` with `_FILE` behind it names; empty where neither is given."""
        file = self.file(f"{name}_FILE")
        if file is None:
            return self.text(name, "")
        if self.text(name, ""):
            raise SettingError(f"{name} and {name}_FILE must not both be given.")
        try:
            return file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"{name}_FILE must name a file that can be read as text.") from error

    def matching(self, name: str, default: str, pattern: re.Pattern[str], allowed: str) -> str:
        """A text of which all fits a pattern; `allowed` says in words what does."""
        value = self.text(name, default)
        if not pattern.fullmatch(value):
            raise SettingError(f"{name} must be {allowed}, and is {value!r}.")
        return value

    def whole_number(self, name: str, default: int, smallest: int, largest: int) -> int:
        """A whole number between two bounds, both included."""
        value = self.text(name, str(default))
        if not _WHOLE_NUMBER.fullmatch(value) or not smallest <= int(value) <= largest:
            raise SettingError(f"{name} must be a whole number from {smallest} to {largest}, and is {value!r}.")
        return int(value)

    def one_of(self, name: str, default: int, allowed: tuple[int, ...]) -> int:
        """One of some whole numbers."""
        value = self.text(name, str(default))
        if value not in {str(number) for number in allowed}:
            listed = " or ".join(str(number) for number in allowed)
            raise SettingError(f"{name} must be {listed}, and is {value!r}.")
        return int(value)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of some words."""
        value = self.text(name, default)
        if value not in allowed:
            raise SettingError(f"{name} must be {' or '.join(allowed)}, and is {value!r}.")
        return value

    def switch(self, name: str, *, default: bool) -> bool:
        """Yes or no, as `true` or `false`."""
        return self.choice(name, str(default).lower(), ("true", "false")) == "true"

    def address_rules(self, name: str) -> AddressRules:
        """Host names, addresses and networks, separated by commas."""
        try:
            return AddressRules.parse(self.text(name, ""))
        except ValueError as error:
            raise SettingError(
                f"{name} must be host names, addresses or networks such as 10.0.0.0/8, separated by commas, "
                f"and has {str(error)!r}."
            ) from error

    def directory(self, name: str) -> Path | None:
        """The path of a directory that exists and can be written to; None where none is given."""
        value = self.text(name, "")
        if value and not (Path(value).is_dir() and os.access(value, os.W_OK | os.X_OK)):
            raise SettingError(f"{name} must be a directory that exists and can be written to, and is {value!r}.")
        return Path(value) if value else None

    def file(self, name: str) -> Path | None:
        """The path of a file that exists; None where none is given."""
        value = self.text(name, "")
        if value and not Path(value).is_file():
            raise SettingError(f"{name} must be the path of a file that exists, and is {value!r}.")
        return Path(value) if value else None
