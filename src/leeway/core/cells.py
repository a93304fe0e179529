"""A grid of time (rows) × series (columns): sums of many points over it, and quick places in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Ints

Places = NDArray[np.intp] | slice


@dataclass(frozen=True, slots=True)
class Cells:
    """Which cell each point falls into; `inside` are the points that fall into any, None if all do."""

    shape: tuple[int, int]
    cell: Ints
    inside: NDArray[np.bool_] | None

    @classmethod
    def of(cls, row: Ints, column: Ints, shape: tuple[int, int]) -> Cells:
        """Points whose row is not on the grid are left out; every column must be."""
        cell = row * shape[1]
        cell += column
        if len(row) == 0 or (row.min() >= 0 and row.max() < shape[0]):
            return cls(shape, cell, None)
        inside = (row >= 0) & (row < shape[0])
        return cls(shape, cell[inside], inside)

    def sum(self, amount: Ints) -> Ints:
        """Exact sums of whole numbers per cell."""
        sums = np.zeros(self.shape[0] * self.shape[1], np.int64)
        np.add.at(sums, self.cell, amount if self.inside is None else amount[self.inside])
        return sums.reshape(self.shape)

    def seen(self) -> Ints:
        """1 where any point fell."""
        flags = np.zeros(self.shape[0] * self.shape[1], np.int64)
        flags[self.cell] = 1
        return flags.reshape(self.shape)


def places(indexes: Ints | NDArray[np.intp]) -> Places:
    """The same places as a slice, where they are evenly spaced: numpy then need not look at each.

    >>> places(np.array([3, 5, 7]))
    slice(3, 8, 2)
    """
    if len(indexes) == 0:
        return slice(0, 0)
    step = int(indexes[1] - indexes[0]) if len(indexes) > 1 else 1
    if step > 0 and (np.diff(indexes) == step).all():
        return slice(int(indexes[0]), int(indexes[-1]) + 1, step)
    return indexes.astype(np.intp, copy=False)
