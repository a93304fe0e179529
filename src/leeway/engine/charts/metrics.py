"""What a chart can show of an objective, worked out at many moments of its track."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import SupportsFloat

import numpy as np

from leeway.core.assess import Assessment, assess
from leeway.core.budget import budget
from leeway.core.burn import SPANS
from leeway.core.course import burn_rates, coverage, ratio, window_sums
from leeway.core.moments import Moments
from leeway.core.points import Floats, Ints
from leeway.core.tally import Tally, units
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.engine.catalog import STEP_S
from leeway.engine.goal import Goal

OF_WINDOW = ("remaining", "window_sli", "coverage")
"""Of the window that ends at the moment, or holds it."""

OF_STEP = ("good", "bad", "total", "sli")
"""Of the slices that were over within the step before the moment; events, or slices."""

BURN_DOWN = "burn_down"
"""What was left of the present window's budget: see `burn_down`."""

BEFORE = "burn_down_before"
"""What was left of the budget of the window before, as long after its start: see `window_before`."""

BURNS: Mapping[str, int] = {f"burn_{name}": length for name, length in SPANS.items()}
METRICS = (*OF_WINDOW, BURN_DOWN, BEFORE, *OF_STEP, *BURNS)

Told = dict[str, Floats]


def along(goal: Goal, track: Track, at: Ints, metrics: Sequence[str], step_s: int) -> Told:
    """These metrics, and perhaps others; NaN where nothing counts, or nothing came."""
    objective, lasts_s = goal.objective, goal.objective.slice_s or STEP_S
    reach_s = max(step_s + lasts_s, *(BURNS.get(name, 0) for name in metrics), 0)
    moments = Moments.of(objective, track, at, step_s=STEP_S, reach_s=reach_s)
    told = {name: burn_rates(objective, moments, BURNS[name], goal.scale) for name in metrics if name in BURNS}
    if any(name in OF_WINDOW for name in metrics):
        sums = window_sums(objective, moments, goal.scale)
        told["remaining"] = np.where(sums.total > 0, sums.remaining_ratio, np.nan)
        told["window_sli"] = ratio(sums.total - sums.bad, sums.total)
        told["coverage"] = coverage(moments, STEP_S)
    if any(name in OF_STEP for name in metrics):
        quanta = units(objective.method, goal.scale)
        bad, total = moments.spent(at - step_s - lasts_s + STEP_S)
        known = (total > 0) | (moments.rows(at - step_s) > 0)
        told |= _of_step(np.where(known, bad / quanta.bad, np.nan), np.where(known, total / quanta.total, np.nan))
    return told


def singly(goal: Goal, track: Track, at: Ints, metrics: Sequence[str], step_s: int) -> Told:
    """The same for slices of a day or longer, whose track is that of one moment."""
    moment = int(at[0])
    found = assess(goal.objective, moment, track.tally, step_s=STEP_S, scale=goal.scale)
    told = {name: _one(found.burn_rates[name.removeprefix("burn_")]) for name in metrics if name in BURNS}
    spent, counts = found.budget, found.budget.total > 0
    told["remaining"] = _one(spent.remaining_ratio if counts else None)
    told["window_sli"], told["coverage"] = _one(spent.sli), _one(found.coverage)
    quanta, step = units(goal.objective.method, goal.scale), _step_of(found, track, step_s)
    bad, total = (step.bad / quanta.bad, step.total / quanta.total) if step.covered or step.total else (np.nan, np.nan)
    return told | _of_step(np.array([bad]), np.array([total]))


def _step_of(found: Assessment, track: Track, step_s: int) -> Tally:
    """What was over within the step, on the grid of this moment's window; no longer than the window."""
    lasts_s = found.objective.slice_s or STEP_S
    end = found.as_of - lasts_s + 1
    tally = track.tally(Span(max(found.window.start, end - step_s), max(found.window.start, end)))
    rows = track.tally(Span(found.as_of - step_s, found.as_of)).covered
    return Tally(tally.bad, tally.total, rows)


def window_before(goal: Goal, window: Span) -> tuple[int, Span]:
    """The window that ends where this one starts, and a moment whose window it is."""
    objective = goal.objective
    moment = window.start if objective.window.at(window.start).end == window.start else window.start - 1
    return moment, objective.window.at(moment)


def burn_down(goal: Goal, track: Track, at: Ints, window: Span, until: int) -> Floats:
    """What was left of this window's budget when its slices had spent so much, of what it allows in all, as known now.

    What it allows is counted `until` a moment. As the sparkline beside an SLO. NaN outside of the window, and until
    something counts.
    """
    quanta, lasts_s = units(goal.objective.method, goal.scale), goal.objective.slice_s or STEP_S
    tally = track.tally(Span(window.start, max(window.start, until)))
    allowed = float(budget(goal.objective, tally, window, goal.scale).allowed)
    first = int(np.searchsorted(track.start, window.start))
    over = np.maximum(first, np.searchsorted(track.start, at - lasts_s, side="right"))
    counts = (at > window.start) & (at <= window.end) & (track.total[over] > track.total[first]) & (allowed > 0)
    left = 1 - (track.bad[over] - track.bad[first]) / quanta.bad / (allowed or np.nan)
    remaining: Floats = np.where(counts, left, np.nan)
    return remaining


def _of_step(bad: Floats, total: Floats) -> Told:
    return {"good": total - bad, "bad": bad, "total": total, "sli": ratio(total - bad, total)}


def _one(value: SupportsFloat | None) -> Floats:
    return np.array([np.nan if value is None else float(value)])
