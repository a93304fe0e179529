"""Exponential histograms of OpenTelemetry and native ones of Prometheus: each bucket wider than the last by a factor.

The factor is 2^(2^−scale), the buckets are closed above: rung i holds (base^i, base^(i+1)]. Prometheus counts its
native buckets one higher, (base^(i−1), base^i], so that its merging is (i + 1) >> 1 where ours is i >> 1: whoever reads
them subtracts the one. Source: OpenTelemetry metrics data model, "ExponentialHistogram".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp2, frexp, inf, ldexp, log2

import numpy as np
from numpy.typing import NDArray

from leeway.core.histogram.cells import MOST_CELLS, Cells
from leeway.core.histogram.histogram import Shape, Unlike
from leeway.core.histogram.ladder import Ladder

SCALES = range(-10, 21)
"""What OpenTelemetry allows: from one bucket for all floats to a millionth of a value."""


@dataclass(frozen=True, slots=True)
class Exponential:
    """Rungs at one scale. Two scales have the coarser in common."""

    scale: int
    rungs: Ladder

    def __post_init__(self) -> None:
        if self.scale not in SCALES:
            raise ValueError(f"a scale lies between {SCALES.start} and {SCALES.stop - 1}")
        self.rungs.check(self.edge)

    def __len__(self) -> int:
        return len(self.rungs)

    def edge(self, rung: int) -> float:
        """Where a rung begins; exact powers of two at whole ones.

        >>> Exponential(3, Ladder(range(0), 0.0, range(0))).edge(8)
        2.0
        """
        power = ldexp(rung, -self.scale)
        return inf if power >= 1024 else float(exp2(power))

    def cells(self) -> Cells:
        """By powers of two."""
        return _cells(self)

    def joined(self, other: Shape) -> Shape:
        """At the coarser scale, and at a still coarser one if that takes too many buckets."""
        if not isinstance(other, Exponential):
            raise Unlike("exponential histograms and others cannot be added")
        if self == other:
            return self
        scale = min(self.scale, other.scale)
        one, two = (each.rungs.coarser(each.scale - scale) for each in (self, other))
        return Exponential(scale, one.joined(two)).fitted()

    def fitted(self) -> Exponential:
        """With no more than MOST_CELLS buckets, and none reaching into the zero bucket."""
        shape = self
        while len(shape) > MOST_CELLS and shape.scale > SCALES.start:
            shape = Exponential(shape.scale - 1, shape.rungs.coarser(1))
        return Exponential(shape.scale, shape.rungs.whole(shape.edge))

    def places(self, shape: Shape) -> NDArray[np.intp]:
        """By edges: an edge is the same float at every scale that has it."""
        return self.rungs.places(shape.cells(), self.cells())


def rung_of(value: float, scale: int) -> int:
    """The rung that holds a positive value: ceil(log2(value) · 2^scale) − 1, put right by the edge where logs round.

    >>> [rung_of(0.3, scale) for scale in (0, 3, 5)], rung_of(1.0, 3)
    ([-2, -14, -56], -1)
    """
    if scale <= 0:
        fraction, power = frexp(value)
        whole = power - 2 if fraction == 0.5 else power - 1
        return whole >> -scale
    rung, shape = ceil(ldexp(log2(value), scale)) - 1, Exponential(scale, Ladder(range(0), 0.0, range(0)))
    while shape.edge(rung) >= value:
        rung -= 1
    while shape.edge(rung + 1) < value:
        rung += 1
    return rung


@lru_cache(maxsize=1024)
def _cells(shape: Exponential) -> Cells:
    return shape.rungs.cells(shape.edge)
