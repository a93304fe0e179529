"""`leeway.ports.annotations.AnnotationStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from leeway.errors import NotFound
from leeway.ports.annotations import Annotation
from leeway.store.state.access import Access
from leeway.store.state.tables import notes as table


class SqlAnnotations:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def add(self, annotation: Annotation) -> Annotation:
        """One row."""
        values = {
            "slo": annotation.slo,
            "starts_at": annotation.starts_at,
            "ends_at": annotation.ends_at,
            "text": annotation.text,
            "author": annotation.by,
            "created_at": annotation.created_at,
        }
        with self._access.writing() as connection:
            return _annotation(connection.execute(insert(table).values(values).returning(table)).one())

    def remove(self, slo: str, number: int) -> Annotation:
        """One write tells whether there was one."""
        gone = delete(table).where(table.c.id == number, table.c.slo == slo).returning(table)
        with self._access.writing() as connection:
            row = connection.execute(gone).one_or_none()
        if row is None:
            raise NotFound(f"{slo} has no annotation {number}", mend="`leeway annotate SLO --list` has every one")
        return _annotation(row)

    def annotations(self, slo: str, start: float, end: float) -> tuple[Annotation, ...]:
        """By when they begin."""
        over = func.coalesce(table.c.ends_at, table.c.starts_at)
        wanted = select(table).where(table.c.slo == slo, table.c.starts_at < end, over >= start)
        return tuple(_annotation(row) for row in self._access.all(wanted.order_by(table.c.starts_at, table.c.id)))

    def after(self, number: int) -> tuple[Annotation, ...]:
        """By number."""
        wanted = select(table).where(table.c.id > number).order_by(table.c.id)
        return tuple(_annotation(row) for row in self._access.all(wanted))


def _annotation(row: Row[Any]) -> Annotation:
    return Annotation(row.id, row.slo, row.starts_at, row.ends_at, row.text, row.author, row.created_at)
