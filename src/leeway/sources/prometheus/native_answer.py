"""Native histograms as the API of Prometheus tells them: only buckets that hold something, each with its edges.

The scale is not told, but follows from any bucket: its edges are the factor 2^(2^−scale) apart. Where only zeros were
counted any scale will do, so the finest is taken. (Seen with Prometheus 2.42, whose `last_over_time` gives 0 for them.)
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ldexp, log2

import msgspec

from leeway.core.histogram import Exponential, Histogram
from leeway.core.histogram.exponential import SCALES
from leeway.core.histogram.ladder import Ladder
from leeway.errors import NotUnderstood

_MOST = 2**53


class Native(msgspec.Struct):
    """One sample; a bucket is (which edges belong to it, lower, upper, count)."""

    count: str
    buckets: list[tuple[int, str, str, str]] = []


def histogram_of(told: Native) -> Histogram:
    """The sample as a histogram. Raises NotUnderstood for anything that is none."""
    try:
        found = _histogram([(float(low), float(high), _whole(count)) for _, low, high, count in told.buckets])
        total = _whole(told.count)
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise NotUnderstood(f"a native histogram of the answer is none: {error}") from None
    if found.total != total:
        raise NotUnderstood(f"a native histogram says {total} in all, but its buckets hold {found.total}")
    return found


def _histogram(buckets: list[tuple[float, float, int]]) -> Histogram:
    up = [(low, high, count) for low, high, count in buckets if low > 0]
    down = [(-high, -low, count) for low, high, count in buckets if high < 0]
    zeros = [(high, count) for low, high, count in buckets if low <= 0 <= high]
    scale = SCALES.stop - 1
    if rungs := up or down:
        scale = round(-log2(log2(rungs[0][1] / rungs[0][0])))
    negative, positive = (_counts(side, scale) for side in (down, up))
    zero = max((high for high, _ in zeros), default=0.0)
    shape = Exponential(scale, Ladder(_hull(negative), zero, _hull(positive)))
    below = [negative.get(rung, 0) for rung in reversed(_hull(negative))]
    above = [positive.get(rung, 0) for rung in _hull(positive)]
    return Histogram(shape, (*below, sum(count for _, count in zeros), *above)).fitted()


def _counts(side: list[tuple[float, float, int]], scale: int) -> dict[int, int]:
    """Counts by rung: the nearest edge, since servers may compute their edges a little otherwise."""
    return {round(ldexp(log2(high), scale)) - 1: count for _, high, count in side}


def _hull(counts: Mapping[int, int]) -> range:
    if counts and max(counts) - min(counts) > 2**16:
        raise ValueError("its buckets lie too far apart")
    return range(min(counts), max(counts) + 1) if counts else range(0)


def _whole(text: str) -> int:
    number = float(text)
    if number % 1 or not 0 <= number <= _MOST:
        raise ValueError(f"{text[:40]} is no count of whole events")
    return int(number)
