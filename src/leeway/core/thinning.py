"""Fewer moments of the same curves: what is left out changes neither how high or low they go nor where they are broken.

Of each of some equal parts the moments stay at which any curve is lowest and highest there, with all their values, so
nothing that is drawn was made up; so do the first and last of all. Where a value is not known (NaN) between two that
stay, a moment without it stays too: a line is never drawn over a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats

Chosen = NDArray[np.intp]


def least(curves: int) -> int:
    """Fewer moments cannot be promised for so many curves: both ends, each one's extremes, a gap between any two."""
    return (2 * curves + 2) * (curves + 1)


def thinned(curves: Sequence[Floats], most: int) -> Chosen:
    """Places, ascending, of at most `most` moments, which is as many as `least` says or more.

    More only where curves are broken by turns, so often that fewer would draw a line over a gap.

    >>> flat = np.zeros(1_000)
    >>> flat[500] = 7
    >>> thinned([flat], 8).tolist()
    [0, 334, 500, 668, 999]
    """
    count = len(curves[0]) if curves else 0
    if count <= most:
        return np.arange(count)
    parts = max(1, (most - 2) // (2 * len(curves)))
    while True:
        chosen = _with_gaps(curves, _extremes(curves, count, parts))
        if len(chosen) <= most or parts == 1:
            return chosen
        parts //= 2


def _extremes(curves: Sequence[Floats], count: int, parts: int) -> Chosen:
    size = -(-count // parts)
    found = [np.array([0, count - 1])]
    begins = np.arange(0, count, size)
    for curve in curves:
        padded = np.full(len(begins) * size, np.nan)
        padded[:count] = curve
        table = padded.reshape(-1, size)
        known = ~np.isnan(table).all(axis=1)
        for pick, other in ((np.argmin, np.inf), (np.argmax, -np.inf)):
            places = pick(np.where(np.isnan(table), other, table), axis=1)
            found.append((begins + places)[known])
    return np.unique(np.concatenate(found))


def _with_gaps(curves: Sequence[Floats], chosen: Chosen) -> Chosen:
    """A moment that one curve needs for its gap may be known in another, and part a gap of that: until none is left."""
    unknown = [(curve, np.flatnonzero(np.isnan(curve))) for curve in curves]
    while True:
        found = np.unique(np.concatenate([chosen, *(_bridged(curve, at, chosen) for curve, at in unknown)]))
        if len(found) == len(chosen):
            return chosen
        chosen = found


def _bridged(curve: Floats, unknown: Chosen, chosen: Chosen) -> Chosen:
    """The first unknown moment of each gap that lies between two chosen ones, of which both are known."""
    known = chosen[~np.isnan(curve[chosen])]
    if not len(unknown) or not len(known):
        return unknown[:0]
    following = np.searchsorted(unknown, known[:-1])
    first = unknown[np.minimum(following, len(unknown) - 1)]
    return first[(following < len(unknown)) & (first < known[1:])]
