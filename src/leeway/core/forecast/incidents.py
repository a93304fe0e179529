"""Budgets are spent in incidents: how often they come × how large they are, on top of what always trickles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leeway.core.forecast.history import History
from leeway.core.points import Floats, Ints

TIMES_BACKGROUND = 6.0
"""A step belongs to an incident if it spends more than six times what the service usually spends in one,"""
LEAST_DAY_SHARE = 1 / 12
"""and at a pace that takes more than a twelfth of the budget in a day (a burn rate of 2.5 in a month's window)."""
BACKGROUND_DAYS = 28
OWN_INCIDENTS = 5.0
"""The fleet's incidents count as much as five of a service's own: with five, its mean size is half its own."""


def compound_poisson(history: History) -> Floats:
    """(services, history.days()): background + incidents per step × mean size, both leaning on the fleet's.

    The rate is the mean of a gamma posterior whose prior is the fleet's rate with the weight of one incident; the size
    is the mean of own and pooled sizes, weighed by how many own ones there were. Neighbouring steps of an incident are
    one. All is made from what was known at the moment. NaN before a service's first step.
    """
    days = history.days()
    seen = ~np.isnan(history.spent)
    spent = np.where(seen, history.spent, 0.0)
    burning = found(history)
    starts = burning.copy()
    starts[:, 1:] &= ~burning[:, :-1]
    count, size = _until(starts, days), _until(np.where(burning, spent, 0.0), days)
    quiet, trickle = _until(seen & ~burning, days), _until(np.where(burning, 0.0, spent), days)
    known = history.known[:, days]
    fleet_rate = _over(count.sum(axis=0), known.sum(axis=0))
    fleet_size = _over(size.sum(axis=0), count.sum(axis=0))
    rate = (count + 1) / np.where(fleet_rate > 0, known + _over(np.ones(len(days)), fleet_rate), np.inf)
    mean = (size + OWN_INCIDENTS * fleet_size) / (count + OWN_INCIDENTS)
    return np.where(known > 0, _over(trickle, quiet) + rate * mean, np.nan)


def found(history: History) -> NDArray[np.bool_]:
    """(services, steps): whether a step belongs to an incident, by what was usual in the weeks up to its own day."""
    days, day = history.days(), history.day
    usual = np.stack([_median(history.spent[:, max(0, end - day) : end]) for end in days], axis=1)
    ends = range(1, len(days) + 1)
    usual = np.stack([_median(usual[:, max(0, end - BACKGROUND_DAYS) : end]) for end in ends], axis=1)
    limit = np.maximum(TIMES_BACKGROUND * np.nan_to_num(usual), LEAST_DAY_SHARE / day)
    burning: NDArray[np.bool_] = history.spent > np.repeat(limit, np.diff(days, prepend=0), axis=1)
    return burning


def _median(values: Floats) -> Floats:
    """The lower median of each row's known values; NaN where there is none."""
    ordered = np.sort(values, axis=1)
    last = (~np.isnan(values)).sum(axis=1) - 1
    middle: Floats = np.take_along_axis(ordered, np.maximum(last, 0)[:, None] // 2, axis=1)[:, 0]
    return middle


def _until(steps: Floats | NDArray[np.bool_], days: Ints) -> Floats:
    """Sums of the steps before each moment."""
    sums: Floats = np.cumsum(steps, axis=1, dtype=np.float64)[:, days - 1]
    return sums


def _over(part: Floats, whole: Floats) -> Floats:
    """The ratio; 0 where there is nothing to divide by."""
    ratio: Floats = np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0)
    return ratio
