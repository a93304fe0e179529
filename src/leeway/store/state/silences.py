"""`leeway.ports.silences.SilenceStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, insert, select, update

from leeway.core.alerting.silence import Scope, Silence
from leeway.errors import Conflict, NotFound
from leeway.store.state.access import Access
from leeway.store.state.tables import silences


class SqlSilences:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def add(self, silence: Silence) -> Silence:
        """One row."""
        scope = silence.scope
        values = {
            "slo": scope.slo,
            "service": scope.service,
            "policy": scope.policy,
            "labels": json.dumps(scope.labels, ensure_ascii=False),
            "starts_at": silence.starts_at,
            "ends_at": silence.ends_at,
            "who": silence.who,
            "why": silence.why,
            "ended_by": silence.ended_by,
        }
        with self._access.writing() as connection:
            return _silence(connection.execute(insert(silences).values(values).returning(silences)).one())

    def end(self, number: int, *, by: str, at: float) -> Silence:
        """One look and one write in one transaction."""
        with self._access.writing() as connection:
            row = connection.execute(select(silences).where(silences.c.id == number)).one_or_none()
            if row is None:
                raise NotFound(f"there is no silence {number}", mend="`leeway silence list --all` has every one")
            if row.ends_at <= at:
                raise Conflict(f"silence {number} is over already", mend="there is nothing left to end")
            ended = update(silences).where(silences.c.id == number)
            ended = ended.values(ends_at=max(at, row.starts_at), ended_by=by)
            return _silence(connection.execute(ended.returning(silences)).one())

    def silences(self, *, ending_after: float | None = None) -> tuple[Silence, ...]:
        """By number."""
        wanted = select(silences).order_by(silences.c.id.desc())
        if ending_after is not None:
            wanted = wanted.where(silences.c.ends_at > ending_after)
        return tuple(_silence(row) for row in self._access.all(wanted))


def _silence(row: Row[Any]) -> Silence:
    labels = tuple((key, value) for key, value in json.loads(row.labels))
    scope = Scope(row.slo, row.service, row.policy, labels)
    return Silence(row.id, scope, row.starts_at, row.ends_at, row.who, row.why, row.ended_by)
