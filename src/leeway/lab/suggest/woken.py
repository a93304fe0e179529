"""Whom a target would have woken: the default alert policies over a series' whole past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from leeway.core.alerting import presets
from leeway.core.alerting.conditions import SEEN
from leeway.core.alerting.policy import Policy, Severity
from leeway.core.alerting.sums import PastSums
from leeway.core.judge import judge
from leeway.core.objective import DAY_S, Method, Objective, Threshold
from leeway.core.track import Track
from leeway.core.window import Rolling, Span
from leeway.lab.backtest import HOUR_S, backtest
from leeway.lab.suggest.series import Series


@dataclass(frozen=True, slots=True)
class Woken:
    """Pages and tickets that would have been sent; None where the rows are too coarse, or too few, to tell."""

    pages: int | None
    tickets: int | None


def goal(target: Fraction, window_s: int, threshold: Threshold | None = None) -> Objective:
    """The objective that a suggestion is: its events over a rolling window."""
    return Objective("main", Method.OCCURRENCES, target, Rolling(window_s), threshold=threshold)


def woken(series: Series, objective: Objective) -> Woken:
    """As `leeway backtest` counts them. A pair of windows that is shorter than a row cannot be tried."""
    if series.step_s >= DAY_S or series.covered < SEEN:
        return Woken(None, None)
    default = presets.default(objective.window.longest_s, objective.allowed_share)
    policies = [judged for one in default if (judged := _judged(one, series.step_s)).groups]
    track = Track.of(
        judge(objective, series.points, Span(series.born, series.end), born=series.born), series.points.time
    )
    sums = PastSums.of(
        objective,
        track,
        at := np.arange(series.born, series.end, series.step_s) + series.step_s,
        born=series.born,
        step_s=series.step_s,
        scale=series.points.scale,
        reach_s=max((span for one in policies for span in one.spans_s), default=0) + HOUR_S,
    )
    sent = [one.severity for one in backtest(policies, sums, at) if one.suppressed_by is None]

    def told(severity: Severity) -> int | None:
        wanted, tried = (any(one.severity is severity for one in some) for some in (default, policies))
        return sent.count(severity) if tried or not wanted else None

    return Woken(told(Severity.PAGE), told(Severity.TICKET))


def _judged(policy: Policy, step_s: int) -> Policy:
    """The policy with those of its groups whose spans hold a whole step each."""
    groups = tuple(
        group for group in policy.groups if all(span >= step_s for condition in group for span in condition.spans_s)
    )
    return replace(policy, groups=groups)
