"""`AlertStore` and `Outbox` in memory: for tests, and the plainest reading of the two protocols."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.errors import Conflict, NotFound
from leeway.ports.alerts import Alert, Outgoing, Standing, Turn, Watch
from leeway.ports.channel import Event, Message
from leeway.ports.outbox import Around, Delivery, Heard, Posted, Settlement, Taken, Waiting


@dataclass
class _Held:
    outgoing: Outgoing
    due_at: float | None
    attempts: int = 0
    sent_at: float | None = None
    reference: str = ""
    error: str = ""
    together: str = ""
    notes: tuple[str, ...] = ()


class MemoryAlerts:
    """Both in one. Nothing survives it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standings: dict[Watch, Standing] = {}
        self._alerts: dict[str, Alert] = {}
        self._messages: dict[int, _Held] = {}
        self._numbers = itertools.count()

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
                self._post(turn.outgoing)
            for turn in turns:
                for message in turn.ended:
                    self._end(message)

    def forget(self, watches: Sequence[Watch], at: int, ended: Sequence[Message] = ()) -> None:
        """Standings go, alerts end."""
        with self._lock:
            for watch in watches:
                self._standings.pop(watch, None)
                for key, alert in self._alerts.items():
                    if (alert.goal, alert.policy) == watch and alert.resolved_at is None:
                        self._alerts[key] = replace(alert, resolved_at=at)
            for message in ended:
                self._end(message)

    def _end(self, message: Message) -> None:
        names = {one.outgoing.recipient for one in self._messages.values() if one.outgoing.message.key == message.key}
        self._post(Outgoing(name, message, message.at) for name in sorted(names))

    def _post(self, outgoing: Iterable[Outgoing]) -> None:
        self._messages.update((next(self._numbers), _Held(one, one.due_at)) for one in outgoing)

    def remember(self, past: Sequence[Alert]) -> frozenset[str]:
        """Those with new keys."""
        with self._lock:
            new = {one.key: one for one in past if one.key not in self._alerts}
            self._alerts |= new
            return frozenset(new)

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
        fired = (one for one in own if one.suppressed_by is not Suppression.DOUBT)
        return tuple(one for one in fired if one.resolved_at is not None)[:limit]

    def acknowledge(self, key: str, *, by: str, at: float) -> tuple[Alert, ...]:
        """The first one counts."""
        with self._lock:
            told = {one.outgoing.message.key for one in self._messages.values() if one.together == key}
            found = [self._alerts[each] for each in (key, *sorted(told)) if each in self._alerts]
            if not found:
                raise NotFound(f"there is no alert {key!r}")
            burning = [each for each in found if each.resolved_at is None]
            if not burning:
                raise Conflict(f"the alert {key!r} is resolved already")
            for each in burning:
                if each.acknowledged_at is None:
                    self._alerts[each.key] = replace(each, acknowledged_at=at, acknowledged_by=by)
            return tuple(self._alerts[each.key] for each in sorted(burning, key=lambda one: (one.fired_at, one.key)))

    def around(self, now: float, *, limit: int) -> Around:
        """All there is."""
        with self._lock:
            due = [(one.due_at, number) for number, one in self._messages.items() if one.due_at is not None]
            waiting = [number for _, number in sorted(each for each in due if each[0] <= now)]
            ready: list[int] = []
            while waiting:
                ready += waiting[:limit]
                seen = {self._to(number) for number in ready}
                waiting = [number for number in waiting[limit:] if self._to(number) not in seen]
            return Around(frozenset(ready), tuple(map(self._posted, self._messages)), dict(self._alerts))

    def _to(self, number: int) -> str:
        return self._messages[number].outgoing.recipient

    def settle(self, settlement: Settlement, now: float, *, lease_s: float) -> tuple[Taken, ...]:
        """All, if all is still due."""
        with self._lock:
            due = ((number, one.due_at) for number, one in self._messages.items())
            if settlement.numbers - {number for number, due_at in due if due_at is not None and due_at <= now}:
                return ()
            for number in settlement.drop:
                self._messages[number].due_at, self._messages[number].error = None, settlement.drop[number]
            for number in settlement.together:
                self._messages[number].due_at, self._messages[number].together = None, settlement.together[number]
            for number in settlement.amend:
                held = self._messages[number]
                held.outgoing = replace(held.outgoing, message=settlement.amend[number])
            self._post(settlement.post)
            taken = []
            for number in sorted(settlement.send):
                held = self._messages[number]
                out = held.outgoing
                again = held.sent_at is not None
                taken.append(Taken(number, out.recipient, out.message, held.attempts, out.due_at, again))
                held.due_at, held.attempts = now + lease_s, held.attempts + 1
            return tuple(taken)

    def _posted(self, number: int) -> Posted:
        one = self._messages[number]
        out = one.outgoing
        return Posted(
            number,
            out.recipient,
            out.message,
            out.due_at,
            one.due_at,
            out.role,
            out.stands_for,
            one.attempts,
            one.sent_at,
            one.together,
        )

    def delivered(
        self, number: int, *, at: float, reference: str, notes: tuple[str, ...] = (), again_at: float | None = None
    ) -> None:
        """Never due again, or then."""
        one = self._messages[number]
        one.sent_at = at if one.sent_at is None else one.sent_at
        one.due_at, one.reference, one.error, one.notes = again_at, reference, "", notes

    def postpone(self, number: int, *, error: str, until: float | None) -> None:
        """Due then, or given up."""
        one = self._messages[number]
        one.due_at, one.error = until, error

    def prune(self, before: float, *, key: str = "") -> None:
        """Those that wait stay, and those whose end is still to be told."""
        with self._lock:
            up = {one.key for one in self._alerts.values() if one.resolved_at is None}
            up |= {one.together for one in self._messages.values() if one.outgoing.message.key in up}
            for number, one in list(self._messages.items()):
                old, mine = one.due_at is None and one.outgoing.due_at < before, one.outgoing.message.key
                if old and (mine == key if key else mine not in up):
                    del self._messages[number]

    def heard(self, since: float) -> dict[str, Heard]:
        """By looking at every message."""
        around = self.around(0.0, limit=0)
        arrived = {(one.message.key, one.recipient) for one in around.posted if one.sent_at is not None}
        pages: dict[str, set[str]] = {}
        for one in around.posted:
            alert = around.alerts.get(one.message.key)
            came = (one.message.key, one.recipient) in arrived or (one.together, one.recipient) in arrived
            if alert is not None and alert.severity is Severity.PAGE and came and one.first_due_at > since:
                pages.setdefault(one.recipient, set()).add(alert.key)
        return {
            name: Heard(len(keys), sum(around.alerts[key].acknowledged_at is not None for key in keys))
            for name, keys in pages.items()
        }

    def deliveries(self, *keys: str) -> tuple[Delivery, ...]:
        """Oldest first."""
        own = ((number, one) for number, one in self._messages.items() if one.outgoing.message.key in keys)
        return tuple(self._delivery(number, one) for number, one in own)

    def newest(self, *, each: int) -> tuple[Delivery, ...]:
        """By looking at every message."""
        found: dict[str, list[Delivery]] = {}
        for number, one in sorted(self._messages.items(), reverse=True):
            found.setdefault(one.outgoing.recipient, []).append(self._delivery(number, one))
        return tuple(one for name in sorted(found) for one in found[name][:each])

    def waiting(self, now: float) -> Waiting:
        """By looking at every message."""
        late = [
            one
            for one in self._messages.values()
            if one.due_at is not None and one.sent_at is None and one.outgoing.due_at <= now
        ]
        since = min((one.outgoing.due_at for one in late), default=None)
        return Waiting(len(late), sum(bool(one.error) for one in late), since)

    def _delivery(self, number: int, own: _Held) -> Delivery:
        out = own.outgoing
        wanted = own.together, out.recipient, out.message.event
        by = next((one for one in self._messages.values() if _way(one.outgoing) == wanted), own)
        return Delivery(
            out.recipient,
            out.message.key,
            out.message.event.value,
            out.message.title,
            out.due_at,
            by.attempts,
            by.sent_at,
            by.reference,
            by.error,
            out.role,
            own.together,
            by.notes,
            number,
        )


def _way(out: Outgoing) -> tuple[str, str, Event]:
    return out.message.key, out.recipient, out.message.event
