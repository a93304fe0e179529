"""How good a forecast was, once the truth is known. Lower is better throughout."""

from __future__ import annotations

import numpy as np

from leeway.core.points import Floats


def crps(draws: Floats, observed: Floats) -> Floats:
    """Continuous ranked probability score of one forecast, given as equally likely draws, at each of many observations.

    E|X − y| − E|X − X'| / 2: the absolute error for a single draw, in the unit of what is forecast. Quantiles at evenly
    spaced levels are draws too. Source: Gneiting and Raftery, JASA 102, 2007.

    >>> crps(np.array([0.0, 1.0]), np.array([0.0, 0.5, 3.0]))
    array([0.25, 0.25, 2.25])
    """
    ordered = np.sort(draws)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    below = np.searchsorted(ordered, observed)
    count = len(ordered)
    apart = observed * below - sums[below] + (sums[-1] - sums[below]) - observed * (count - below)
    score: Floats = apart / count - _spread(ordered)
    return score


def crps_each(draws: Floats, observed: Floats) -> Floats:
    """The same for many forecasts with one observation each: (forecasts, draws) and (forecasts,)."""
    ordered = np.sort(draws, axis=-1)
    score: Floats = np.abs(ordered - observed[:, None]).mean(axis=-1) - _spread(ordered)
    return score


def brier(chance: Floats, happened: Floats) -> Floats:
    """Squared distance of a stated chance from what happened, 0 or 1."""
    score: Floats = (chance - happened) ** 2
    return score


def _spread(ordered: Floats) -> Floats:
    """E|X − X'| / 2 of ascending draws."""
    count = ordered.shape[-1]
    spread: Floats = ordered @ ((2 * np.arange(1, count + 1) - count - 1) / count**2)
    return spread
