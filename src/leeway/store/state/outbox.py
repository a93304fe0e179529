"""`leeway.ports.outbox.Outbox` on any SQL database that SQLAlchemy speaks, and how messages come into it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, case, delete, func, insert, select, update

from leeway.core.alerting.policy import Severity
from leeway.ports.alerts import Outgoing
from leeway.ports.channel import Event, Message
from leeway.ports.outbox import RECENT_S, Around, Delivery, Heard, Posted, Settlement, Taken, Waiting
from leeway.spec.routes import Role
from leeway.store.state.access import Access
from leeway.store.state.alert_row import alert_of
from leeway.store.state.tables import alerts, messages

_Key = TypeVar("_Key", int, str)

_CROWDS = 8
"""So many recipients may have more waiting than is looked at, and all others are still looked at."""
_AT_ONCE = 5_000
"""Values in one condition; databases take some ten thousand."""


class SqlOutbox:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def around(self, now: float, *, limit: int) -> Around:
        """One look: everything is as of one moment."""
        with self._access.reading() as connection:
            soonest = select(messages).where(messages.c.due_at <= now).order_by(messages.c.due_at, messages.c.id)
            most = min(limit, _AT_ONCE)
            due = list(connection.execute(soonest.limit(most)))
            if not due:
                return Around()
            last, recipients = len(due), sorted({row.recipient for row in due})
            while last == most and len(recipients) < _CROWDS:  # what waits for some must not hide what others wait for
                more = connection.execute(soonest.where(messages.c.recipient.not_in(recipients)).limit(most)).all()
                due, last = [*due, *more], len(more)
                recipients = sorted({row.recipient for row in due})
            rows = {row.id: row for row in due}
            theirs = select(messages).where(messages.c.recipient.in_(recipients))
            for wanted in (messages.c.due_at.is_not(None), messages.c.sent_at > now - RECENT_S):  # an index for each
                _add(rows, connection.execute(theirs.where(wanted)))
            _with_keys(rows, {row.key for row in due}, connection)
            together = {row.together or row.key for row in rows.values() if row.together or row.role == Role.TOGETHER}
            _with_keys(rows, together, connection)
            for some in _portions(together):
                _add(rows, members := connection.execute(select(messages).where(messages.c.together.in_(some))).all())
                _with_keys(rows, {row.key for row in members}, connection)
            keys = {row.key for row in rows.values()}
            found = [
                alert_of(row)
                for some in _portions(keys)
                for row in connection.execute(select(alerts).where(alerts.c.key.in_(some)))
            ]
        posted = tuple(_posted(rows[number]) for number in sorted(rows))
        return Around(frozenset(row.id for row in due), posted, {one.key: one for one in found})

    def settle(self, settlement: Settlement, now: float, *, lease_s: float) -> tuple[Taken, ...]:
        """One transaction, and one question before it: is all of it still due?"""
        with self._access.writing() as connection:
            due = select(func.count()).where(messages.c.due_at <= now)
            numbers = settlement.numbers
            some_due = (connection.execute(due.where(messages.c.id.in_(some))) for some in _portions(numbers))
            if sum(found.scalar_one() for found in some_due) < len(numbers):
                return ()
            for number, why in settlement.drop.items():
                done = {"due_at": None, "error": why}
                connection.execute(update(messages).where(messages.c.id == number).values(done))
            for number, key in settlement.together.items():
                done = {"due_at": None, "together": key, "error": ""}
                connection.execute(update(messages).where(messages.c.id == number).values(done))
            for number, message in settlement.amend.items():
                connection.execute(update(messages).where(messages.c.id == number).values(body=_body(message)))
            post(connection, settlement.post)
            wanted = select(messages).where(messages.c.id.in_(settlement.send)).order_by(messages.c.id)
            rows = connection.execute(wanted).all()
            leased = {"due_at": now + lease_s, "attempts": messages.c.attempts + 1}
            connection.execute(update(messages).where(messages.c.id.in_([row.id for row in rows])).values(leased))
        return tuple(
            Taken(row.id, row.recipient, _message(row), row.attempts, row.first_due_at, row.sent_at is not None)
            for row in rows
        )

    def delivered(
        self, number: int, *, at: float, reference: str, notes: tuple[str, ...] = (), again_at: float | None = None
    ) -> None:
        """Never due again, or then."""
        with self._access.writing() as connection:
            told = "\n".join(" ".join(note.split()) for note in notes)
            first = func.coalesce(messages.c.sent_at, at)
            done = {"due_at": again_at, "sent_at": first, "reference": reference, "error": "", "notes": told}
            connection.execute(update(messages).where(messages.c.id == number).values(done))

    def postpone(self, number: int, *, error: str, until: float | None) -> None:
        """Due then, or given up."""
        with self._access.writing() as connection:
            connection.execute(update(messages).where(messages.c.id == number).values(due_at=until, error=error))

    def prune(self, before: float, *, key: str = "") -> None:
        """Those that wait stay, and those whose end is still to be told."""
        up, told = select(alerts.c.key).where(alerts.c.resolved_at.is_(None)), messages.alias()
        together = select(told.c.together).where(told.c.key.in_(up))
        which = messages.c.key == key if key else messages.c.key.not_in(up) & messages.c.key.not_in(together)
        old = messages.c.due_at.is_(None) & (messages.c.first_due_at < before)
        with self._access.writing() as connection:
            connection.execute(delete(messages).where(old & which))

    def heard(self, since: float) -> dict[str, Heard]:
        """One look, grouped by recipient."""
        by = messages.alias()
        together = select(by.c.id).where(
            by.c.key == messages.c.together, by.c.recipient == messages.c.recipient, by.c.sent_at.is_not(None)
        )
        taken = case((alerts.c.acknowledged_at.is_not(None), alerts.c.key))
        wanted = (
            select(
                messages.c.recipient,
                func.count(alerts.c.key.distinct()).label("pages"),
                func.count(taken.distinct()).label("taken"),
            )
            .join(alerts, alerts.c.key == messages.c.key)
            .where(alerts.c.severity == Severity.PAGE.value, messages.c.first_due_at > since)
            .where(messages.c.sent_at.is_not(None) | together.exists())
            .group_by(messages.c.recipient)
        )
        return {row.recipient: Heard(row.pages, row.taken) for row in self._access.all(wanted)}

    def deliveries(self, *keys: str) -> tuple[Delivery, ...]:
        """Oldest first."""
        wanted = select(messages).order_by(messages.c.id)
        found = (self._access.all(wanted.where(messages.c.key.in_(some))) for some in _portions(keys))
        return self._fare(sorted((row for rows in found for row in rows), key=lambda row: int(row.id)))

    def newest(self, *, each: int) -> tuple[Delivery, ...]:
        """Numbered within each recipient."""
        place = func.row_number().over(partition_by=messages.c.recipient, order_by=messages.c.id.desc()).label("place")
        numbered = select(messages.c.id, place).subquery()
        wanted = select(messages).join(numbered, numbered.c.id == messages.c.id).where(numbered.c.place <= each)
        return self._fare(self._access.all(wanted.order_by(messages.c.recipient, messages.c.id.desc())))

    def waiting(self, now: float) -> Waiting:
        """One look."""
        late = messages.c.due_at.is_not(None) & messages.c.sent_at.is_(None) & (messages.c.first_due_at <= now)
        tried = func.count(case((messages.c.error != "", 1)))
        wanted: list[Any] = [func.count(), tried, func.min(messages.c.first_due_at)]
        return Waiting(*self._access.all(select(*wanted).select_from(messages).where(late))[0])

    def _fare(self, own: Sequence[Row[Any]]) -> tuple[Delivery, ...]:
        together = {row.together for row in own} - {""}
        behind = (
            row
            for some in _portions(together)
            for row in self._access.all(select(messages).where(messages.c.key.in_(some)))
        )
        told = {(row.key, row.recipient, _message(row).event): row for row in behind}
        return tuple(_delivery(row, told.get((row.together, row.recipient, _message(row).event), row)) for row in own)


def post(connection: Connection, outgoing: Iterable[Outgoing]) -> None:
    """Puts messages out."""
    rows = [_outgoing(one) for one in outgoing]
    if rows:
        connection.execute(insert(messages), rows)


def end(connection: Connection, message: Message) -> None:
    """Puts a message out for everybody for whom one with its key was."""
    known = select(messages.c.recipient).where(messages.c.key == message.key).distinct().order_by(messages.c.recipient)
    names = connection.execute(known).scalars().all()
    post(connection, [Outgoing(name, message, message.at) for name in names])


def _delivery(row: Row[Any], by: Row[Any]) -> Delivery:
    """A message, and the one that told of it."""
    message = _message(row)
    return Delivery(
        recipient=row.recipient,
        key=row.key,
        event=message.event.value,
        title=message.title,
        due_at=row.first_due_at,
        attempts=by.attempts,
        sent_at=by.sent_at,
        reference=by.reference,
        error=by.error,
        role=Role(row.role),
        together=row.together,
        notes=tuple(by.notes.splitlines()),
        number=row.id,
    )


def _add(rows: dict[int, Row[Any]], found: Iterable[Row[Any]]) -> None:
    rows.update((row.id, row) for row in found)


def _with_keys(rows: dict[int, Row[Any]], keys: Collection[str], connection: Connection) -> None:
    for some in _portions(keys):
        _add(rows, connection.execute(select(messages).where(messages.c.key.in_(some))))


def _portions(keys: Collection[_Key]) -> Iterable[list[_Key]]:
    ordered = sorted(keys)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))


def _posted(row: Row[Any]) -> Posted:
    return Posted(
        number=row.id,
        recipient=row.recipient,
        message=_message(row),
        first_due_at=row.first_due_at,
        due_at=row.due_at,
        role=Role(row.role),
        stands_for=row.stands_for,
        attempts=row.attempts,
        sent_at=row.sent_at,
        together=row.together,
    )


def _outgoing(one: Outgoing) -> dict[str, Any]:
    return {
        "key": one.message.key,
        "recipient": one.recipient,
        "body": _body(one.message),
        "first_due_at": one.due_at,
        "due_at": one.due_at,
        "attempts": 0,
        "sent_at": None,
        "reference": "",
        "error": "",
        "role": one.role.value,
        "stands_for": one.stands_for,
        "together": "",
        "notes": "",
    }


def _body(message: Message) -> str:
    plain = {
        "key": message.key,
        "event": message.event.value,
        "severity": message.severity.value,
        "title": message.title,
        "lines": message.lines,
        "slo": message.slo,
        "objective": message.objective,
        "service": message.service,
        "policy": message.policy,
        "at": message.at,
        "link": message.link,
        "facts": dict(message.facts),
    }
    return json.dumps(plain, ensure_ascii=False)


def _message(row: Row[Any]) -> Message:
    plain = json.loads(row.body)
    plain |= {
        "event": Event(plain["event"]),
        "severity": Severity(plain["severity"]),
        "lines": tuple(plain["lines"]),
    }
    return Message(**plain)
