"""`leeway.ports.alerts.AlertStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.life import Life, Phase
from leeway.errors import Conflict, NotFound
from leeway.ports.alerts import Alert, Standing, Turn, Watch
from leeway.ports.channel import Message
from leeway.store.state.access import Access
from leeway.store.state.alert_row import alert_of
from leeway.store.state.outbox import end, post
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
            post(connection, [one for turn in turns for one in turn.outgoing])
            for message in (message for turn in turns for message in turn.ended):
                end(connection, message)

    def forget(self, watches: Sequence[Watch], at: int, ended: Sequence[Message] = ()) -> None:
        """One transaction."""
        if not watches:
            return
        with self._access.writing() as connection:
            for goal, policy in watches:
                own = (alerts.c.goal == goal) & (alerts.c.policy == policy)
                connection.execute(update(alerts).where(own & alerts.c.resolved_at.is_(None)).values(resolved_at=at))
                mine = (standings.c.goal == goal) & (standings.c.policy == policy)
                connection.execute(delete(standings).where(mine))
            for message in ended:
                end(connection, message)

    def remember(self, past: Sequence[Alert]) -> frozenset[str]:
        """One transaction."""
        with self._access.writing() as connection:
            known = set(connection.execute(select(alerts.c.key)).scalars())
            new = {one.key: one for one in past if one.key not in known}
            for one in new.values():
                _replace(connection, one)
        return frozenset(new)

    def alert(self, key: str) -> Alert | None:
        """None if there is none."""
        found = self._access.all(select(alerts).where(alerts.c.key == key))
        return alert_of(found[0]) if found else None

    def alerts(self, *, slo: str | None = None, up: bool = False, limit: int = 100) -> tuple[Alert, ...]:
        """The newest first."""
        wanted = select(alerts).order_by(alerts.c.fired_at.desc(), alerts.c.key).limit(limit)
        if slo is not None:
            wanted = wanted.where(alerts.c.slo == slo)
        if up:
            wanted = wanted.where(alerts.c.resolved_at.is_(None))
        return tuple(alert_of(row) for row in self._access.all(wanted))

    def lasted(self, watch: Watch, limit: int = 500) -> tuple[Alert, ...]:
        """The newest first."""
        own = (alerts.c.goal == watch[0]) & (alerts.c.policy == watch[1]) & alerts.c.resolved_at.is_not(None)
        fired = alerts.c.suppressed_by.is_distinct_from(Suppression.DOUBT.value)
        wanted = select(alerts).where(own & fired).order_by(alerts.c.fired_at.desc()).limit(limit)
        return tuple(alert_of(row) for row in self._access.all(wanted))

    def acknowledge(self, key: str, *, by: str, at: float) -> tuple[Alert, ...]:
        """The first one counts; a second changes nothing."""
        with self._access.writing() as connection:
            told = select(messages.c.key).where(messages.c.together == key)
            wanted = alerts.c.key.in_(told) & alerts.c.resolved_at.is_(None) | (alerts.c.key == key)
            rows = connection.execute(select(alerts).where(wanted).order_by(alerts.c.fired_at, alerts.c.key)).all()
            if not rows and connection.execute(told.limit(1)).one_or_none() is None:
                raise NotFound(f"there is no alert {key!r}", mend="`leeway alerts` lists them")
            if all(row.resolved_at is not None for row in rows):
                raise Conflict(f"the alert {key!r} is resolved already", mend="there is nothing left to take")
            own = alerts.c.key.in_([row.key for row in rows])
            taken = {"acknowledged_at": at, "acknowledged_by": by}
            connection.execute(update(alerts).where(own & alerts.c.acknowledged_at.is_(None)).values(taken))
            found = connection.execute(select(alerts).where(own).order_by(alerts.c.fired_at, alerts.c.key))
            return tuple(map(alert_of, found.all()))


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
