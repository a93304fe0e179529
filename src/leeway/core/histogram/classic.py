"""Buckets with edges that somebody chose, as in Prometheus' classic histograms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from leeway.core.histogram.cells import MOST_CELLS, Cells
from leeway.core.histogram.histogram import Histogram, Shape, Unlike


@dataclass(frozen=True, slots=True)
class Classic:
    """Finite upper edges, ascending; one more cell, without an end, lies above the last (`le="+Inf"`)."""

    edges: tuple[float, ...]

    def __post_init__(self) -> None:
        if not all(map(isfinite, self.edges)) or any(low >= high for low, high in pairwise(self.edges)):
            raise ValueError("the edges of buckets must be finite and ascend")
        if len(self.edges) >= MOST_CELLS:
            raise ValueError(f"more than {MOST_CELLS} buckets")

    def __len__(self) -> int:
        return len(self.edges) + 1

    def cells(self) -> Cells:
        """Nothing is known of the lower end of the first cell, though times are seldom negative."""
        return _cells(self)

    def joined(self, other: Shape) -> Shape:
        """The edges that both have: a bucket is never torn."""
        if not isinstance(other, Classic):
            raise Unlike("buckets with chosen edges and others cannot be added")
        return self if self == other else Classic(tuple(sorted(set(self.edges) & set(other.edges))))

    def fitted(self) -> Classic:
        """There are few enough."""
        return self

    def places(self, shape: Shape) -> NDArray[np.intp]:
        """By upper edges."""
        return np.searchsorted(self.cells().upper, shape.cells().upper)


def of_cumulative(buckets: Mapping[float, int]) -> Histogram:
    """From counts of values at most each edge, one of which is +Inf: the total. Raises ValueError without that one.

    Counts that fall with a rising edge give a histogram that is not sound.

    >>> of_cumulative({0.1: 600, 0.25: 850, inf: 1000}).counts
    (600, 250, 150)
    """
    ordered = sorted(buckets.items())
    if not ordered or ordered[-1][0] != inf:
        raise ValueError("there is no bucket +Inf, which holds the total")
    shape = Classic(tuple(edge for edge, _ in ordered[:-1]))
    return Histogram(shape, tuple(np.diff([count for _, count in ordered], prepend=0).tolist()))


@lru_cache(maxsize=1024)
def _cells(shape: Classic) -> Cells:
    return Cells(np.array([-inf, *shape.edges]), np.array([*shape.edges, inf]))
