"""The cells of a histogram: what is certain of values when only their cell is known."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nextafter

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints

Flags = NDArray[np.bool_]

MOST_CELLS = 512
"""A histogram has no more cells than this, so that what is stored of one slice stays small."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Where values may lie, cell by cell, ascending: above `lower`, and at most `upper`.

    Every cell is open below and closed above, as the buckets of Prometheus and OpenTelemetry are; of one that is closed
    below (those of negative values, and that of zeros) `lower` is the float just under it.
    """

    lower: Floats
    upper: Floats

    def under(self, threshold: float) -> tuple[Flags, Flags]:
        """Cells whose values are all at most the threshold, and cells of which any value may be."""
        return self.upper <= threshold, self.lower < threshold

    def around(self, threshold: float) -> tuple[float, float] | None:
        """The edges of the cell that the threshold lies inside of; None if it is an edge, or outside of all."""
        inside = np.flatnonzero((self.lower < threshold) & (threshold < self.upper))
        return (float(self.lower[inside[0]]), float(self.upper[inside[0]])) if len(inside) else None


def below(value: float) -> float:
    """The next float under it: what a cell that holds `value` itself is open at.

    >>> below(1.0) < 1.0
    True
    """
    return nextafter(value, -inf)


def moved(counts: Ints, places: NDArray[np.intp], cells: int) -> Ints:
    """Counts put into other cells; several may go into one."""
    result = np.zeros(cells, np.int64)
    np.add.at(result, places, counts)
    return result
