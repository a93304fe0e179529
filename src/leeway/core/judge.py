"""From points to judged slices: what each slice of time adds to an objective's budget, by the objective's method.

- Occurrences: every event counts where it happened; there are no slices beyond the data's own steps.
- Timeslices: a slice is good if good/total of its events is at least the slice target, exactly compared.
- RatioTimeslices: a slice is as bad as its share of bad events, every slice weighing the same.
- TrafficWeightedTimeslices: slices are judged as Timeslices; their events are what is good or bad.

Histograms are counted at the objective's threshold. Where that lies inside a bucket, some events are neither certainly
good nor certainly bad: they count as bad, and beside it as *doubt*. A slice judged good or bad as a whole is in doubt
as a whole if its verdict hangs on them. Everything adds up, so every sum has its bounds: bad − doubt at least, bad at
most.

A slice whose events sum to nothing is *unknown*, whatever else is known of it; the no-data policy, from the slice that
holds the series' first row on, may count it as good, as bad, or as the last slice that had events (carry). A filled
slice carries no events, so it changes no method that counts events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from fractions import Fraction
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from leeway.core.cells import Cells
from leeway.core.histogram import around, counted
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
    policy decided. `doubt` is so much of `bad` as may in truth be good, never more; None where everything is exact.
    """

    start: Ints
    state: States
    bad: Ints
    total: Ints
    filled: Flags
    doubt: Ints | None = None

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, at: slice | Flags) -> Judged:
        doubt = None if self.doubt is None else self.doubt[at]
        return Judged(self.start[at], self.state[at], self.bad[at], self.total[at], self.filled[at], doubt)


@dataclass(frozen=True, slots=True)
class JudgedMany:
    """What slices (rows) of several series (columns) add; `start` is of the rows, quanta are as in Judged.

    `seen` is 1 where a slice has a point.
    """

    start: Ints
    bad: Ints
    total: Ints
    seen: Ints
    doubt: Ints | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """What is certainly good, and all, in quanta; `doubt` is what may be good besides, None if that is nothing."""

    good: Ints
    total: Ints
    doubt: Ints | None = None

    def __getitem__(self, at: Flags) -> Events:
        return Events(self.good[at], self.total[at], None if self.doubt is None else self.doubt[at])

    def summed(self, add: Callable[[Ints], Ints]) -> Events:
        """Each of them added up in the same way."""
        return Events(add(self.good), add(self.total), None if self.doubt is None else add(self.doubt))


def origin(objective: Objective, window: Span) -> int:
    """Where the slice grid is anchored: at the epoch, or at the window's start for slices of a day or longer."""
    return window.start if objective.slice_s is not None and objective.slice_s >= DAY_S else 0


def events(objective: Objective, points: Points) -> Events:
    """The events of each point, in the series' quanta; a raw value is one, judged by the objective's threshold.

    Buckets are closed above, so of histograms `lt` counts as `lte` and `gte` as `gt`.
    """
    if objective.threshold is None:
        return Events(points.good, points.total)
    if points.value is None:
        raise ValueError("an objective with a threshold needs raw values")
    good = passes(objective.threshold, points.value).astype(np.int64) * points.scale
    if points.sketch is None:
        return Events(good, np.full(len(points), points.scale, np.int64))
    held = points.sketch != np.array(None)
    total, doubt = np.where(held, points.total, points.scale), np.zeros_like(good)
    low, high = (each * points.scale for each in counted(points.sketch[held].tolist(), objective.threshold.value))
    if objective.threshold.op in (Op.GT, Op.GTE):
        low, high = total[held] - high, total[held] - low
    good[held], doubt[held] = low, high - low
    return Events(good, total, doubt if doubt.any() else None)


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


def nearest_edges(objective: Objective, points: Points) -> tuple[float, float] | None:
    """The edges around the threshold in the newest histogram that it lies inside a bucket of; None without one."""
    if objective.threshold is None or points.sketch is None:
        return None
    for sketch in points.sketch[::-1]:
        found = None if sketch is None else around(sketch, objective.threshold.value)
        if found is not None:
            return found
    return None


