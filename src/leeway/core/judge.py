"""From points to judged slices: what each slice of time adds to an objective's budget, by the objective's method.

- Occurrences: every event counts where it happened; there are no slices beyond the data's own steps.
- Timeslices: a slice is good if good/total of its events is at least the slice target, exactly compared.
- RatioTimeslices: a slice is as bad as its share of bad events, every slice weighing the same.
- TrafficWeightedTimeslices: slices are judged as Timeslices; their events are what is good or bad.

A slice whose events sum to nothing is *unknown*, whatever else is known of it; the no-data policy, from the slice that
holds the series' first row on, may count it as good, as bad, or as the last slice that had events (carry). A filled
slice carries no events, so it changes no method that counts events.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from leeway.core.cells import Cells
from leeway.core.objective import DAY_S, Method, NoData, Objective, Op, Threshold
from leeway.core.points import Floats, Ints, Points
from leeway.core.tally import RATIO_QUANTA
from leeway.core.window import Span

Flags = NDArray[np.bool_]
States = NDArray[np.int8]


class State(IntEnum):
    """The three states of a slice."""

    UNKNOWN = 0
    GOOD = 1
    BAD = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """Judged slices, ascending by start. `bad` and `total` are quanta of the method (see core.tally.units).

    Slices that count for nothing (unknown and not filled) may be left out. `filled` marks slices that the no-data
    policy decided.
    """

    start: Ints
    state: States
    bad: Ints
    total: Ints
    filled: Flags

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class JudgedMany:
    """What slices (rows) of several series (columns) add; `start` is of the rows, quanta are as in Judged.

    `seen` is 1 where a slice has a point.
    """

    start: Ints
    bad: Ints
    total: Ints
    seen: Ints


def origin(objective: Objective, window: Span) -> int:
    """Where the slice grid is anchored: at the epoch, or at the window's start for slices of a day or longer."""
    return window.start if objective.slice_s is not None and objective.slice_s >= DAY_S else 0


def events(objective: Objective, points: Points) -> tuple[Ints, Ints]:
    """Good and total events per point, in the series' quanta; a raw value is one event, judged by its threshold."""
    if objective.threshold is None:
        return points.good, points.total
    if points.value is None:
        raise ValueError("an objective with a threshold needs raw values")
    good = passes(objective.threshold, points.value).astype(np.int64) * points.scale
    return good, np.full(len(points), points.scale, np.int64)


def passes(threshold: Threshold, value: Floats) -> Flags:
    """Which values are good. NaN never is."""
    match threshold.op:
        case Op.LTE:
            return value <= threshold.value
        case Op.GTE:
            return value >= threshold.value
        case Op.LT:
            return value < threshold.value
        case Op.GT:
            return value > threshold.value
    assert_never(threshold.op)


def judge(objective: Objective, points: Points, span: Span, *, born: int | None, grid: int = 0) -> Judged:
    """The slices that start in `span` and end by its end, judged.

    `points` must reach back from the span's start by the carry limit when the policy is carry. `born` is the time of
    the series' first row ever (None: it has none, nothing is filled); `grid` is the slice grid's origin.
    """
    good, total = events(objective, points)
    if objective.slice_s is None:
        inside = (points.time >= span.start) & (points.time < span.end)
        return _occurrences(points.time[inside], good[inside], total[inside])
    slices = _sum(points, (good, total), objective.slice_s, _reaching(objective, span), born, grid)
    judged = _judge(objective, slices)
    keep = slice(int(np.searchsorted(judged.start, span.start)), None)
    return Judged(judged.start[keep], judged.state[keep], judged.bad[keep], judged.total[keep], judged.filled[keep])


