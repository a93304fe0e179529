"""Thresholds for values, from their distribution."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from math import isfinite, nan
from operator import add

import numpy as np

from leeway.core.histogram import Histogram, Unlike, unpack
from leeway.core.histogram.histogram import Shape
from leeway.core.objective import Op, Threshold
from leeway.core.points import Floats, Points, Sketches
from leeway.errors import Invalid
from leeway.lab.suggest.grid import friendly

QUANTILES = (0.5, 0.9, 0.95, 0.99)
USUAL = 0.95
"""The quantile whose threshold is suggested: rare enough to matter, common enough to be measured within a window."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold, and the quantile that it was rounded from; None if a person named it."""

    threshold: Threshold
    quantile: float | None


def limits(points: Points, *, higher: bool) -> tuple[Limit, ...]:
    """Round thresholds that half, 90, 95 and 99 % of the values keep, the strictest first; each once.

    Rounded to the lenient side, so that at least so many are good; of histograms to the edge of a bucket, so that none
    is in doubt. `higher` values are the better ones, or else lower ones. Where two quantiles round to one threshold,
    the larger one is named.
    """
    found: dict[float, Limit] = {}
    all_of_it = None if points.sketch is None else _sum(points.sketch)
    for share in QUANTILES:
        q = 1 - share if higher else share
        limit = _rounded(points.value, q, higher=higher) if all_of_it is None else _edge(all_of_it, q, higher=higher)
        if isfinite(limit):
            found[limit] = Limit(Threshold(Op.GTE if higher else Op.LTE, limit), share)
    return tuple(found.values())


def _rounded(values: Floats | None, q: float, *, higher: bool) -> float:
    return nan if values is None else friendly(float(np.quantile(values, q)), up=not higher)


def _edge(histogram: Histogram, q: float, *, higher: bool) -> float:
    bounds = histogram.quantile(q)
    return nan if bounds is None else bounds[0 if higher else 1]


def _sum(sketches: Sketches) -> Histogram:
    """All of them: those of one shape at once. Raises Invalid if they have nothing in common."""
    alike: defaultdict[Shape, list[tuple[int, ...]]] = defaultdict(list)
    for packed in sketches[sketches != np.array(None)].tolist():
        histogram = unpack(packed)
        alike[histogram.shape].append(histogram.counts)
    sums = (Histogram(shape, tuple(np.sum(counts, axis=0).tolist())) for shape, counts in alike.items())
    try:
        return reduce(add, sums)
    except Unlike as error:
        raise Invalid(f"its histograms are of different kinds: {error}", mend="draw from one kind at a time") from error


def usual(offered: tuple[Limit, ...]) -> Limit | None:
    """The one that is suggested; None of none."""
    return next((one for one in offered if one.quantile is None or one.quantile >= USUAL), None)
