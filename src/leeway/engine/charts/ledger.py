"""The budget ledger: where a window's budget went, burn by burn, to the last event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from leeway.core.budget import Budget, budget
from leeway.core.burns import FAST, OVER_S, pieces
from leeway.core.course import burn_rates
from leeway.core.moments import Moments
from leeway.core.points import Floats, Ints
from leeway.core.tally import Units, units
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.engine.catalog import STEP_S
from leeway.engine.goal import Goal
from leeway.engine.series.past import track_of
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.ports.points import PointStore

MATTERS = Fraction(1, 100)
"""The share of the allowed budget that a burn must cost to have a row of its own."""

LATE_S = 3_600
"""An alert that fires so long after a burn is over is still of that burn."""


@dataclass(frozen=True, slots=True)
class Burnt:
    """One burn. `end` None: it goes on. `spent` is in the budget's unit; `worst` the highest burn rate of an hour.

    `alone` tells whether it ended without anybody being called: no alert that was up with it was sent, or nobody took
    any that was. None while it goes on.
    """

    start: int
    end: int | None
    lasts_s: int
    spent: Fraction
    worst: float
    alerts: tuple[Alert, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    alone: bool | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A window's budget at `as_of`, with its burns, the costliest first, and what was spent in none of them.

    Burns and `background` add up to what is consumed, exactly.
    """

    goal: Goal
    as_of: int
    window: Span
    budget: Budget
    burns: tuple[Burnt, ...]

    @property
    def background(self) -> Fraction:
        """What was spent in no burn that has a row."""
        return self.budget.consumed - sum((one.spent for one in self.burns), Fraction(0))


def ledger(goal: Goal, points: PointStore, as_of: int) -> Ledger:
    """The ledger of the window that holds, or ends at, `as_of` (a whole step), as known now. Blocking."""
    extent = points.extent().get(goal.series)
    return of_track(goal, NOTHING if extent is None else track_of(goal, points, as_of, as_of, extent.start), as_of)


def of_track(goal: Goal, track: Track, as_of: int) -> Ledger:
    """The same of a track that holds all that counts then."""
    window = goal.objective.window.at(as_of)
    elapsed = Span(window.start, as_of)
    track = track.within(elapsed)
    spent = budget(goal.objective, track.tally(elapsed), window, goal.scale)
    found = burns(goal, track, as_of)
    rows = [one for one in found if one.spent >= MATTERS * spent.allowed]
    return Ledger(goal, as_of, window, spent, tuple(sorted(rows, key=lambda one: (-one.spent, one.start))))


def burns(goal: Goal, track: Track, as_of: int) -> list[Burnt]:
    """Every burn of a track that holds nothing but a window's elapsed part, in the order of time; none share a slice.

    Of slices of a day or longer, a run of those that are worse than FAST times as bad as is even.
    """
    if not len(track.start):
        return []
    objective, quanta = goal.objective, units(goal.objective.method, goal.scale)
    lasts_s, share = objective.slice_s or STEP_S, float(objective.allowed_share)
    bad, total = np.diff(track.bad) / quanta.bad, np.diff(track.total) / quanta.total
    if goal.in_ledger:
        over_s = max(OVER_S, lasts_s)
        at = np.arange(-(-int(track.start[0]) // STEP_S) * STEP_S + STEP_S, as_of + 1, STEP_S, dtype=np.int64)
        moments = Moments.of(objective, track, at, step_s=STEP_S, reach_s=over_s)
        burn = burn_rates(objective, moments, over_s, goal.scale)
    else:
        over_s, at = lasts_s, track.start + lasts_s
        burn = np.divide(bad, total * share, out=np.full(len(bad), np.nan), where=total > 0)
    found = []
    for piece in pieces(track.start, bad - FAST * share * total, at, burn, over_s):
        goes_on = piece.moments.stop == len(at) and as_of - int(at[-1]) < lasts_s
        found.append(_burnt(track, piece.slices, quanta, lasts_s, burn[piece.moments], as_of if goes_on else None))
    return found


def _burnt(track: Track, slices: slice, quanta: Units, lasts_s: int, burn: Floats, still: int | None) -> Burnt:
    start, over = int(track.start[slices.start]), int(track.start[slices.stop - 1]) + lasts_s
    spent = Fraction(int(track.bad[slices.stop] - track.bad[slices.start]), quanta.bad)
    return Burnt(start, None if still else over, (still or over) - start, spent, float(np.nanmax(burn)))


def told(of: Ledger, alerts: Iterable[Alert], annotations: Sequence[Annotation]) -> Ledger:
    """The same with alerts that were up during each burn, or fired soon after, and what people wrote about the time."""
    mine = [one for one in alerts if one.objective == of.goal.objective.name]
    return replace(of, burns=tuple(_linked(one, of.as_of, mine, annotations) for one in of.burns))


def _linked(burnt: Burnt, as_of: int, alerts: Sequence[Alert], annotations: Sequence[Annotation]) -> Burnt:
    end = as_of if burnt.end is None else burnt.end
    linked = tuple(
        one
        for one in sorted(alerts, key=lambda one: (one.fired_at, one.key))
        if one.fired_at <= end + LATE_S and (one.resolved_at is None or one.resolved_at > burnt.start)
    )
    sent = [one for one in linked if one.sent_at is not None]
    alone = None if burnt.end is None else all(one.acknowledged_at is None for one in sent)
    written = tuple(one for one in annotations if one.touches(burnt.start, end))
    return replace(burnt, alerts=linked, annotations=written, alone=alone)


_NONE: Ints = np.empty(0, np.int64)
_ZERO: Ints = np.zeros(1, np.int64)
NOTHING = Track(_NONE, _ZERO, _ZERO, _NONE)
