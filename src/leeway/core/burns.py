"""The pieces in which an objective's budget went: from where to where it burned fast, to the slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from leeway.core.points import Floats, Ints

FAST = 2
"""A piece lasts for as long as the last hour burns so many times as fast as even."""

OVER_S = 3_600
"""The hour; of slices that last longer, one slice."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Slices by their place in a track, and the moments at which it was seen to burn: both half-open."""

    slices: slice
    moments: slice


def pieces(start: Ints, beyond: Floats, at: Ints, burn: Floats, over_s: int = OVER_S) -> Iterator[Piece]:
    """Pieces that share no slice, in the order of time.

    `start` and `beyond` are of slices: when each begins, and by how much its bad is above FAST times as much as is
    even. `burn` is the burn rate over `over_s` at each of `at`. A piece is found where that is above FAST, and reaches
    from the slice to the slice between which the most was spent beyond; what burns again within the hour is one piece.
    """
    burning = np.concatenate(([False], burn > FAST, [False]))
    edges = np.flatnonzero(np.diff(burning.astype(np.int8)))
    runs: list[list[int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and at[first] - over_s <= at[runs[-1][1] - 1]:
            runs[-1][1] = last
        else:
            runs.append([first, last])
    for first, last in runs:
        low, high = np.searchsorted(start, (at[first] - over_s, at[last - 1])).tolist()
        begin, end = densest(beyond[low:high])
        if end > begin:
            yield Piece(slice(low + begin, low + end), slice(first, last))


def densest(amounts: Floats) -> tuple[int, int]:
    """From where to where, exclusive, amounts of either sign add up to the most.

    >>> densest(np.array([-1.0, 3, -1, 2, -5, 1]))
    (1, 4)
    """
    sums = np.concatenate((np.zeros(1), np.cumsum(amounts)))
    end = int(np.argmax(sums - np.minimum.accumulate(sums)))
    return end - int(np.argmin(sums[end::-1])), end  # of several that begin as well, the shortest
