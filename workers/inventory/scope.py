"""Which rows of a table a check sees at a version, as a query."""

from dataclasses import dataclass

from events.store.database import Parameters
from events.vocabulary import AccountId
from workers.inventory.kinds import Examines


@dataclass(frozen=True)
class Scope:
    """The rows that `examines` lets in, of one account at one version, with keys in a range."""

    account: AccountId
    examines: Examines
    version: int
    after: str | None = None
    up_to: str | None = None

    def select(self, what: str, limit: int | None = None, offset: int = 0) -> tuple[str, Parameters]:
        """A query for `what`, and its parameters; with `limit`, in key order."""
        key = self.examines.kind.key
        conditions = ["account = ?", "added_in <= ?", "removed_in > ?"]
        parameters: list[str | int] = [self.account, self.version, self.version]
        for condition, bound in ((f"{key} > ?", self.after), (f"{key} <= ?", self.up_to)):
            if bound is not None:
                conditions.append(condition)
                parameters.append(bound)
        for column, values in self.examines.only.items():
            conditions.append(f"{column} IN ({', '.join('?' * len(values))})")
            parameters += values
        order = ""
        if limit is not None:
            order = f"ORDER BY {key} LIMIT ? OFFSET ?"
            parameters += [limit, offset]
        return (
            f"SELECT {what} FROM {self.examines.kind.table} WHERE {' AND '.join(conditions)} {order}",
            parameters,
        )
