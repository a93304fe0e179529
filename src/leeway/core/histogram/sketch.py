"""DDSketch: buckets of a factor that promises each value within a relative error.

With accuracy α the factor is γ = (1 + α)/(1 − α); rung i holds (γ^i, γ^(i+1)], so that the middle 2γ^(i+1)/(γ + 1) is
within α of all it stands for. Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees", VLDB 2019, which counts the rungs one higher.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf, log

import numpy as np
from numpy.typing import NDArray

from leeway.core.histogram.cells import Cells
from leeway.core.histogram.histogram import Shape, Unlike
from leeway.core.histogram.ladder import Ladder


@dataclass(frozen=True, slots=True)
class DDSketch:
    """Rungs of one factor. Sketches of different factors cannot be added."""

    gamma: float
    rungs: Ladder

    def __post_init__(self) -> None:
        if not 1 < self.gamma < inf:
            raise ValueError("the factor of a sketch is greater than 1")
        self.rungs.check(self.edge)

    def __len__(self) -> int:
        return len(self.rungs)

    @property
    def accuracy(self) -> float:
        """α: how far a value may be from what its bucket is shown as, relative to it."""
        return (self.gamma - 1) / (self.gamma + 1)

    def edge(self, rung: int) -> float:
        """Where a rung begins."""
        try:
            return self.gamma**rung
        except OverflowError:
            return inf

    def cells(self) -> Cells:
        """By powers of the factor."""
        return _cells(self)

    def joined(self, other: Shape) -> Shape:
        """Rungs of both; if that is too many, those nearest to zero are given up to the zero bucket."""
        if not isinstance(other, DDSketch) or other.gamma != self.gamma:
            raise Unlike("sketches of different accuracy, or of another kind, cannot be added")
        return self if self == other else DDSketch(self.gamma, self.rungs.joined(other.rungs)).fitted()

    def fitted(self) -> DDSketch:
        """With no more than MOST_CELLS buckets, and none reaching into the zero bucket."""
        return DDSketch(self.gamma, self.rungs.whole(self.edge).bounded(self.edge))

    def places(self, shape: Shape) -> NDArray[np.intp]:
        """By edges."""
        return self.rungs.places(shape.cells(), self.cells())


def gamma_of(accuracy: float) -> float:
    """The factor that keeps a relative error.

    >>> round(gamma_of(0.01), 6)
    1.020202
    """
    return (1 + accuracy) / (1 - accuracy)


def rung_of(value: float, gamma: float) -> int:
    """The rung that holds a positive value."""
    rung, shape = ceil(log(value) / log(gamma)) - 1, DDSketch(gamma, Ladder(range(0), 0.0, range(0)))
    while shape.edge(rung) >= value:
        rung -= 1
    while shape.edge(rung + 1) < value:
        rung += 1
    return rung


@lru_cache(maxsize=1024)
def _cells(shape: DDSketch) -> Cells:
    return shape.rungs.cells(shape.edge)
