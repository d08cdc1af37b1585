"""What the store hands to a check."""

from typing import Any

Row = tuple[Any, ...]
"""The values of one resource, in the order of the columns that the check declares."""
