"""Wilson's interval: how sure a share is, for showing it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true share lies with the given confidence, assuming independent events."""

    low: float
    high: float
    confidence: float


def wilson(good: float, total: float, confidence: float = 0.95) -> Interval | None:
    """Wilson's score interval for `good` of `total`, cut to 0..1; None when nothing was seen.

    Good down to a handful of events, where the textbook's ± fails; fractions of events are allowed and then it is an
    approximation. Source: E. B. Wilson, 1927; Brown, Cai and DasGupta, Statistical Science 16(2), 2001.

    >>> interval = wilson(3, 4)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.3006, 0.9544)
    """
    if total <= 0:
        return None
    z = _two_sided_z(confidence)
    share = good / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(max(0.0, share * (1 - share) / total + z * z / (4 * total * total)))
    scale = 1 + z * z / total
    return Interval(max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale), confidence)


@cache
def _two_sided_z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)
