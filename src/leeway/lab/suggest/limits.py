"""Thresholds for values, from their distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.objective import Op, Threshold
from leeway.core.points import Floats
from leeway.lab.suggest.grid import friendly

QUANTILES = (0.5, 0.9, 0.95, 0.99)
USUAL = 0.95
"""The quantile whose threshold is suggested: rare enough to matter, common enough to be measured within a window."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold, and the quantile that it was rounded from; None if a person named it."""

    threshold: Threshold
    quantile: float | None


def limits(values: Floats, *, higher: bool) -> tuple[Limit, ...]:
    """Round thresholds that half, 90, 95 and 99 % of the values keep, the strictest first; each once.

    Rounded to the lenient side, so that at least so many are good. `higher` values are the better ones, or else lower
    ones. Where two quantiles round to one threshold, the larger one is named.
    """
    found: dict[float, Limit] = {}
    for share in QUANTILES:
        value = float(np.quantile(values, 1 - share if higher else share))
        limit = friendly(value, up=not higher)
        found[limit] = Limit(Threshold(Op.GTE if higher else Op.LTE, limit), share)
    return tuple(found.values())


def usual(offered: tuple[Limit, ...]) -> Limit | None:
    """The one that is suggested; None of none."""
    return next((one for one in offered if one.quantile is None or one.quantile >= USUAL), None)
