"""The error budget of a window: how much may go bad, how much did, how much is left. Never clamped."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from leeway.core.objective import Objective
from leeway.core.tally import Tally, units
from leeway.core.window import Span


@dataclass(frozen=True, slots=True)
class Bounds:
    """Low and high of what cannot be told exactly, because a threshold lies inside the buckets of a histogram.

    The truth is between them, both included. `consumed_ratio` is None when nothing is allowed.
    """

    sli: tuple[Fraction, Fraction]
    consumed_ratio: tuple[Fraction, Fraction] | None


@dataclass(frozen=True, slots=True)
class Budget:
    """Allowed, consumed and remaining in the method's unit (events or slices); exact.

    `remaining` may be negative: how far below zero is what a team needs to know. Ratios are of allowed, and None when
    nothing is allowed (no events yet, or nothing in the window). What is not certainly good counts as bad; `doubt` is
    so much of it as may be good, 0 where every count is exact.
    """

    counts_events: bool
    good: Fraction
    bad: Fraction
    total: Fraction
    allowed: Fraction
    doubt: Fraction = Fraction(0)

    @property
    def bounds(self) -> Bounds | None:
        """None where the figures are exact."""
        if not self.doubt:
            return None
        sli = (self.good / self.total, (self.good + self.doubt) / self.total)
        spent = ((self.bad - self.doubt) / self.allowed, self.bad / self.allowed) if self.allowed else None
        return Bounds(sli, spent)

    @property
    def unit(self) -> str:
        """`events` or `slices`."""
        return "events" if self.counts_events else "slices"

    @property
    def consumed(self) -> Fraction:
        """What went bad."""
        return self.bad

    @property
    def remaining(self) -> Fraction:
        """Allowed − consumed."""
        return self.allowed - self.bad

    @property
    def consumed_ratio(self) -> Fraction | None:
        """Consumed / allowed."""
        return self.bad / self.allowed if self.allowed else None

    @property
    def remaining_ratio(self) -> Fraction | None:
        """Remaining / allowed."""
        return self.remaining / self.allowed if self.allowed else None

    @property
    def sli(self) -> Fraction | None:
        """Good / total, None when nothing counts: no data is not 100 %."""
        return self.good / self.total if self.total else None


def budget(objective: Objective, tally: Tally, window: Span, scale: int) -> Budget:
    """The budget of `window` whose slices add up to `tally`.

    Methods that count events allow (1 − target) of the events seen so far; methods that count slices allow
    (1 − target) of all slices of the whole window, known in advance and not rounded, also while a calendar period is
    still young.

    >>> from leeway.core.objective import Method
    >>> from leeway.core.window import Rolling
    >>> goal = Objective("main", Method.OCCURRENCES, Fraction(95, 100), Rolling(600))
    >>> spent = budget(goal, Tally(bad=7, total=118, covered=10), Span(0, 600), scale=1)
    >>> float(spent.allowed), round(float(spent.consumed_ratio), 6)
    (5.9, 1.186441)
    """
    quanta = units(objective.method, scale)
    bad, total = Fraction(tally.bad, quanta.bad), Fraction(tally.total, quanta.total)
    if objective.method.counts_events:
        whole = total
    elif objective.slice_s is None:
        raise ValueError(f"{objective.method} needs a slice length")
    else:
        whole = Fraction(window.length_s, objective.slice_s)
    doubt = Fraction(tally.doubt, quanta.bad)
    return Budget(objective.method.counts_events, total - bad, bad, total, objective.allowed_share * whole, doubt)
