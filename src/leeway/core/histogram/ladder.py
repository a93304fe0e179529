"""Cells that grow by a constant factor away from zero, on both sides of it: what exponential histograms are made of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from leeway.core.histogram.cells import MOST_CELLS, Cells, below

Edge = Callable[[int], float]
"""Where rung i begins: rising, and beyond all floats +Inf. Rung i holds what is above edge(i) up to edge(i + 1)."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs of negative values (by their size), all that is not farther from zero than `zero`, rungs of positive ones.

    Rungs are counted in the convention of OpenTelemetry: upper edges belong to them.
    """

    negative: range
    zero: float
    positive: range

    def __post_init__(self) -> None:
        if not (isfinite(self.zero) and self.zero >= 0):
            raise ValueError("the width of the zero bucket must be a number, not below zero")

    def __len__(self) -> int:
        return len(self.negative) + 1 + len(self.positive)

    def check(self, edge: Edge) -> None:
        """Raises ValueError where rungs lie beyond what a float can hold."""
        for rungs in filter(None, (self.negative, self.positive)):
            if edge(rungs.start) <= 0 or edge(rungs.stop - 1) == inf:
                raise ValueError("a bucket lies beyond all numbers")

    def cells(self, edge: Edge) -> Cells:
        """Their edges, ascending."""
        down, up = _edges(self.negative, edge), _edges(self.positive, edge)
        down = [below(-each) for each in reversed(down)]
        lower = [*down[:-1], below(-self.zero), *up[:-1]]
        return Cells(np.array(lower), np.array([*down[1:], self.zero, *up[1:]]))

    def joined(self, other: Ladder) -> Ladder:
        """Rungs of both, on one grid; the wider zero."""
        negative, positive = _hull(self.negative, other.negative), _hull(self.positive, other.positive)
        return Ladder(negative, max(self.zero, other.zero), positive)

    def coarser(self, times: int) -> Ladder:
        """Each two neighbouring rungs become one, so many times: rung i goes into i >> 1."""
        return Ladder(_shifted(self.negative, times), self.zero, _shifted(self.positive, times))

    def whole(self, edge: Edge) -> Ladder:
        """No rung reaches into the zero bucket: it is widened to the end of a rung that it ends in."""
        ladder = self
        for rungs in (self.negative, self.positive):
            first = bisect_left(rungs, self.zero, key=edge)
            ladder = ladder.from_rung(rungs.start + first, edge) if first else ladder
        return ladder

    def bounded(self, edge: Edge) -> Ladder:
        """At most MOST_CELLS cells: the rungs nearest to zero go into the zero bucket."""
        first = min((each.start for each in (self.negative, self.positive) if each), default=0)
        ladder = self
        while len(ladder) > MOST_CELLS:
            first += 1 + (len(ladder) - MOST_CELLS) // 2
            ladder = self.from_rung(first, edge)
        return ladder

    def from_rung(self, first: int, edge: Edge) -> Ladder:
        """All rungs before `first` go into the zero bucket."""
        negative, positive = (range(max(first, each.start), each.stop) for each in (self.negative, self.positive))
        lost = any(each and each.start < first for each in (self.negative, self.positive))
        return Ladder(_kept(negative), max(self.zero, edge(first)) if lost else self.zero, _kept(positive))

    def places(self, cells: Cells, own: Cells) -> NDArray[np.intp]:
        """For each of `cells` the place among our `own` that holds it."""
        middle = len(self.negative)
        place = np.searchsorted(own.upper, cells.upper)
        near = (cells.lower >= own.lower[middle]) & (cells.upper <= own.upper[middle])
        return np.where(near, middle, place)


def _edges(rungs: range, edge: Edge) -> list[float]:
    return [edge(rung) for rung in range(rungs.start, rungs.stop + 1)] if rungs else [0.0]


def _hull(one: range, other: range) -> range:
    if not one or not other:
        return one or other
    return range(min(one.start, other.start), max(one.stop, other.stop))


def _shifted(rungs: range, times: int) -> range:
    return range(rungs.start >> times, ((rungs.stop - 1) >> times) + 1) if rungs else rungs


def _kept(rungs: range) -> range:
    return rungs or range(0)
