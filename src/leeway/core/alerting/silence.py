"""Silences: for a time, nobody is told of the alerts in their scope. Planned work is a silence that begins later.

A silence keeps alerts from people and from nothing else: they fire, are kept and shown as ever. When it is over, what
still burns is told. Whether it still burns, only data from after the silence can say: a page right after good work,
because the last minutes of the work stand in its windows, would be one that nobody needs. So an alert goes on to wait
until it is met in a window that has left the silence; a page at most for half an hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leeway.core.alerting.decide import linger_s
from leeway.core.alerting.life import Life
from leeway.core.alerting.policy import Policy, Severity

PAGE_WAITS_AT_MOST_S = 30 * 60
"""A page whose policy has no short window cannot tell sooner; a real outage after the work must not wait for longer."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about. `labels` are pairs of key and value, of the SLO and of its service."""

    slo: str
    service: str
    policy: str
    labels: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a silence is about: whatever agrees with all that is said, to the character. Nothing said is everything."""

    slo: str = ""
    service: str = ""
    policy: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def everything(self) -> bool:
        """True if it says nothing."""
        return self == Scope()

    def covers(self, subject: Subject) -> bool:
        """True if the subject is what all parts of the scope say.

        >>> Scope(service="shop").covers(Subject("checkout", "shop", "fast burn"))
        True
        >>> Scope(service="shop", policy="fast").covers(Subject("checkout", "shop", "fast burn"))
        False
        """
        return (
            self.slo in ("", subject.slo)
            and self.service in ("", subject.service)
            and self.policy in ("", subject.policy)
            and subject.labels.issuperset(self.labels)
        )


@dataclass(frozen=True, slots=True)
class Silence:
    """Who asked for it and why, and from when until when: half-open, epoch seconds.

    `ended_by` is who ended it before its time; one that was ended before it began has no length.
    """

    number: int
    scope: Scope
    starts_at: float
    ends_at: float
    who: str
    why: str
    ended_by: str = ""

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.ends_at - self.starts_at

    def holds(self, at: float) -> bool:
        """True while it is in force."""
        return self.starts_at <= at < self.ends_at

    def covers(self, subject: Subject, at: float) -> bool:
        """True while it is in force, of what it is about."""
        return self.holds(at) and self.scope.covers(subject)


def silenced(
    silences: Iterable[Silence], subject: Subject, policy: Policy, life: Life, at: float, now: float
) -> Silence | None:
    """The silence that keeps an alert from people; of several the one that ends last.

    `now` is the time of people, `at` the end of the data that was judged, which may come later.
    """
    mine = [one for one in silences if one.starts_at <= now and one.length_s > 0 and one.scope.covers(subject)]
    last = max(mine, key=lambda one: one.ends_at, default=None)
    if last is None or last.holds(now):
        return last
    passed = at - last.ends_at
    waits_s = linger_s(policy)
    if policy.severity is Severity.PAGE:
        waits_s = min(waits_s, PAGE_WAITS_AT_MOST_S)
    return None if passed >= waits_s or _met_within(policy, life, passed) else last


def _met_within(policy: Policy, life: Life, span_s: float) -> bool:
    """True if a group is met whose shortest window is no longer than the span."""
    place = 0
    for group in policy.groups:
        met = [since is not None for since in life.met_since[place : place + len(group)]]
        place += len(group)
        if met and all(met) and min((min(one.spans_s) for one in group if one.spans_s), default=0) <= span_s:
            return True
    return False
