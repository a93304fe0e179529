"""Bad events that come independently of each other: exact tails, exact intervals, the least count that is significant.

What pages and decides uses these, not Wilson's interval: of four events one bad one is outside Wilson's 95 % for a
target of 99 % and inside the exact one, and only the exact one keeps its promise for every share and every number of
events. Counts are floats: whole events are exact; of fractions the formulas go on smoothly between whole ones.
Sources: C. Clopper and E. Pearson, Biometrika 26, 1934; DLMF 8.17.5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betainccinv, betaincinv

from leeway.core.stats.interval import Interval

Floats = NDArray[np.float64]
Tail = Callable[[Floats, Floats], Floats]
"""The chance of so many bad events or more, given (bad, total)."""


def upper_tail(bad: ArrayLike, total: ArrayLike, share: ArrayLike) -> Floats:
    """P(X ≥ bad) where X of `total` events are bad, each with chance `share`: 1 for none, 0 for more than there are.

    >>> float(upper_tail(1, 4, 0.01))
    0.03940399
    """
    k, n, p = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (bad, total, share)))
    inside = (k > 0) & (k <= n)
    tail = betainc(np.where(inside, k, 1.0), np.where(inside, n - k + 1, 1.0), p)
    return np.asarray(np.where(inside, tail, k <= 0), np.float64)


def clopper_pearson(count: float, total: float, confidence: float = 0.95) -> Interval | None:
    """The shares that `count` of `total` do not refute, with at least this confidence; None when nothing was seen.

    >>> interval = clopper_pearson(1, 4)
    >>> round(interval.low, 6), round(interval.high, 6)
    (0.006309, 0.80588)
    """
    if total <= 0:
        return None
    one_sided = (1 + _checked(confidence)) / 2
    return Interval(at_least(count, total, one_sided), at_most(count, total, one_sided), confidence)


def at_least(count: float, total: float, confidence: float = 0.95) -> float:
    """The true share is this or more, with at least this confidence (Clopper-Pearson, one side); 0 of no events."""
    miss = 1 - _checked(confidence)
    return float(betaincinv(count, total - count + 1, miss)) if count > 0 else 0.0


def at_most(count: float, total: float, confidence: float = 0.95) -> float:
    """The true share is this or less, with at least this confidence (Clopper-Pearson, one side); 1 of no events."""
    miss = 1 - _checked(confidence)
    return float(betainccinv(count + 1, total - count, miss)) if count < total else 1.0


def critical(total: int, share: float, alpha: float) -> int | None:
    """The least number of bad events whose chance is α or less; None where not even all of them are that unlikely.

    >>> critical(4, 0.01, 1e-3), critical(1, 0.01, 1e-3)
    (2, None)
    """
    count = int(criticals(total, alpha, lambda bad, seen: upper_tail(bad, seen, share)))
    return count if count <= total else None


def criticals(total: ArrayLike, alpha: ArrayLike, tail: Tail) -> NDArray[np.int64]:
    """As `critical`, for many totals and any tail that falls as `bad` grows; total + 1 stands for impossible."""
    seen, rare_is = np.asarray(total, np.int64), np.asarray(alpha, np.float64)
    low, high = np.zeros_like(seen), seen + 1  # P(X ≥ 0) is 1, P(X ≥ total + 1) is 0
    as_floats = seen.astype(np.float64)
    while np.any(high - low > 1):
        middle = (low + high) // 2
        rare = tail(middle.astype(np.float64), as_floats) <= rare_is
        low, high = np.where(rare, low, middle), np.where(rare, middle, high)
    return np.asarray(high, np.int64)


def _checked(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not {confidence}")
    return confidence
