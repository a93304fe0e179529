"""The curves of a chart: one objective at every minute of a span, from its points, thinned to what fits a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from leeway.core.gaps import gaps
from leeway.core.points import Floats, Ints
from leeway.core.thinning import least, thinned
from leeway.core.window import Span
from leeway.engine.catalog import STEP_S
from leeway.engine.charts.metrics import BEFORE, BURN_DOWN, METRICS, along, burn_down, singly, window_before
from leeway.engine.goal import Goal
from leeway.engine.series.past import SINGLY, STRETCH_S, stretches, track_of
from leeway.errors import Invalid
from leeway.ports.points import PointStore
from leeway.spec.nearest import did_you_mean

MOMENTS = 150_000
"""So many are worked out for one question, 104 days of minutes; over more they stand further apart."""

GAPS = 500
"""The longest unknown spans that are told."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Some of METRICS. Times are epoch seconds: `start` None is where the window begins, `end` None is now.

    `step_s` None is as fine as can be; `known_at` None is what is known now. `most` is how many moments may be told.
    """

    metrics: tuple[str, ...]
    start: int | None = None
    end: int | None = None
    step_s: int | None = None
    known_at: float | None = None
    most: int = 1_000


@dataclass(frozen=True, slots=True)
class Curves:
    """Values by moment, NaN where nothing is known, which is never made up from what lies around.

    They were worked out each `step_s` of `span`, and all are here unless they were `thinned`. `window` is the one that
    ends the span, `unknown` are the longest spans without a row since the first one ever.
    """

    at: Ints
    values: Mapping[str, Floats]
    step_s: int
    thinned: bool
    span: Span
    window: Span
    unknown: tuple[Span, ...]


def curves(goal: Goal, points: PointStore, head: int, wanted: Wanted) -> Curves:
    """The objective's curves, up to `head` at most. Blocking. Raises Invalid for what cannot be told."""
    _ensure_readable(wanted)
    end = head if wanted.end is None else min(wanted.end, head)
    window = goal.objective.window.at(end - end % STEP_S)
    span = Span(min(end, window.start if wanted.start is None else wanted.start), end - end % STEP_S)
    step_s = _step(goal, span, wanted.step_s)
    at = np.arange(-(-span.start // step_s) * step_s, span.end + 1, step_s, dtype=np.int64)
    values, rows, born = _worked_out(goal, points, at, window, wanted, step_s)
    chosen = thinned(list(values.values()), wanted.most)
    known = span.end if born is None else min(span.end, max(span.start, born))
    return Curves(
        at[chosen],
        {name: each[chosen] for name, each in values.items()},
        step_s,
        len(chosen) < len(at),
        span,
        window,
        tuple(sorted(gaps(rows, Span(known, span.end), STEP_S, GAPS))),
    )


def _worked_out(
    goal: Goal, points: PointStore, at: Ints, window: Span, wanted: Wanted, step_s: int
) -> tuple[dict[str, Floats], Ints, int | None]:
    """Every metric at every moment, the times of all rows that were read, and that of the first ever."""
    values = {name: np.full(len(at), np.nan) for name in wanted.metrics}
    known_at = None if wanted.known_at is None else int(wanted.known_at * 1_000_000)
    extent = points.extent().get(goal.series)
    born = None if extent is None else extent.start
    if extent is not None and known_at is not None:
        then = points.read(goal.series, extent, as_known_at=known_at).time
        born = int(then[0]) if len(then) else None
    track, rows = None, [np.empty(0, np.int64)]
    unborn = len(at) if born is None else int(np.searchsorted(at, born, side="right"))
    for place in stretches(at, STRETCH_S if goal.in_ledger else 1, unborn):
        here = at[place]
        track = track_of(goal, points, int(here[0]) - step_s, int(here[-1]), born or 0, as_known_at=known_at)
        rows.append(track.row)
        work_out = along if goal.in_ledger else singly
        told = work_out(goal, track, here, wanted.metrics, step_s)
        for name in values.keys() & told.keys():
            values[name][place] = told[name]
    if track is not None and BURN_DOWN in values:
        values[BURN_DOWN] = burn_down(goal, track, at, window, int(at[-1]))
    if track is not None and BEFORE in values:
        moment, earlier = window_before(goal, window)
        track = track_of(goal, points, moment, earlier.end, born or 0, as_known_at=known_at)
        values[BEFORE] = burn_down(goal, track, at - window.start + earlier.start, earlier, earlier.end)
    return values, np.unique(np.concatenate(rows)), born


def _ensure_readable(wanted: Wanted) -> None:
    if not wanted.metrics:
        raise Invalid("there is nothing to draw", place="metrics", mend=f"name some of {', '.join(METRICS)}")
    for name in wanted.metrics:
        if name not in METRICS:
            mend = did_you_mean(name, METRICS) or f"there are {', '.join(METRICS)}"
            raise Invalid(f"no metric is called {name[:60]!r}", place="metrics", mend=mend)
    needed = least(len(wanted.metrics))
    if wanted.most < needed:
        raise Invalid(
            f"{len(wanted.metrics)} metrics cannot be told in {wanted.most} moments",
            place="max_points",
            mend=f"take {needed} or more, or fewer metrics",
        )
    if wanted.start is not None and wanted.end is not None and wanted.start >= wanted.end:
        raise Invalid("the span ends before it starts", place="from, to", mend="swap them")


def _step(goal: Goal, span: Span, wanted: int | None) -> int:
    """Between moments: the slice's length, or a multiple of it so that there are not too many."""
    base = goal.objective.slice_s or STEP_S
    least_s = base * max(1, -(-span.length_s // (base * (MOMENTS if goal.in_ledger else SINGLY))))
    if wanted is None:
        return least_s
    if wanted % base or wanted < least_s:
        finest = f"the finest for this span is {least_s} s"
        raise Invalid(
            f"a step of {wanted} s cannot be told", place="step", mend=f"take a multiple of {base} s; {finest}"
        )
    return wanted
