"""A histogram: how many values lie in which cell. Two questions: how many are at most x, and what is the sum of two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leeway.core.histogram.cells import Cells, moved
from leeway.core.points import Ints


class Unlike(ValueError):
    """Two histograms have no cells in common that both could be told in: another kind, or another accuracy."""


class Shape(Protocol):
    """The cells that one kind of histogram counts in; hashable, small, without the counts."""

    def __len__(self) -> int:
        """How many cells there are."""

    def cells(self) -> Cells:
        """Their edges, ascending."""

    def joined(self, other: Shape) -> Shape:
        """The finest cells into which those of both fit whole. Raises Unlike."""

    def fitted(self) -> Shape:
        """As fine as few enough cells allow."""

    def places(self, shape: Shape) -> NDArray[np.intp]:
        """For each cell of a shape that was joined into this one, the cell here that holds it."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Whole counts by cell. A count below zero (cumulative buckets that fall) makes it unsound: nothing may use it.

    >>> from leeway.core.histogram.classic import Classic
    >>> seen = Histogram(Classic((0.1, 0.25, 0.5)), (600, 250, 100, 50))
    >>> seen.at(0.25), seen.at(0.3)
    ((850, 850), (850, 950))
    """

    shape: Shape
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.counts) != len(self.shape):
            raise ValueError(f"{len(self.shape)} cells have {len(self.counts)} counts")

    @property
    def total(self) -> int:
        """How many values there are."""
        return sum(self.counts)

    @property
    def sound(self) -> bool:
        """True if no cell counts less than nothing."""
        return min(self.counts) >= 0

    def at(self, threshold: float) -> tuple[int, int]:
        """How many values are at most the threshold: certainly, and at most. Equal where it is an edge."""
        counts = np.array(self.counts, np.int64)
        sure, maybe = self.shape.cells().under(threshold)
        return int(counts[sure].sum()), int(counts[maybe].sum())

    def quantile(self, q: float) -> tuple[float, float] | None:
        """Bounds of the q-quantile (nearest rank), for show only: quantiles cannot be added. None without values."""
        if not self.total:
            return None
        rank = max(1, int(np.ceil(q * self.total)))
        cell, cells = int(np.searchsorted(np.cumsum(self.counts), rank)), self.shape.cells()
        return float(cells.lower[cell]), float(cells.upper[cell])

    def __add__(self, other: Histogram) -> Histogram:
        """The histogram of the values of both. Raises Unlike if they share no cells."""
        shape = self.shape.joined(other.shape)
        counts = sum(each.told_in(shape) for each in (self, other))
        return Histogram(shape, tuple(np.asarray(counts).tolist()))

    def fitted(self) -> Histogram:
        """The same in few enough cells to be kept."""
        shape = self.shape.fitted()
        return Histogram(shape, tuple(self.told_in(shape).tolist()))

    def told_in(self, shape: Shape) -> Ints:
        """The counts in the cells of a shape that this one was joined into."""
        counts = np.array(self.counts, np.int64)
        return counts if shape == self.shape else moved(counts, shape.places(self.shape), len(shape))
