"""The names of all series of objectives and what they mean: one table, for `/metrics` and for who reads the past.

A value is told of one assessment, exact, or along a course, in floating point; what is unknown is None or NaN there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from leeway.core.assess import AT_RISK, Assessment, Health
from leeway.core.burn import SPANS
from leeway.core.course import Course
from leeway.core.objective import Objective
from leeway.core.points import Floats
from leeway.core.stats import wilson

Told = Fraction | float | None
OWN = ("service", "slo", "objective")
"""The labels of every series of an objective."""

CLOSE = 1e-12
"""What is so close to a threshold lies on it: a budget spent to the last event is exhausted, whatever floats say."""


@dataclass(frozen=True, slots=True)
class Along:
    """An objective's course; `doubt` is so much of its bad as may be good, 0 where every count is exact."""

    objective: Objective
    course: Course
    doubt: Floats


@dataclass(frozen=True, slots=True)
class Family:
    """One name: a series for each of `values` of its `label`, or one without."""

    name: str
    told: str
    at: Callable[[Assessment], tuple[Told, ...]]
    along: Callable[[Along], tuple[Floats, ...]]
    label: str = ""
    values: tuple[str, ...] = ("",)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels."""
        return (*OWN, self.label) if self.label else OWN

    def of(self, assessment: Assessment) -> Iterator[tuple[str, float]]:
        """What is known at one moment: its own label's value, and the float nearest to the exact number."""
        for value, told in zip(self.values, self.at(assessment), strict=True):
            if told is not None:
                yield value, float(told)


def _interval(along: Along) -> tuple[Floats, ...]:
    course = along.course
    low, high = np.full(len(course.at), np.nan), np.full(len(course.at), np.nan)
    for place in np.flatnonzero(course.total > 0):
        total = float(course.total[place])
        good = total - float(course.bad[place])
        worst, best = wilson(good, total), wilson(good + float(along.doubt[place]), total)
        if worst is not None and best is not None:
            low[place], high[place] = worst.low, best.high
    return low, high


def _sli(along: Along) -> tuple[Floats, ...]:
    course = along.course
    none = np.full(len(course.at), np.nan)
    return (np.divide(course.total - course.bad, course.total, out=none, where=course.total > 0),)


def _unknown(course: Course) -> NDArray[np.bool_]:
    """Nothing came, or nothing of it counts."""
    return ~((course.coverage > 0) & (course.total > 0))


def _states(along: Along) -> tuple[Floats, ...]:
    course = along.course
    unknown = _unknown(course)
    gone = ~unknown & (course.remaining_ratio <= CLOSE)
    risky = ~unknown & ~gone & (course.remaining_ratio < float(AT_RISK) - CLOSE)
    found = {Health.NO_DATA: unknown, Health.EXHAUSTED: gone, Health.AT_RISK: risky}
    healthy = ~(unknown | gone | risky)
    return tuple(found.get(state, healthy).astype(np.float64) for state in Health)


FAMILIES = (
    Family(
        "leeway_target_ratio",
        "The share that has to be good.",
        lambda one: (one.objective.target,),
        lambda one: (np.full(len(one.course.at), float(one.objective.target)),),
    ),
    Family("leeway_sli_ratio", "Good / total in the window.", lambda one: (one.budget.sli,), _sli),
    Family(
        "leeway_sli_interval_ratio",
        "Where the SLI lies with 95 % confidence (Wilson).",
        lambda one: (one.interval.low, one.interval.high) if one.interval else (None, None),
        _interval,
        "bound",
        ("low", "high"),
    ),
    Family(
        "leeway_error_budget_remaining_ratio",
        "Remaining / allowed; below zero when overspent.",
        lambda one: (one.budget.remaining_ratio,),
        lambda one: (one.course.remaining_ratio,),
    ),
    Family(
        "leeway_error_budget_consumed_ratio",
        "Consumed / allowed; above one when overspent.",
        lambda one: (one.budget.consumed_ratio,),
        lambda one: (1 - one.course.remaining_ratio,),
    ),
    Family(
        "leeway_error_budget_exhaustion_seconds",
        "Until nothing remains if the burn of the last hour goes on; absent while nothing burns.",
        lambda one: (one.time_to_exhaustion_s,),
        lambda one: (np.where(_unknown(one.course), np.nan, one.course.exhaustion_s),),
    ),
    Family(
        "leeway_good_in_window",
        "What was good in the window: events or slices.",
        lambda one: (one.budget.good,),
        lambda one: (one.course.total - one.course.bad,),
    ),
    Family(
        "leeway_bad_in_window",
        "What was bad in the window: events or slices.",
        lambda one: (one.budget.bad,),
        lambda one: (one.course.bad,),
    ),
    Family(
        "leeway_total_in_window",
        "What counted in the window: events or slices.",
        lambda one: (one.budget.total,),
        lambda one: (one.course.total,),
    ),
    Family(
        "leeway_coverage_ratio",
        "Elapsed steps of the window that have data.",
        lambda one: (one.coverage,),
        lambda one: (one.course.coverage,),
    ),
    Family(
        "leeway_burn_rate",
        "Bad share of the span / allowed share.",
        lambda one: tuple(one.burn_rates[span] for span in SPANS),
        lambda one: tuple(one.course.burn),
        "span",
        tuple(SPANS),
    ),
    Family(
        "leeway_state",
        "1 for the state that the objective is in.",
        lambda one: tuple(float(state is one.health) for state in Health),
        _states,
        "state",
        tuple(state.value for state in Health),
    ),
)

ALERT_UP = ("leeway_alert_up", "1 while an alert is up.")
ALERT_LABELS = (*OWN, "policy", "severity")
