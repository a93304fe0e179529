"""How reliable windows of a series were, and how reliable others made of the same days might have been."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints

Flags = NDArray[np.bool_]

RESAMPLES = 20_000
"""Windows that a bootstrap makes: the share of those that miss a target is then right to 0.4 points in 100 (one σ)."""

SEEN = 0.5
"""The share of a rolling window's blocks that must have data for the window to count."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Bad and total quanta of as many windows; every one of them has events."""

    bad: Ints
    total: Ints

    @classmethod
    def of(cls, bad: Ints, total: Ints) -> Windows:
        """Those of the windows that have events."""
        return cls(bad[total > 0], total[total > 0])

    def __len__(self) -> int:
        return len(self.total)

    @property
    def reliability(self) -> Floats:
        """Good / total of each window."""
        return 1 - self.bad / self.total

    def quantile(self, share: float) -> float | None:
        """The reliability that this share of the windows stays below; None without windows."""
        return float(np.quantile(self.reliability, share)) if len(self) else None

    def missed(self, target: Fraction) -> int:
        """How many windows are below the target; exactly compared, at the target is met."""
        allowed = target.denominator - target.numerator
        missed = self.bad.astype(object) * target.denominator > self.total.astype(object) * allowed
        return int(np.count_nonzero(missed))


@dataclass(frozen=True, slots=True)
class Blocks:
    """A history cut into blocks of equal length that end with it; what is left over at its beginning is left out.

    `bad` and `total` are quanta; `seen` tells which blocks have any row.
    """

    length_s: int
    bad: Ints
    total: Ints
    seen: Flags

    @classmethod
    def of(cls, time: Ints, bad: Ints, total: Ints, *, end: int, length_s: int) -> Blocks:
        """From rows in the order of time."""
        count = int(end - time[0]) // length_s if len(time) else 0
        places = np.searchsorted(time, end - length_s * np.arange(count, -1, -1, dtype=np.int64))
        bad, total = (np.diff(np.append(0, np.cumsum(one))[places]) for one in (bad, total))
        return cls(length_s, bad, total, np.diff(places) > 0)

    @property
    def known(self) -> int:
        """How many blocks have any row."""
        return int(np.count_nonzero(self.seen))

    def rolling(self, count: int) -> Windows:
        """Windows of so many blocks, one beginning at each block, of which at least half the blocks have data."""
        if len(self.seen) < count:
            return Windows(self.bad[:0], self.total[:0])
        bad, total, seen = (_sliding(one, count) for one in (self.bad, self.total, self.seen.astype(np.int64)))
        enough = seen >= SEEN * count
        return Windows.of(bad[enough], total[enough])

    def resampled(self, count: int, dice: np.random.Generator, resamples: int = RESAMPLES) -> Windows:
        """Windows put together from so many known blocks, each drawn with the same chance and put back.

        A block keeps what belongs together within a day: its hours, its incident. That blocks know nothing of each
        other is assumed: weeks that are bad as a whole make windows worse than this tells.
        Source: Künsch, Annals of Statistics 17(3), 1989; Efron and Tibshirani, An Introduction to the Bootstrap, 1993.
        """
        bad, total = self.bad[self.seen], self.total[self.seen]
        sums = np.zeros((2, resamples), np.int64)
        for _ in range(count if len(bad) else 0):
            drawn = dice.integers(0, len(bad), resamples)
            sums[0] += bad[drawn]
            sums[1] += total[drawn]
        return Windows.of(*sums)


def _sliding(amount: Ints, count: int) -> Ints:
    sums: Ints = np.append(0, np.cumsum(amount))
    return sums[count:] - sums[:-count]
