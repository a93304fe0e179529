"""`leeway.ports.alerts.AlertStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.life import Life, Phase
from leeway.core.alerting.policy import Severity
from leeway.errors import Conflict, NotFound
from leeway.ports.alerts import Alert, Delivery, Outgoing, Standing, Taken, Turn, Watch
from leeway.ports.channel import Event, Message
from leeway.store.state.access import Access
from leeway.store.state.tables import alerts, messages, standings


class SqlAlerts:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def standings(self) -> dict[Watch, Standing]:
        """By objective and policy."""
        return {
            (row.goal, row.policy): Standing(_life(row.life), row.alert) for row in self._access.all(select(standings))
        }

    def record(self, turns: Sequence[Turn]) -> None:
        """One transaction."""
        if not turns:
            return
        with self._access.writing() as connection:
            for turn in turns:
                goal, policy = turn.watch
                mine = (standings.c.goal == goal) & (standings.c.policy == policy)
                connection.execute(delete(standings).where(mine))
                life, up = _packed_life(turn.standing.life), turn.standing.alert
                connection.execute(insert(standings).values(goal=goal, policy=policy, life=life, alert=up))
                if turn.alert is not None:
                    _replace(connection, turn.alert)
            rows = [_outgoing(one) for turn in turns for one in turn.outgoing]
            if rows:
                connection.execute(insert(messages), rows)

    def forget(self, watches: Sequence[Watch], at: int) -> None:
        """One transaction."""
        if not watches:
            return
        with self._access.writing() as connection:
            for goal, policy in watches:
                own = (alerts.c.goal == goal) & (alerts.c.policy == policy)
                connection.execute(update(alerts).where(own & alerts.c.resolved_at.is_(None)).values(resolved_at=at))
                mine = (standings.c.goal == goal) & (standings.c.policy == policy)
                connection.execute(delete(standings).where(mine))

    def alert(self, key: str) -> Alert | None:
        """None if there is none."""
        found = self._access.all(select(alerts).where(alerts.c.key == key))
        return _alert(found[0]) if found else None

    def alerts(self, *, slo: str | None = None, up: bool = False, limit: int = 100) -> tuple[Alert, ...]:
        """The newest first."""
        wanted = select(alerts).order_by(alerts.c.fired_at.desc(), alerts.c.key).limit(limit)
        if slo is not None:
            wanted = wanted.where(alerts.c.slo == slo)
        if up:
            wanted = wanted.where(alerts.c.resolved_at.is_(None))
        return tuple(_alert(row) for row in self._access.all(wanted))

    def lasted(self, watch: Watch, limit: int = 500) -> tuple[Alert, ...]:
        """The newest first."""
        own = (alerts.c.goal == watch[0]) & (alerts.c.policy == watch[1]) & alerts.c.resolved_at.is_not(None)
        wanted = select(alerts).where(own).order_by(alerts.c.fired_at.desc()).limit(limit)
        return tuple(_alert(row) for row in self._access.all(wanted))

    def acknowledge(self, key: str, *, by: str, at: float) -> Alert:
        """The first one counts; a second changes nothing."""
        with self._access.writing() as connection:
            row = connection.execute(select(alerts).where(alerts.c.key == key)).one_or_none()
            if row is None:
                raise NotFound(f"there is no alert {key!r}", mend="`leeway alerts` lists them")
            if row.resolved_at is not None:
                raise Conflict(f"the alert {key!r} is resolved already", mend="there is nothing left to take")
            if row.acknowledged_at is None:
                taken = {"acknowledged_at": at, "acknowledged_by": by}
                connection.execute(update(alerts).where(alerts.c.key == key).values(taken))
            return _alert(connection.execute(select(alerts).where(alerts.c.key == key)).one())

    def take(self, now: float, *, lease_s: float, limit: int) -> tuple[Taken, ...]:
        """The lease is the time at which the message is due again."""
        with self._access.writing() as connection:
            due = select(messages).where(messages.c.due_at <= now).order_by(messages.c.due_at, messages.c.id)
            rows = connection.execute(due.limit(limit)).all()
            if rows:
                numbers = [row.id for row in rows]
                leased = {"due_at": now + lease_s, "attempts": messages.c.attempts + 1}
                connection.execute(update(messages).where(messages.c.id.in_(numbers)).values(leased))
        return tuple(Taken(row.id, row.recipient, _message(row), row.attempts, row.first_due_at) for row in rows)

    def delivered(self, number: int, *, at: float, reference: str) -> None:
        """Never due again."""
        with self._access.writing() as connection:
            done = {"due_at": None, "sent_at": at, "reference": reference, "error": ""}
            connection.execute(update(messages).where(messages.c.id == number).values(done))

    def postpone(self, number: int, *, error: str, until: float | None) -> None:
        """Due then, or given up."""
        with self._access.writing() as connection:
            connection.execute(update(messages).where(messages.c.id == number).values(due_at=until, error=error))

    def deliveries(self, key: str) -> tuple[Delivery, ...]:
        """Oldest first."""
        found = []
        for row in self._access.all(select(messages).where(messages.c.key == key).order_by(messages.c.id)):
            message = _message(row)
            found.append(
                Delivery(
                    row.recipient,
                    row.key,
                    message.event.value,
                    message.title,
                    row.first_due_at,
                    row.attempts,
                    row.sent_at,
                    row.reference,
                    row.error,
                )
            )
        return tuple(found)


def _replace(connection: Connection, alert: Alert) -> None:
    """What people did to it meanwhile stays."""
    values = {
        "key": alert.key,
        "goal": alert.goal,
        "slo": alert.slo,
        "objective": alert.objective,
        "policy": alert.policy,
        "severity": alert.severity.value,
        "condition": alert.condition,
        "fired_at": alert.fired_at,
        "resolved_at": alert.resolved_at,
        "consumed_ratio": alert.consumed_ratio,
        "sent_at": alert.sent_at,
        "suppressed_by": alert.suppressed_by.value if alert.suppressed_by else None,
        "reasons": json.dumps(alert.reasons, ensure_ascii=False),
    }
    if connection.execute(update(alerts).where(alerts.c.key == alert.key).values(values)).rowcount == 0:
        connection.execute(insert(alerts).values(**values, acknowledged_at=None, acknowledged_by=""))


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        key=row.key,
        goal=row.goal,
        slo=row.slo,
        objective=row.objective,
        policy=row.policy,
        severity=Severity(row.severity),
        condition=row.condition,
        fired_at=row.fired_at,
        resolved_at=row.resolved_at,
        consumed_ratio=row.consumed_ratio,
        sent_at=row.sent_at,
        suppressed_by=Suppression(row.suppressed_by) if row.suppressed_by else None,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        reasons=tuple(json.loads(row.reasons)),
    )


def _packed_life(life: Life) -> str:
    return json.dumps(
        {
            "phase": life.phase.value,
            "since": life.since,
            "met_since": life.met_since,
            "fired": life.fired,
            "due": life.due,
        }
    )


def _life(text: str) -> Life:
    plain = json.loads(text)
    fired = tuple((int(group), int(at)) for group, at in plain["fired"])
    return Life(Phase(plain["phase"]), plain["since"], tuple(plain["met_since"]), fired, plain["due"])


def _outgoing(one: Outgoing) -> dict[str, Any]:
    message = one.message
    body = {
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
    return {
        "key": message.key,
        "recipient": one.recipient,
        "body": json.dumps(body, ensure_ascii=False),
        "first_due_at": one.due_at,
        "due_at": one.due_at,
        "attempts": 0,
        "sent_at": None,
        "reference": "",
        "error": "",
    }


def _message(row: Row[Any]) -> Message:
    plain = json.loads(row.body)
    plain |= {
        "event": Event(plain["event"]),
        "severity": Severity(plain["severity"]),
        "lines": tuple(plain["lines"]),
    }
    return Message(**plain)