def judge(objective: Objective, points: Points, span: Span, *, born: int | None, grid: int = 0) -> Judged:
    """The slices that start in `span` and end by its end, judged.

    `points` must reach back from the span's start by the carry limit when the policy is carry. `born` is the time of
    the series' first row ever (None: it has none, nothing is filled); `grid` is the slice grid's origin.
    """
    found = events(objective, points)
    if objective.slice_s is None:
        inside = (points.time >= span.start) & (points.time < span.end)
        return _occurrences(points.time[inside], found[inside])
    slices = _sum(points, found, objective.slice_s, _reaching(objective, span), born, grid)
    judged = _judge(objective, slices)
    return judged[int(np.searchsorted(judged.start, span.start)) :]


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
    cells = Cells.of(points.time // slice_s - first, column, (count, len(born)))
    found = events(objective, points).summed(cells.sum)
    if objective.slice_s is None:
        return JudgedMany(start, found.total - found.good, found.total, cells.seen(), found.doubt)
    lived = start[:, None] > born - slice_s
    first = int(np.searchsorted(start, span.start))
    judged = _judge(objective, _Slices(start, found, lived))[first:]
    return JudgedMany(judged.start, judged.bad, judged.total, cells.seen()[first:], judged.doubt)


NEVER = np.iinfo(np.int64).max
"""The birth of a series that has no rows."""


def _reaching(objective: Objective, span: Span) -> Span:
    """The span with what its slices may be filled from."""
    carries = objective.no_data is NoData.CARRY and objective.slice_s is not None
    return Span(span.start - objective.carry_limit_s, span.end) if carries else span


def _occurrences(time: Ints, found: Events) -> Judged:
    bad = found.total - found.good
    return Judged(time, _states(found.total > 0, bad > 0), bad, found.total, np.zeros(len(time), np.bool_), found.doubt)


@dataclass(frozen=True, slots=True)
class _Slices:
    """Events summed per slice on a dense grid; before its birth (where not `lived`) a series has none to fill."""

    start: Ints
    events: Events
    lived: Flags

    @property
    def known(self) -> Flags:
        return self.events.total > 0


def _sum(points: Points, found: Events, slice_s: int, span: Span, born: int | None, grid: int) -> _Slices:
    if born is None:
        none = np.empty(0, np.int64)
        return _Slices(none, Events(none, none), np.empty(0, np.bool_))
    first = max(-((grid - span.start) // slice_s), (born - grid) // slice_s)
    count = max(0, (span.end - grid) // slice_s - first)
    start = grid + (first + np.arange(count, dtype=np.int64)) * slice_s
    at = (points.time - grid) // slice_s - first
    inside = (at >= 0) & (at < count)
    sums = found[inside].summed(lambda amount: _per_slice(at[inside], amount, count))
    return _Slices(start, sums, np.ones(count, np.bool_))


def _per_slice(at: Ints, amount: Ints, count: int) -> Ints:
    """Exact integer sums of `amount` per index; `at` is ascending."""
    sums = np.zeros(count, np.int64)
    if len(at):
        edges = np.flatnonzero(np.diff(at, prepend=at[0] - 1))
        sums[at[edges]] = np.add.reduceat(amount, edges)
    return sums


def _judge(objective: Objective, slices: _Slices) -> Judged:
    known, total = slices.known, slices.events.total
    if objective.method is Method.RATIO_TIMESLICES:
        bad, doubt = _shares(slices.events, known)
        verdicts = _Verdicts(_states(known, bad > 0), bad, doubt, np.zeros(known.shape, np.bool_))
        return _counting_slices(slices, _fill(objective, slices, verdicts, RATIO_QUANTA))
    if objective.slice_target is None:
        raise ValueError(f"{objective.method} needs a slice target")
    missed, doubtful = _missed(slices.events, objective.slice_target, known)
    doubt = None if doubtful is None else doubtful.astype(np.int64)
    verdicts = _Verdicts(_states(known, missed), missed.astype(np.int64), doubt, np.zeros(known.shape, np.bool_))
    verdicts = _fill(objective, slices, verdicts, 1)
    if objective.method is Method.TIMESLICES:
        return _counting_slices(slices, verdicts)
    doubt = None if doubtful is None else np.where(doubtful, total, 0)
    return Judged(slices.start, verdicts.state, np.where(missed, total, 0), total, verdicts.filled, doubt)


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """What slices count; `filled` is True where the no-data policy said so."""

    state: States
    bad: Ints
    doubt: Ints | None
    filled: Flags


def _counting_slices(slices: _Slices, verdicts: _Verdicts) -> Judged:
    total = (slices.known | verdicts.filled).astype(np.int64)
    return Judged(slices.start, verdicts.state, verdicts.bad, total, verdicts.filled, verdicts.doubt)


def _shares(found: Events, known: Flags) -> tuple[Ints, Ints | None]:
    """The bad share of each slice in quanta, and how much of it is in doubt."""

    def share(bad: Ints) -> Ints:
        ratio: Floats = np.divide(bad, found.total, out=np.zeros(known.shape), where=known)
        return np.rint(ratio * RATIO_QUANTA).astype(np.int64)

    bad = share(found.total - found.good)
    return bad, None if found.doubt is None else bad - share(found.total - found.good - found.doubt)


def _missed(found: Events, target: Fraction, known: Flags) -> tuple[Flags, Flags | None]:
    """Slices that are not certainly good, and which of them may be."""
    missed = known & ~_at_least(found.good, found.total, target)
    return missed, None if found.doubt is None else missed & _at_least(found.good + found.doubt, found.total, target)


def _states(known: Flags, bad: Flags) -> States:
    return np.where(known, np.where(bad, State.BAD, State.GOOD), State.UNKNOWN).astype(np.int8)


def _at_least(good: Ints, total: Ints, target: Fraction) -> Flags:
    """good/total ≥ target, exactly: floats decide what is clear, whole numbers what is close. 0/0 is no."""
    share = np.divide(good, total, out=np.full(good.shape, -1.0), where=total > 0)
    result: Flags = share >= float(target)
    close = np.abs(share - float(target)) < 1e-9
    result[close] = good[close].astype(object) * target.denominator >= total[close].astype(object) * target.numerator
    return result


def _fill(objective: Objective, slices: _Slices, said: _Verdicts, whole: int) -> _Verdicts:
    """Applies the no-data policy to unknown slices; `whole` is the bad of a slice that is all bad."""
    known = slices.known
    unknown = ~known & slices.lived
    match objective.no_data:
        case NoData.EXCLUDE:
            return said
        case NoData.GOOD:
            return replace(said, state=np.where(unknown, np.int8(State.GOOD), said.state), filled=unknown)
        case NoData.BAD:
            state = np.where(unknown, np.int8(State.BAD), said.state)
            return replace(said, state=state, bad=np.where(unknown, whole, said.bad), filled=unknown)
        case NoData.CARRY:
            place = np.arange(len(known)).reshape(-1, *(1,) * (known.ndim - 1))
            last = np.maximum.accumulate(np.where(known, place, -1), axis=0)
            age = slices.start[place] - slices.start[last]
            near = unknown & (last >= 0) & (age <= objective.carry_limit_s)
            last = np.maximum(last, 0)
            state = np.where(near, np.take_along_axis(said.state, last, axis=0), said.state)
            bad = np.where(near, np.take_along_axis(said.bad, last, axis=0), said.bad)
            doubt = said.doubt
            if doubt is not None:
                doubt = np.where(near, np.take_along_axis(doubt, last, axis=0), doubt)
            return _Verdicts(state, bad, doubt, near)
    assert_never(objective.no_data)
