"""Which checks exist and what can be configured of them, as the decisions need to know it.

The checks themselves live in `workers/checks/`; a process's composition root turns their registry into this.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from events.errors import InvalidRequest
from events.vocabulary import CheckName, ThresholdName

LONGEST_NUMBER = 18
"""Digits. No threshold needs as many, and Python refuses to read numbers of some thousand."""


@dataclass(frozen=True)
class ThresholdRange:
    """The whole numbers that a threshold can be set to, and the one it has until then."""

    default: int
    minimum: int
    maximum: int

    def allow(self, value: str) -> bool:
        """Tell whether the text is a number of the range, in ASCII digits and not padded to absurd length."""
        is_number = value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER
        return is_number and self.minimum <= int(value) <= self.maximum


class CheckCatalogue:
    """The supported checks, in the order in which they are listed."""

    def __init__(self, checks: Mapping[CheckName, Mapping[ThresholdName, ThresholdRange]]) -> None:
        self._checks = checks

    @property
    def names(self) -> tuple[CheckName, ...]:
        """Every supported check."""
        return tuple(self._checks)

    def require_known(self, names: Iterable[str]) -> None:
        """Refuse a check that does not exist.

        The first sentence is AWS's own (seen in aws/aws-cdk, pull request 31776); the second helps to mend it.
        """
        unknown = sorted({name for name in names if name not in self._checks})
        if unknown:
            raise InvalidRequest(
                "Request contains an invalid Audit Check Name. "
                f"Not supported: {', '.join(name[:128] for name in unknown)}."
            )

    def require_valid(self, check_name: CheckName, configuration: Mapping[str, str]) -> None:
        """Refuse a threshold that the check does not have, or a value outside its range."""
        thresholds = self._checks[check_name]
        for name, value in configuration.items():
            limits = next((thresholds[known] for known in thresholds if known == name), None)
            if limits is None:
                raise InvalidRequest(f"{check_name} has no configuration named {name[:64]}.")
            if not limits.allow(value):
                raise InvalidRequest(
                    f"{name} of {check_name} must be a whole number of days from {limits.minimum} "
                    f"to {limits.maximum}, given as a string."
                )

    def configuration_of(self, check_name: CheckName, configured: Mapping[str, str]) -> dict[str, str]:
        """Every threshold of a check with its value: the configured one, else the default."""
        return {
            name.value: configured.get(name, str(limits.default))
            for name, limits in self._checks.get(check_name, {}).items()
        }