def judge_many(
    objective: Objective, points: Points, column: Ints, span: Span, *, born: Ints, step_s: int
) -> JudgedMany:
    """As `judge` for as many series as `born` has, all judged alike, on the grid of the epoch; Occurrences by steps.

    The span is whole steps. `column` tells of each point whose it is; points lie in any order. `born` is NEVER for a
    series without rows.
    """
    slice_s = objective.slice_s or step_s
    reaching = _reaching(objective, span)
    first = -(-reaching.start // slice_s)
    count = max(0, reaching.end // slice_s - first)
    start = (first + np.arange(count, dtype=np.int64)) * slice_s
    good, total = events(objective, points)
    cells = Cells.of(points.time // slice_s - first, column, (count, len(born)))
    if objective.slice_s is None:
        return JudgedMany(start, cells.sum(total - good), cells.sum(total), cells.seen())
    lived = start[:, None] > born - slice_s
    judged = _judge(objective, _Slices(start, cells.sum(good), cells.sum(total), lived))
    keep = slice(int(np.searchsorted(start, span.start)), None)
    return JudgedMany(start[keep], judged.bad[keep], judged.total[keep], cells.seen()[keep])


NEVER = np.iinfo(np.int64).max
"""The birth of a series that has no rows."""


def _reaching(objective: Objective, span: Span) -> Span:
    """The span with what its slices may be filled from."""
    carries = objective.no_data is NoData.CARRY and objective.slice_s is not None
    return Span(span.start - objective.carry_limit_s, span.end) if carries else span


def _occurrences(time: Ints, good: Ints, total: Ints) -> Judged:
    bad = total - good
    return Judged(time, _states(total > 0, bad > 0), bad, total, np.zeros(len(time), np.bool_))


@dataclass(frozen=True, slots=True)
class _Slices:
    """Events summed per slice on a dense grid; before its birth (where not `lived`) a series has none to fill."""

    start: Ints
    good: Ints
    total: Ints
    lived: Flags


def _sum(points: Points, events: tuple[Ints, Ints], slice_s: int, span: Span, born: int | None, grid: int) -> _Slices:
    if born is None:
        none = np.empty(0, np.int64)
        return _Slices(none, none, none, np.empty(0, np.bool_))
    first = max(-((grid - span.start) // slice_s), (born - grid) // slice_s)
    count = max(0, (span.end - grid) // slice_s - first)
    start = grid + (first + np.arange(count, dtype=np.int64)) * slice_s
    at = (points.time - grid) // slice_s - first
    inside = (at >= 0) & (at < count)
    good, total = (_per_slice(at[inside], amount[inside], count) for amount in events)
    return _Slices(start, good, total, np.ones(count, np.bool_))


def _per_slice(at: Ints, amount: Ints, count: int) -> Ints:
    """Exact integer sums of `amount` per index; `at` is ascending."""
    sums = np.zeros(count, np.int64)
    if len(at):
        edges = np.flatnonzero(np.diff(at, prepend=at[0] - 1))
        sums[at[edges]] = np.add.reduceat(amount, edges)
    return sums


def _judge(objective: Objective, slices: _Slices) -> Judged:
    known = slices.total > 0
    bad_events = slices.total - slices.good
    if objective.method is Method.RATIO_TIMESLICES:
        share = np.divide(bad_events, slices.total, out=np.zeros(known.shape), where=known)
        bad = np.rint(share * RATIO_QUANTA).astype(np.int64)
        state = _states(known, bad > 0)
        bad, state, filled = _fill(objective, slices, bad, state, RATIO_QUANTA)
        return Judged(slices.start, state, bad, (known | filled).astype(np.int64), filled)
    if objective.slice_target is None:
        raise ValueError(f"{objective.method} needs a slice target")
    missed = known & ~_at_least(slices.good, slices.total, objective.slice_target)
    state = _states(known, missed)
    bad, state, filled = _fill(objective, slices, missed.astype(np.int64), state, 1)
    if objective.method is Method.TIMESLICES:
        return Judged(slices.start, state, bad, (known | filled).astype(np.int64), filled)
    return Judged(slices.start, state, np.where(missed, slices.total, 0), slices.total, filled)


def _states(known: Flags, bad: Flags) -> States:
    return np.where(known, np.where(bad, State.BAD, State.GOOD), State.UNKNOWN).astype(np.int8)


def _at_least(good: Ints, total: Ints, target: Fraction) -> Flags:
    """good/total ≥ target, exactly: floats decide what is clear, whole numbers what is close. 0/0 is no."""
    share = np.divide(good, total, out=np.full(good.shape, -1.0), where=total > 0)
    result: Flags = share >= float(target)
    close = np.abs(share - float(target)) < 1e-9
    result[close] = good[close].astype(object) * target.denominator >= total[close].astype(object) * target.numerator
    return result


def _fill(objective: Objective, slices: _Slices, bad: Ints, state: States, whole: int) -> tuple[Ints, States, Flags]:
    """Applies the no-data policy to unknown slices; `whole` is the bad of a slice that is all bad."""
    known = slices.total > 0
    unknown = ~known & slices.lived
    match objective.no_data:
        case NoData.EXCLUDE:
            return bad, state, np.zeros(known.shape, np.bool_)
        case NoData.GOOD:
            return bad, np.where(unknown, np.int8(State.GOOD), state), unknown
        case NoData.BAD:
            return np.where(unknown, whole, bad), np.where(unknown, np.int8(State.BAD), state), unknown
        case NoData.CARRY:
            place = np.arange(len(known)).reshape(-1, *(1,) * (known.ndim - 1))
            last = np.maximum.accumulate(np.where(known, place, -1), axis=0)
            age = slices.start[place] - slices.start[last]
            near = unknown & (last >= 0) & (age <= objective.carry_limit_s)
            last = np.maximum(last, 0)
            then_bad, then_state = np.take_along_axis(bad, last, axis=0), np.take_along_axis(state, last, axis=0)
            return np.where(near, then_bad, bad), np.where(near, then_state, state), near
    assert_never(objective.no_data)
