"""What a chart shows beside its curves: thresholds, the even line, the forecast, and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leeway.core.alerting.policy import Burn, Severity
from leeway.core.alerting.silence import Silence, Subject
from leeway.core.window import Span
from leeway.engine.alerts.watch import Watched
from leeway.engine.charts.curves import Curves
from leeway.engine.goal import Goal
from leeway.engine.views import Foreseen
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation


@dataclass(frozen=True, slots=True)
class Threshold:
    """A burn rate at which a policy pages or opens a ticket, if it is so over the long and the short span."""

    policy: str
    severity: Severity
    burn_rate: float
    long_s: int
    short_s: int | None


@dataclass(frozen=True, slots=True)
class Left:
    """What will remain of the budget at a time, as ratios: the middle, and bands of 80 and 95 %; None if unknown."""

    at: int
    middle: float | None
    band80: tuple[float, float] | None
    band95: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves of one objective with all that is drawn around them.

    `ahead` are the two ends of the forecast: when it was made, and its horizon; none if nothing is foreseen.
    """

    goal: Goal
    curves: Curves
    thresholds: tuple[Threshold, ...]
    ahead: tuple[Left, ...]
    alerts: tuple[Alert, ...]
    silences: tuple[Silence, ...]
    annotations: tuple[Annotation, ...]


def thresholds(watched: Watched) -> tuple[Threshold, ...]:
    """Those of its policies, as often as they state one."""
    return tuple(
        Threshold(watch.policy.name, watch.policy.severity, float(one.threshold), one.long_s, one.short_s)
        for watch in watched.watches
        for group in watch.policy.groups
        for one in group
        if isinstance(one, Burn)
    )


def ahead(foreseen: Foreseen | None) -> tuple[Left, ...]:
    """From what is left when a forecast was made to what it leaves at its horizon; may be below zero."""
    if foreseen is None or foreseen.forecast.point is None:
        return ()
    one, point = foreseen.forecast, foreseen.forecast.point
    bands = [None if band is None else (1 - band.high, 1 - band.low) for band in (one.band80, one.band95)]
    now = 1 - one.spent
    certain = [None if band is None else (now, now) for band in bands]
    return Left(foreseen.at, now, *certain), Left(foreseen.until, 1 - point, *bands)


def of_time(alerts: Iterable[Alert], goal: Goal, span: Span) -> tuple[Alert, ...]:
    """Those of the objective that were up at any time of the span, in the order of firing."""
    found = (
        one
        for one in alerts
        if one.objective == goal.objective.name
        and one.fired_at <= span.end
        and (one.resolved_at is None or one.resolved_at > span.start)
    )
    return tuple(sorted(found, key=lambda one: (one.fired_at, one.key)))


def about(silences: Sequence[Silence], watched: Watched, span: Span) -> tuple[Silence, ...]:
    """Silences of any of its policies that touch the span or begin later, by when they begin."""
    goal = watched.goal
    subjects = [Subject(goal.slo, goal.service, each.policy.name, watched.labels) for each in watched.watches]
    found = (
        one
        for one in silences
        if one.length_s > 0 and one.ends_at > span.start and any(one.scope.covers(each) for each in subjects)
    )
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.number)))
