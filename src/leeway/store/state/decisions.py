"""`leeway.ports.decisions.DecisionStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select

from leeway.core.alerting.decide import Suppression
from leeway.ports.decisions import Decision, Verdict
from leeway.store.state.access import Access
from leeway.store.state.numbers import chunks
from leeway.store.state.tables import decisions


class SqlDecisions:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def note(self, noted: Sequence[Decision]) -> None:
        """One transaction."""
        if not noted:
            return
        with self._access.writing() as connection:
            for one in noted:
                own = select(decisions).where(decisions.c.alert == one.alert).order_by(decisions.c.id.desc())
                newest = connection.execute(own.limit(1)).one_or_none()
                if newest is None or replace(_decision(newest), at=one.at) != one:
                    connection.execute(insert(decisions).values(_values(one)))

    def decisions(self, alerts: Sequence[str]) -> tuple[Decision, ...]:
        """By the order in which they were noted."""
        rows: list[Row[Any]] = []
        for some in chunks(alerts):
            rows += self._access.all(select(decisions).where(decisions.c.alert.in_(some)))
        rows.sort(key=lambda row: -row.id)
        return tuple(_decision(row) for row in rows)


def _values(one: Decision) -> dict[str, Any]:
    reason = one.reason.value if one.reason else None
    return {"alert": one.alert, "at": one.at, "verdict": one.verdict.value, "reason": reason, "words": one.words}


def _decision(row: Row[Any]) -> Decision:
    reason = Suppression(row.reason) if row.reason else None
    return Decision(row.alert, row.at, Verdict(row.verdict), row.words, reason)
