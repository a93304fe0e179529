"""A guard: how rare a chance must be before one objective's burns page, and what it says of one. No mathematics here.

Kept apart from `gate` and `measure`, so that whoever only holds guards need not load the functions behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats


class Pair(NamedTuple):
    """A burn that pages: how fast, over which long window and, if there is one, which short one, in seconds."""

    factor: float
    long_s: int
    short_s: int | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """`expected` false pages in 90 days of a service exactly on target, from `days` of traffic; None: not measured.

    `rho` is above 0 where the service's own bad events come in clusters: then `expected` is an estimate, and no bound.
    `threshold` is that of the detector, None where it does not serve: with enough traffic, and with clusters.
    """

    alpha: float
    rho: float = 0.0
    expected: float | None = None
    days: float = 0.0
    threshold: float | None = None


UNMEASURED = Guard(1e-4)
"""Until a day of traffic was seen."""


@dataclass(frozen=True, slots=True)
class Guards:
    """Alpha, rho and threshold (NaN: none) of many places at once: of objectives, or of moments."""

    alpha: Floats
    rho: Floats
    threshold: Floats

    @classmethod
    def of(cls, guards: Sequence[Guard | None]) -> Guards:
        """Where there is no guard, every chance is rare enough."""
        rows = [(1.0, 0.0, None) if one is None else (one.alpha, one.rho, one.threshold) for one in guards]
        alpha, rho, threshold = np.array(rows, np.float64).reshape(-1, 3).T
        return cls(alpha, rho, threshold)

    def __getitem__(self, at: slice | NDArray[np.intp]) -> Guards:
        return Guards(self.alpha[at], self.rho[at], self.threshold[at])


@dataclass(frozen=True, slots=True)
class Told:
    """What a guard says to people: of `total` events `bad` were bad, which chance does with `p_value`.

    It lets a burn page from `needed` bad events of as many on; None: not even if all of them were bad.
    """

    bad: float
    total: float
    p_value: float
    alpha: float
    needed: int | None

    @property
    def opens(self) -> bool:
        """True if that is rarer than the guard asks for."""
        return self.needed is not None and self.bad >= self.needed
