"""`leeway.ports.shares.ShareStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Float, Integer, Row, String, Table, Text, UniqueConstraint, delete, insert, select

from leeway.errors import NotFound
from leeway.ports.shares import Share
from leeway.store.state.access import Access
from leeway.store.state.tables import metadata

table = Table(
    "shares",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slo", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("author", Text, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    UniqueConstraint("digest"),
    sqlite_autoincrement=True,
)


class SqlShares:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def add(self, share: Share) -> Share:
        """One row."""
        values = {
            "slo": share.slo,
            "digest": share.digest,
            "author": share.by,
            "made_at": share.made_at,
            "expires_at": share.expires_at,
        }
        with self._access.writing() as connection:
            return _share(connection.execute(insert(table).values(values).returning(table)).one())

    def remove(self, slo: str, number: int) -> Share:
        """One write tells whether there was one."""
        gone = delete(table).where(table.c.id == number, table.c.slo == slo).returning(table)
        with self._access.writing() as connection:
            row = connection.execute(gone).one_or_none()
        if row is None:
            raise NotFound(f"{slo} has no share {number}", mend="load the list again")
        return _share(row)

    def shares(self) -> tuple[Share, ...]:
        """By number, backwards."""
        return tuple(_share(row) for row in self._access.all(select(table).order_by(table.c.id.desc())))

    def share(self, digest: str) -> Share | None:
        """By the index of its digest."""
        found = self._access.all(select(table).where(table.c.digest == digest))
        return _share(found[0]) if found else None

    def prune(self, before: float) -> None:
        """All at once."""
        with self._access.writing() as connection:
            connection.execute(delete(table).where(table.c.expires_at < before))


def _share(row: Row[Any]) -> Share:
    return Share(row.id, row.slo, row.digest, row.author, row.made_at, row.expires_at)
