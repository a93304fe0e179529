"""`leeway.ports.guards.GuardStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from leeway.core.sparse.guard import Guard
from leeway.ports.guards import Measured
from leeway.store.state.access import Access
from leeway.store.state.tables import guards


class SqlGuards:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def keep(self, measured: Sequence[Measured]) -> None:
        """One transaction."""
        newest = {one.goal: one for one in measured}
        if newest:
            with self._access.writing() as connection:
                connection.execute(
                    delete(guards).where(guards.c.goal == bindparam("_goal")), [{"_goal": goal} for goal in newest]
                )
                connection.execute(insert(guards), [_values(one) for one in newest.values()])

    def guards(self) -> dict[int, Measured]:
        """One row each."""
        return {
            row.goal: Measured(row.goal, Guard(row.alpha, row.rho, row.expected, row.days, row.threshold), row.at)
            for row in self._access.all(select(guards))
        }


def _values(one: Measured) -> dict[str, object]:
    guard = one.guard
    return {
        "goal": one.goal,
        "alpha": guard.alpha,
        "rho": guard.rho,
        "expected": guard.expected,
        "days": guard.days,
        "threshold": guard.threshold,
        "at": one.at,
    }
