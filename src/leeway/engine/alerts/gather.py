"""Who is told what, now: pure, between what waits in the outbox and what is sent.

- *Needed still?* A fallback is not once the one it stands for was told, an escalation not once somebody has taken the
  alert, neither once it is over; a resolution not for those who were never told that it fired. What was tried already
  goes on: it may have arrived.
- *Again.* Where the far side forgets, an alert is told again under its key until it is over.
- *In order.* A resolution waits for the message that it resolves.
- *Not too much* (`AT_MOST` messages of a severity to one recipient within `WITHIN_S`): when more would have to go out,
  they go out as one that tells of all, under a key of its own, and grows while it has not arrived. Its resolution
  follows when all it told of are over. Of one SLO nobody hears more than `HOURLY` times an hour.

Nothing is left out: what waits is told later, alone or together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from leeway.core.alerting.policy import Severity
from leeway.ports.alerts import Alert, Outgoing
from leeway.ports.channel import Event, Message
from leeway.ports.outbox import RECENT_S, Around, Posted, Settlement
from leeway.spec.routes import Role

AT_MOST = 5
WITHIN_S = 300.0
HOURLY = 6
GROWS_S = 12 * 3_600.0
"""For so long what has not arrived grows; what it tells of last must be tried for long before it is given up too."""

Together = Callable[[str, Sequence[tuple[Posted, Alert | None]]], Message]
"""Words for many: the message with this key that tells of all these in their place."""

Over = Callable[[Message, float], Message]
"""Words for the end, at this time, of all that a message told of."""


def gather(around: Around, now: float, together: Together, over: Over) -> Settlement:
    """What is to be done with everything that is due."""
    desk = _Desk(around, now)
    waiting: defaultdict[tuple[str, Severity], list[Posted]] = defaultdict(list)
    for one in desk.due():
        why = desk.unneeded(one)
        if why:
            desk.drop[one.number] = why
        elif desk.untried(one):
            continue
        elif one.message.event is Event.RESOLVED:
            _end(one, desk)
        elif one.message.event is Event.FIRED and one.sent_at is None:
            waiting[one.recipient, one.message.severity].append(one)
        else:
            desk.send.append(one.number)
    for (recipient, severity), fired in waiting.items():
        _tell(recipient, severity, fired, desk, together)
    _close(desk, over)
    return Settlement(desk.send, desk.drop, desk.together, desk.post, desk.amend)


@dataclass
class _Desk:
    """What is known, and what has been worked out of it so far."""

    around: Around
    now: float
    send: list[int] = field(default_factory=list)
    drop: dict[int, str] = field(default_factory=dict)
    together: dict[int, str] = field(default_factory=dict)
    post: list[Outgoing] = field(default_factory=list)
    amend: dict[int, Message] = field(default_factory=dict)
    ends: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.fired: defaultdict[tuple[str, str], list[Posted]] = defaultdict(list)
        self.got: defaultdict[tuple[str, Severity], list[Posted]] = defaultdict(list)
        self.told_of: defaultdict[tuple[str, str], list[Posted]] = defaultdict(list)
        self.over: set[tuple[str, str]] = set()
        self.beats: defaultdict[str, list[int]] = defaultdict(list)
        for one in self.around.posted:
            if one.message.event is Event.HEARTBEAT:
                self.beats[one.recipient].append(one.number)
            if one.message.event is Event.FIRED:
                self.fired[one.message.key, one.recipient].append(one)
                self.got[one.recipient, one.message.severity].append(one)
                if one.together:
                    self.told_of[one.together, one.recipient].append(one)
            elif one.message.event is Event.RESOLVED and not (one.role is Role.TOGETHER and _dropped(one)):
                self.over.add((one.message.key, one.recipient))

    def due(self) -> Iterator[Posted]:
        """The oldest first."""
        found = (one for one in self.around.posted if one.number in self.around.due)
        return iter(sorted(found, key=lambda one: (one.first_due_at, one.number)))

    def told(self, one: Posted) -> bool:
        """True if it arrived, by itself or together with others."""
        if not one.together:
            return one.sent_at is not None
        return any(each.sent_at is not None for each in self.fired[one.together, one.recipient])

    def unneeded(self, one: Posted) -> str:
        """Why it need not be told any more, "" if it must."""
        match one.message.event:
            case Event.FIRED if one.sent_at is not None:
                return "it is over" if self.ended(one) else ""
            case Event.FIRED if one.role in (Role.FALLBACK, Role.ESCALATION) and not one.attempts:
                return self._spared(one)
            case Event.RESOLVED if not all(map(self.ended, self.told_of[one.message.key, one.recipient])):
                return "not needed yet: what burns joined the message meanwhile"
            case Event.RESOLVED if all(_dropped(each) for each in self._before(one)):
                return "not needed: was never told that it fired"
            case Event.HEARTBEAT if one.number < max(self.beats[one.recipient]):
                return "not needed: there is a newer one"
        return ""

    def _spared(self, one: Posted) -> str:
        """Why somebody who stands behind others need not be told."""
        alert = self.around.alerts.get(one.message.key)
        if self.ended(one):
            return "not needed: it was over before"
        if one.role is Role.ESCALATION and alert is not None and alert.acknowledged_at is not None:
            return f"not needed: taken by {alert.acknowledged_by or 'somebody'}"
        if any(self._told_before(each, one) for each in self.fired[one.message.key, one.recipient]):
            return f"not needed: {one.recipient} is told already"
        first = self.fired[one.message.key, one.stands_for] if one.stands_for else []
        if any(self.told(each) for each in first):
            return f"not needed: {one.stands_for} was told"
        if first and all(_dropped(each) for each in first):
            return f"not needed: nor was {one.stands_for}"
        return ""

    def _told_before(self, other: Posted, one: Posted) -> bool:
        """True if the same recipient is told the same for another reason: in place of somebody else too."""
        if other.role is not one.role or other.number == one.number:
            return False
        before = other.number < one.number and other.number in self.around.due and other.number not in self.drop
        return _begun(other) or (before and not self.untried(other))

    def untried(self, one: Posted) -> bool:
        """True while the one that it stands for has not been tried: he is being spared, his channel does not fail."""
        first = self.fired[one.message.key, one.stands_for] if one.stands_for else []
        told_by = [self.fired[each.together, each.recipient] if each.together else [each] for each in first]
        return any(each.due_at is not None and not each.attempts for rows in told_by for each in rows)

    def ended(self, one: Posted) -> bool:
        """True if what it told of is over."""
        alert = self.around.alerts.get(one.message.key)
        return (one.message.key, one.recipient) in self.over or (alert is not None and alert.resolved_at is not None)

    def _before(self, one: Posted) -> list[Posted]:
        """What had to be told of this alert to this recipient by now; what is planned for later is not."""
        return [each for each in self.fired[one.message.key, one.recipient] if not _planned(each, self.now)]

    def waits(self, one: Posted) -> bool:
        """True while the recipient has not heard that what is over fired."""
        return any(_waits(each) and each.number not in self.drop for each in self._before(one))

    def alone(self, one: Posted) -> bool:
        """True if the recipient heard of the alert in a message of its own."""
        return any(not each.together and not _dropped(each) for each in self._before(one))

    def room(self, recipient: str, severity: Severity) -> int:
        """How many more messages may go out now; those under way may arrive."""
        got = self.got[recipient, severity]
        arrived = sum(one.sent_at is not None and self.now - WITHIN_S < one.sent_at <= self.now for one in got)
        return AT_MOST - arrived - sum(one.number not in self.around.due for one in got if _tried(one))

    def often(self, one: Posted) -> bool:
        """True if the recipient has heard of this SLO as often as may be within an hour."""
        slo = one.message.slo
        heard = sum(
            each.sent_at is not None and self.now - RECENT_S < each.sent_at <= self.now and each.message.slo == slo
            for each in self.got[one.recipient, one.message.severity]
        )
        return bool(slo) and heard >= HOURLY


def _tell(recipient: str, severity: Severity, fired: list[Posted], desk: _Desk, together: Together) -> None:
    """One by one while there is room, else in one message: the one that has not arrived yet, if there is one."""
    unread = [one for one in desk.got[recipient, severity] if _open(one)]
    open_one = next((one for one in unread if desk.now - one.first_due_at < GROWS_S), None)
    old = [one.number for one in unread if one is not open_one and one.number in desk.around.due]
    desk.send += old
    singles = [one for one in fired if one.role is not Role.TOGETHER]
    if open_one is not None:
        if open_one.number not in desk.around.due:
            desk.send += [one.number for one in singles if one.attempts]  # they have their place already
            return
        desk.send.append(open_one.number)
        if singles:
            key = open_one.message.key
            members = (*desk.told_of[key, recipient], *singles)
            desk.amend[open_one.number] = together(key, _with_alerts(members, desk))
            desk.together |= {one.number: key for one in singles}
        return
    ready, room = [one for one in singles if not desk.often(one)], desk.room(recipient, severity) - len(old)
    if not ready or room <= 0:
        return
    if len(ready) == 1 or len(ready) < room:
        desk.send += [one.number for one in ready]
        return
    key = f"together:{recipient}/{severity}/{min(one.number for one in singles)}"
    desk.post.append(Outgoing(recipient, together(key, _with_alerts(singles, desk)), desk.now, Role.TOGETHER))
    desk.together |= {one.number: key for one in singles}


def _end(one: Posted, desk: _Desk) -> None:
    """A resolution follows the way of what it resolves."""
    if desk.waits(one):
        return
    desk.ends.add((one.message.key, one.recipient))
    if one.role is Role.TOGETHER or desk.alone(one):
        desk.send.append(one.number)
        return
    fired = desk.fired[one.message.key, one.recipient]
    desk.together[one.number] = next(each.together for each in fired if each.together)


def _close(desk: _Desk, over: Over) -> None:
    """Ends messages that told of several when all of these are over, with the resolution of the last of them."""
    for (key, recipient), members in desk.told_of.items():
        ends = any((each.message.key, recipient) in desk.ends for each in members)
        if ends and (key, recipient) not in desk.over and all(map(desk.ended, members)):
            told = desk.fired[key, recipient]
            desk.post += [Outgoing(recipient, over(one.message, desk.now), desk.now, Role.TOGETHER) for one in told]


def _with_alerts(members: Iterable[Posted], desk: _Desk) -> list[tuple[Posted, Alert | None]]:
    return [(one, desk.around.alerts.get(one.message.key)) for one in members]


def _dropped(one: Posted) -> bool:
    return one.due_at is None and one.sent_at is None and not one.together and not one.attempts


def _planned(one: Posted, now: float) -> bool:
    """True for one who stands behind others, and whose time has not come; else a clock may have been set back."""
    later = one.role in (Role.FALLBACK, Role.ESCALATION) and one.first_due_at > now
    return later and _waits(one) and not one.attempts


def _begun(one: Posted) -> bool:
    return one.attempts > 0 or bool(one.together)


def _tried(one: Posted) -> bool:
    return _waits(one) and one.attempts > 0


def _open(one: Posted) -> bool:
    return one.role is Role.TOGETHER and _waits(one) and one.message.event is Event.FIRED


def _waits(one: Posted) -> bool:
    """True for what has not arrived yet; what is told again has."""
    return one.due_at is not None and one.sent_at is None
