"""Counters that are native histograms: what happened in each step, by the law of `increments`.

A histogram was reset if any of its buckets fell; then the increment is the later one itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import numpy as np

from leeway.core.histogram import Histogram
from leeway.core.points import Ints
from leeway.core.window import Span
from leeway.sources.prometheus.buckets import Counted
from leeway.sources.prometheus.decode import Series
from leeway.sources.prometheus.increments import Grid, Scrapes, births, scraped_earlier, target_of


def merged(parts: Iterable[Series], span: Span) -> tuple[Series, ...]:
    """Answers joined per series: by time, each moment once, inside [start − 1 ms, end)."""
    found: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for part in parts:
        found.setdefault(tuple(sorted(part.labels.items())), []).append(part)
    series = []
    for same in found.values():
        samples = {
            at: each
            for part in reversed(same)
            for at, each in zip(part.time_ms.tolist(), part.histograms, strict=True)
            if span.start * 1000 - 1 <= at < span.end * 1000
        }
        if samples:
            time = np.array(sorted(samples), np.int64)
            histograms = tuple(samples[at] for at in time.tolist())
            series.append(Series(same[0].labels, time, _totals(histograms), histograms))
    return tuple(series)


def count(series: Sequence[Series], scrapes: Scrapes, grid: Grid) -> Counted:
    """What happened in each step, over all series."""
    steps: list[list[Histogram]] = [[] for _ in range(grid.steps)]
    resets = born = unknown = 0
    for one in series:
        began = set(births(one, grid).tolist())
        for place, (at, now) in enumerate(zip(one.time_ms.tolist(), one.histograms, strict=True)):
            if at < grid.span.start * 1000:
                continue
            if place in began:
                if not scraped_earlier(at, scrapes.get(target_of(one.labels)), grid.lookback_ms):
                    unknown += 1
                    continue
                born += 1
                grown = now
            else:
                grown = _grown(one.histograms[place - 1], now)
                resets += grown is now
            steps[int(grid.step_of(np.array([at]))[0])].append(grown)
    sums = [reduce(Histogram.__add__, each) if each else None for each in steps]
    return Counted(np.array([*sums, None], object)[:-1], resets, born, unknown)


def _grown(before: Histogram, now: Histogram) -> Histogram:
    """What came between; `now` itself after a reset."""
    shape = now.shape.joined(before.shape)
    grown: Ints = now.told_in(shape) - before.told_in(shape)
    return now if (grown < 0).any() else Histogram(shape, tuple(grown.tolist()))


def _totals(histograms: Sequence[Histogram]) -> np.ndarray:
    return np.array([each.total for each in histograms], np.float64)
