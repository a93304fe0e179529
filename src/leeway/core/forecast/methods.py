"""Point forecasts: how much a service will spend per step from a moment on, by what was known then."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from leeway.core.forecast.history import History
from leeway.core.forecast.incidents import compound_poisson
from leeway.core.points import Floats

HALF_LIFE_DAYS = 7.0


class Method(StrEnum):
    """How a figure was made. LINEAR is the straight line of this window alone: it is no forecast and has no band."""

    MEAN = "mean"
    EWMA = "ewma"
    INCIDENTS = "compound_poisson"
    LINEAR = "linear"


METHODS = (Method.MEAN, Method.EWMA, Method.INCIDENTS)
"""Those that are measured on the past and chosen from. Trends are not among them: a budget is spent in jumps, and a
line through jumps is worse than none (measured: docs/forecasts.md)."""


def rates(method: Method, history: History) -> Floats:
    """(services, history.days()): budget per step, as each day would have said; NaN before a service's first step."""
    match method:
        case Method.MEAN:
            return mean_so_far(history)
        case Method.EWMA:
            return ewma(history)
        case Method.INCIDENTS:
            return compound_poisson(history)
        case Method.LINEAR:
            raise ValueError("the straight line belongs to a window, not to a history")


def mean_so_far(history: History) -> Floats:
    """All that was spent / all known steps."""
    days = history.days()
    return _ratio(history.sums[:, days], history.known[:, days])


def ewma(history: History, half_life_days: float = HALF_LIFE_DAYS) -> Floats:
    """The mean in which a step counts half as much for each half-life that it is old.

    Weights are divided by their sum, so that a short history gives its mean, not its first hour; an unknown step weighs
    nothing.
    """
    days, day = history.days(), history.day
    kept = 0.5 ** (1 / (half_life_days * day))
    weights = kept ** np.arange(day - 1, -1, -1.0)
    counts = np.isfinite(history.spent).astype(np.float64)
    sums = np.where(counts > 0, history.spent, 0.0)
    above, below = np.zeros((2, len(sums), len(days)))
    top, bottom = np.zeros((2, len(sums)))
    for place, end in enumerate(days):
        begin = max(0, end - day)
        fading = weights[day - (end - begin) :]
        top = top * kept ** (end - begin) + sums[:, begin:end] @ fading
        bottom = bottom * kept ** (end - begin) + counts[:, begin:end] @ fading
        above[:, place], below[:, place] = top, bottom
    return _ratio(above, below)


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return ratio
