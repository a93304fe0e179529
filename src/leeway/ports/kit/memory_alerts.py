"""`leeway.ports.alerts.AlertStore` in memory: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from leeway.errors import Conflict, NotFound
from leeway.ports.alerts import Alert, Delivery, Outgoing, Standing, Taken, Turn, Watch


@dataclass
class _Held:
    outgoing: Outgoing
    due_at: float | None
    attempts: int = 0
    sent_at: float | None = None
    reference: str = ""
    error: str = ""


class MemoryAlerts:
    """Nothing survives it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standings: dict[Watch, Standing] = {}
        self._alerts: dict[str, Alert] = {}
        self._messages: list[_Held] = []

    def standings(self) -> dict[Watch, Standing]:
        """A copy."""
        with self._lock:
            return dict(self._standings)

    def record(self, turns: Sequence[Turn]) -> None:
        """All of it."""
        with self._lock:
            for turn in turns:
                self._standings[turn.watch] = turn.standing
                if turn.alert is not None:
                    known = self._alerts.get(turn.alert.key, turn.alert)
                    self._alerts[turn.alert.key] = replace(
                        turn.alert, acknowledged_at=known.acknowledged_at, acknowledged_by=known.acknowledged_by
                    )
                self._messages += [_Held(one, one.due_at) for one in turn.outgoing]

    def forget(self, watches: Sequence[Watch], at: int) -> None:
        """Standings go, alerts end."""
        with self._lock:
            for watch in watches:
                self._standings.pop(watch, None)
                for key, alert in self._alerts.items():
                    if (alert.goal, alert.policy) == watch and alert.resolved_at is None:
                        self._alerts[key] = replace(alert, resolved_at=at)

    def alert(self, key: str) -> Alert | None:
        """None if there is none."""
        return self._alerts.get(key)

    def alerts(self, *, slo: str | None = None, up: bool = False, limit: int = 100) -> tuple[Alert, ...]:
        """The newest first."""
        with self._lock:
            found = [
                one
                for one in self._alerts.values()
                if (slo is None or one.slo == slo) and not (up and one.resolved_at is not None)
            ]
        return tuple(sorted(found, key=lambda one: (-one.fired_at, one.key))[:limit])

    def lasted(self, watch: Watch, limit: int = 500) -> tuple[Alert, ...]:
        """The newest first."""
        own = [one for one in self.alerts(limit=len(self._alerts)) if (one.goal, one.policy) == watch]
        return tuple(one for one in own if one.resolved_at is not None)[:limit]

    def acknowledge(self, key: str, *, by: str, at: float) -> Alert:
        """The first one counts."""
        with self._lock:
            alert = self._alerts.get(key)
            if alert is None:
                raise NotFound(f"there is no alert {key!r}")
            if alert.resolved_at is not None:
                raise Conflict(f"the alert {key!r} is resolved already")
            if alert.acknowledged_at is None:
                alert = self._alerts[key] = replace(alert, acknowledged_at=at, acknowledged_by=by)
            return alert

    def take(self, now: float, *, lease_s: float, limit: int) -> tuple[Taken, ...]:
        """The oldest due first."""
        with self._lock:
            due = [(one.due_at, number) for number, one in enumerate(self._messages) if one.due_at is not None]
            taken = []
            for _, number in sorted(each for each in due if each[0] <= now)[:limit]:
                one = self._messages[number]
                out = one.outgoing
                taken.append(Taken(number, out.recipient, out.message, one.attempts, out.due_at))
                one.due_at, one.attempts = now + lease_s, one.attempts + 1
            return tuple(taken)

    def delivered(self, number: int, *, at: float, reference: str) -> None:
        """Never due again."""
        one = self._messages[number]
        one.due_at, one.sent_at, one.reference, one.error = None, at, reference, ""

    def postpone(self, number: int, *, error: str, until: float | None) -> None:
        """Due then, or given up."""
        one = self._messages[number]
        one.due_at, one.error = until, error

    def deliveries(self, key: str) -> tuple[Delivery, ...]:
        """Oldest first."""
        return tuple(
            Delivery(
                one.outgoing.recipient,
                key,
                one.outgoing.message.event.value,
                one.outgoing.message.title,
                one.outgoing.due_at,
                one.attempts,
                one.sent_at,
                one.reference,
                one.error,
            )
            for one in self._messages
            if one.outgoing.message.key == key
        )
