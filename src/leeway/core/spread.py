"""How values are spread: quantiles and bars, for who chooses a threshold. For show only: quantiles cannot be added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.histogram import Unlike, unpack
from leeway.core.points import Floats, Points

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
BARS = 40
WIDE = 100.0
"""From the 1st to the 99th percentile: beyond that, bars grow by a factor."""


@dataclass(frozen=True, slots=True)
class Bar:
    """So many values above `low` and at most `high`; an edge may be infinite."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Spread:
    """`count` values; each quantile with its low and high, which are equal where values are known one by one.

    `left_out` are histograms whose cells fit none of the others.
    """

    count: int
    quantiles: tuple[tuple[float, float, float], ...]
    bars: tuple[Bar, ...]
    left_out: int = 0


def spread(points: Points) -> Spread | None:
    """Of the values of a series, or of its histograms where it has any; None without."""
    if points.value is None:
        return None
    if points.sketch is not None:
        return _of_histograms(points)
    values = np.sort(points.value[np.isfinite(points.value)])
    if not len(values):
        return None
    ranks = [max(0, int(np.ceil(q * len(values))) - 1) for q in QUANTILES]
    quantiles = tuple((q, float(values[at]), float(values[at])) for q, at in zip(QUANTILES, ranks, strict=True))
    edges = _edges(values)
    places = np.searchsorted(values, edges, side="right")
    places[0], places[-1] = 0, len(values)
    counts = np.diff(places).tolist()
    bars = (Bar(*each) for each in zip(edges[:-1].tolist(), edges[1:].tolist(), counts, strict=True))
    return Spread(len(values), quantiles, tuple(bars))


def _edges(values: Floats) -> Floats:
    """From the lowest value to the highest."""
    low, high = float(values[0]), float(values[-1])
    if low == high:
        return np.array([low, high])
    near, far = (float(values[int(share * (len(values) - 1))]) for share in (0.01, 0.99))
    if near > 0 and far / near > WIDE:
        return np.geomspace(max(low, near / WIDE), high, BARS + 1)
    return np.linspace(low, high, BARS + 1)


def _of_histograms(points: Points) -> Spread | None:
    whole, left_out = None, 0
    for packed in () if points.sketch is None else points.sketch:
        if packed is None:
            continue
        one = unpack(packed)
        try:
            whole = one if whole is None else whole + one
        except Unlike:
            left_out += 1
    if whole is None or not whole.total:
        return None
    found = ((q, whole.quantile(q)) for q in QUANTILES)
    cells = whole.shape.cells()
    bars = (
        Bar(float(low), float(high), count)
        for low, high, count in zip(cells.lower, cells.upper, whole.counts, strict=True)
        if count
    )
    return Spread(whole.total, tuple((q, *pair) for q, pair in found if pair is not None), tuple(bars), left_out)
