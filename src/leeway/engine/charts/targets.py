"""What other targets would have meant for an SLO: its past is read and judged once, then any target is told at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from leeway.core.objective import DAY_S, NoData, Objective
from leeway.core.points import Floats, Ints
from leeway.core.targets import Meant, Past, meant, prepare, remaining, telling
from leeway.core.thinning import thinned
from leeway.core.window import Rolling, Span
from leeway.engine.book.increments import as_points
from leeway.engine.catalog import STEP_S
from leeway.engine.goal import Goal
from leeway.errors import Invalid
from leeway.ports.points import PointStore

PAST_S = 90 * DAY_S
"""So long a past is looked at if nothing else is said."""

LONGEST_S = 400 * DAY_S
KEPT = 16
"""Pasts that are kept ready: 3 MB for each 90 days of minutes."""

MOST = 20
"""Targets that are told at once."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Targets to try, none for those worth a look; over a past, and perhaps another window or threshold.

    `most` moments are told of how the budget of the first of them would have gone.
    """

    targets: tuple[Fraction, ...] = ()
    start: int | None = None
    end: int | None = None
    window_s: int | None = None
    threshold: float | None = None
    most: int = 300


@dataclass(frozen=True, slots=True)
class Tried:
    """What they would have meant; `at` and `remaining` are of the first that was asked for, else of the SLO's own."""

    objective: Objective
    span: Span
    full: bool
    targets: tuple[Meant, ...]
    curve_of: Fraction
    at: Ints
    remaining: Floats


class Trials:
    """Keeps the pasts that were asked for last."""

    def __init__(self, points: PointStore) -> None:
        self._points = points
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, Objective, Span, int], Past] = OrderedDict()

    def tried(self, goal: Goal, head: int, edition: int, asked: WhatIf) -> Tried:
        """Up to `head` at most, of the points of this edition of the book. Blocking. Raises Invalid."""
        objective = _wanted(goal, asked)
        end = head if asked.end is None else min(head, asked.end - asked.end % STEP_S)
        start = end - PAST_S if asked.start is None else max(asked.start, end - LONGEST_S)
        span = Span(min(start, end), end)
        past = self._past(goal, objective, span, edition)
        shown = asked.targets[0] if asked.targets else goal.objective.target
        left = remaining(past, shown)
        chosen = thinned([left], asked.most)
        targets = asked.targets or telling(past, goal.objective.target)
        found = tuple(meant(past, one) for one in targets)
        return Tried(objective, span, past.full, found, shown, past.at[chosen], left[chosen])

    def _past(self, goal: Goal, objective: Objective, span: Span, edition: int) -> Past:
        key = goal.series, replace(objective, target=Fraction(0)), span, edition
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        reach = (objective.carry_limit_s if objective.no_data is NoData.CARRY else 0) + (objective.slice_s or 0)
        first = objective.window.at(span.start).start - reach
        rows = as_points(self._points.read(goal.series, Span(min(first, span.end), span.end)), goal)
        past = prepare(objective, rows, span.start, span.end, step_s=STEP_S)
        with self._lock:
            self._kept[key] = past
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return past


def _wanted(goal: Goal, asked: WhatIf) -> Objective:
    objective = goal.objective
    if not goal.in_ledger:
        raise Invalid(
            f"SLO {goal.slo} has slices of a day or longer, whose past depends on the window",
            mend="try targets of an SLO with shorter ones",
        )
    if len(asked.targets) > MOST:
        raise Invalid(f"{len(asked.targets)} targets at once", place="targets", mend=f"take {MOST} or fewer")
    for one in asked.targets:
        if not 0 < one < 1:
            raise Invalid(f"{float(one)} is no target", place="targets", mend="write a share below 1, as 0.999")
    if asked.window_s is not None:
        shortest = objective.slice_s or STEP_S
        if asked.window_s % shortest or not 0 < asked.window_s <= LONGEST_S:
            mend = f"take a multiple of {shortest} s, of 400 days at most"
            raise Invalid(f"a window of {asked.window_s} s cannot be tried", place="window", mend=mend)
        objective = replace(objective, window=Rolling(asked.window_s))
    if asked.threshold is not None:
        if objective.threshold is None or not np.isfinite(asked.threshold):
            mend = "only an SLO of values has one, a finite number"
            raise Invalid("there is no such threshold", place="threshold", mend=mend)
        objective = replace(objective, threshold=replace(objective.threshold, value=asked.threshold))
    if asked.start is not None and asked.end is not None and asked.start >= asked.end:
        raise Invalid("the span ends before it starts", place="from, to", mend="swap them")
    return objective
