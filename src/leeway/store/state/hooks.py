"""`leeway.ports.hooks.HookStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, delete, exists, func, insert, select, update

from leeway.errors import NotFound
from leeway.ports.hooks import Count, Delivery, Fate, Hook, Kind, Parcel, Try
from leeway.store.state.access import Access
from leeway.store.state.hooks_tables import hooks, marks, parcels
from leeway.store.state.tables import documents

_AT_ONCE = 500


class SqlHooks:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def hooks(self) -> tuple[Hook, ...]:
        """All, by number."""
        return tuple(_hook(row) for row in self._access.all(select(hooks).order_by(hooks.c.id)))

    def add(self, hook: Hook) -> Hook:
        """One row."""
        with self._access.writing() as connection:
            return _hook(connection.execute(insert(hooks).values(_values(hook)).returning(hooks)).one())

    def change(self, hook: Hook) -> Hook:
        """One row."""
        changed = update(hooks).where(hooks.c.id == hook.number).values(_values(hook)).returning(hooks)
        with self._access.writing() as connection:
            row = connection.execute(changed).one_or_none()
        if row is None:
            raise _nothing(hook.number)
        return _hook(row)

    def remove(self, number: int) -> Hook:
        """First the deliveries, which refer to it."""
        with self._access.writing() as connection:
            connection.execute(delete(parcels).where(parcels.c.hook == number))
            row = connection.execute(delete(hooks).where(hooks.c.id == number).returning(hooks)).one_or_none()
        if row is None:
            raise _nothing(number)
        return _hook(row)

    def counts(self) -> dict[int, Count]:
        """One look."""
        waiting = func.sum(case((parcels.c.due_at.is_not(None), 1), else_=0))
        lost = func.sum(case((parcels.c.due_at.is_(None) & parcels.c.delivered_at.is_(None), 1), else_=0))
        wanted = select(parcels.c.hook, waiting.label("waiting"), lost.label("lost")).group_by(parcels.c.hook)
        return {row.hook: Count(int(row.waiting), int(row.lost)) for row in self._access.all(wanted)}

    def marks(self) -> dict[str, str]:
        """One look."""
        return {row.name: row.stood for row in self._access.all(select(marks))}

    def record(self, put: Sequence[Parcel], stood: Mapping[str, str | None], *, anew: bool = False) -> None:
        """One transaction."""
        with self._access.writing() as connection:
            _mark(connection, stood, anew=anew)
            if put:
                connection.execute(insert(parcels), [_row(one) for one in put])

    def due(self, now: float) -> frozenset[int]:
        """By the index."""
        return frozenset(row.hook for row in self._access.all(select(parcels.c.hook).where(_due(now)).distinct()))

    def take(self, hook: int, now: float, *, lease_s: float) -> Delivery | None:
        """Behind an older one of its subject that waits, nothing is due."""
        older = parcels.alias()
        behind = exists().where(
            (older.c.hook == parcels.c.hook)
            & (older.c.subject == parcels.c.subject)
            & (older.c.id < parcels.c.id)
            & older.c.due_at.is_not(None)
        )
        first = select(parcels.c.id).where(_due(now), parcels.c.hook == hook, ~behind).order_by(parcels.c.id).limit(1)
        leased = {"due_at": now + lease_s, "attempts": parcels.c.attempts + 1}
        taken = update(parcels).where(parcels.c.id == first.scalar_subquery()).values(leased).returning(parcels)
        with self._access.writing() as connection:
            row = connection.execute(taken).one_or_none()
        return None if row is None else _delivery(row)

    def tried(self, number: int, one: Try) -> None:
        """What was given up and sent again may have arrived before."""
        done: dict[str, Any] = {"due_at": one.due_at, "status": one.status, "answer": one.answer, "error": one.error}
        done["delivered_at"] = one.at if one.taken else None
        with self._access.writing() as connection:
            connection.execute(update(parcels).where(parcels.c.id == number).values(done))

    def again(self, hook: int, number: int, now: float) -> Delivery:
        """One row."""
        anew = {"due_at": now, "first_due_at": now, "delivered_at": None}
        wanted = update(parcels).where(parcels.c.id == number, parcels.c.hook == hook).values(anew).returning(parcels)
        with self._access.writing() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFound(f"hook {hook} has no delivery {number}", mend="its deliveries are listed, the newest first")
        return _delivery(row)

    def deliveries(self, hook: int, *, fate: Fate | None, limit: int, before: int | None) -> tuple[Delivery, ...]:
        """By number, backwards."""
        wanted = select(parcels).where(parcels.c.hook == hook, *([parcels.c.id < before] if before else []))
        if fate is not None:
            wanted = wanted.where(_FATES[fate])
        return tuple(_delivery(row) for row in self._access.all(wanted.order_by(parcels.c.id.desc()).limit(limit)))

    def delivery(self, hook: int, number: int) -> Delivery | None:
        """One row, or none."""
        found = self._access.all(select(parcels).where(parcels.c.id == number, parcels.c.hook == hook))
        return _delivery(found[0]) if found else None

    def prune(self, before: float) -> None:
        """All at once."""
        with self._access.writing() as connection:
            connection.execute(delete(parcels).where(parcels.c.due_at.is_(None), parcels.c.at < before))

    def versions(self) -> dict[tuple[str, str], int]:
        """Without their texts."""
        return {(row.kind, row.name): row.number for row in self._access.all(select(documents))}


_FATES: Mapping[Fate, ColumnElement[bool]] = {
    Fate.WAITING: parcels.c.due_at.is_not(None),
    Fate.DELIVERED: parcels.c.due_at.is_(None) & parcels.c.delivered_at.is_not(None),
    Fate.GIVEN_UP: parcels.c.due_at.is_(None) & parcels.c.delivered_at.is_(None),
}


def _due(now: float) -> ColumnElement[bool]:
    return parcels.c.due_at <= now


def _nothing(number: int) -> NotFound:
    return NotFound(f"there is no hook {number}", mend="`leeway hook list` has every one")


def _mark(connection: Connection, stood: Mapping[str, str | None], *, anew: bool) -> None:
    names = list(stood)
    if anew:
        connection.execute(delete(marks))
    else:
        for at in range(0, len(names), _AT_ONCE):
            connection.execute(delete(marks).where(marks.c.name.in_(names[at : at + _AT_ONCE])))
    rows = [{"name": name, "stood": value} for name, value in stood.items() if value is not None]
    if rows:
        connection.execute(insert(marks), rows)


def _values(hook: Hook) -> dict[str, Any]:
    wanted = {"kinds": hook.kinds, "slos": hook.slos, "projects": hook.projects}
    return {
        "recipient": hook.recipient,
        "url": hook.url,
        "secret": json.dumps(dict(hook.secret), ensure_ascii=False),
        "wanted": json.dumps(wanted, ensure_ascii=False),
        "active": hook.active,
        "author": hook.by,
        "at": hook.at,
    }


def _hook(row: Row[Any]) -> Hook:
    wanted = json.loads(row.wanted)
    return Hook(
        number=row.id,
        recipient=row.recipient,
        url=row.url,
        secret=json.loads(row.secret),
        kinds=tuple(Kind(one) for one in wanted["kinds"]),
        slos=tuple(wanted["slos"]),
        projects=tuple(wanted["projects"]),
        active=row.active,
        by=row.author,
        at=row.at,
    )


def _row(one: Parcel) -> dict[str, Any]:
    return {
        "hook": one.hook,
        "event": one.event,
        "type": one.type,
        "subject": one.subject,
        "body": one.body,
        "at": one.at,
        "first_due_at": one.due_at,
        "due_at": one.due_at,
        "attempts": 0,
        "answer": "",
        "error": "",
    }


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        number=row.id,
        parcel=Parcel(row.hook, row.event, row.type, row.subject, row.body, row.at, row.first_due_at),
        due_at=row.due_at,
        attempts=row.attempts,
        delivered_at=row.delivered_at,
        status=row.status,
        answer=row.answer,
        error=row.error,
    )
