"""What a span of time did to a budget. Every method comes down to these three numbers, so every method sums up."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leeway.core.objective import Method

RATIO_QUANTA = 1_000 * math.lcm(*range(1, 25))
"""One slice of RatioTimeslices is this many quanta, 5.35e12: three years of bad minutes fit 64 bits.

Shares of up to 24 events and decimals of up to four digits are whole quanta, so a budget that thirds use up to nothing
is exhausted, not short of it by a rounding; any other share is right to 1e-13.
"""


@dataclass(frozen=True, slots=True)
class Units:
    """How many quanta make one: of what counts as bad, and of what counts at all."""

    bad: int
    total: int


def units(method: Method, scale: int) -> Units:
    """The quanta of a method's tallies, for a series with `scale` quanta per event.

    >>> units(Method.TIMESLICES, 1000)
    Units(bad=1, total=1)
    """
    if method.counts_events:
        return Units(scale, scale)
    return Units(RATIO_QUANTA if method is Method.RATIO_TIMESLICES else 1, 1)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over a span: bad and total in the method's quanta, and the number of steps that have a row (`covered`).

    `doubt` is so much of `bad` as may in truth be good: 0 where every count is exact. Tallies of neighbouring spans add
    up to the tally of both.

    >>> Tally(1, 10, 2) + Tally(0, 5, 1)
    Tally(bad=1, total=15, covered=3, doubt=0)
    """

    bad: int
    total: int
    covered: int
    doubt: int = 0

    def __add__(self, other: Tally) -> Tally:
        bad, total = self.bad + other.bad, self.total + other.total
        return Tally(bad, total, self.covered + other.covered, self.doubt + other.doubt)
