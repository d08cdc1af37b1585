"""A database that keeps what was asked of it."""

from pathlib import Path

from events.store.database import Parameters, Row, SqliteDatabase


class ListeningDatabase(SqliteDatabase):
    """SQLite that keeps what was asked of it, and can say how it would go about answering."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, durable=False)
        self.asked: list[tuple[str, Parameters]] = []

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        self.asked.append((sql, parameters))
        return super().query(sql, parameters)

    def heard(self) -> list[tuple[str, Parameters]]:
        """What was asked since this was called last."""
        heard, self.asked = self.asked, []
        return heard

    def steps(self) -> list[str]:
        """SQLite's plans for all that was asked since the last time, but for the steps that read no table."""
        plans = [self.query(f"EXPLAIN QUERY PLAN {sql}", parameters) for sql, parameters in self.heard()]
        self.heard()
        steps = [str(step[-1]) for plan in plans for step in plan]
        return [step for step in steps if not step.startswith(("SCALAR SUBQUERY", "SCAN CONSTANT ROW"))]
