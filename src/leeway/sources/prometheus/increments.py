"""From scraped samples of counters to what happened in each step: exact differences, never a rate, never a guess.

The law, for the samples of one series by time:

- an increment is the later value minus the earlier; if the later is smaller the counter was reset, and the increment
  is the later value itself (max-reset rule: what was lost between is not invented);
- it belongs to the step that holds the later sample, whole, however long the gap was; a step without any sample of any
  series is unknown;
- the first sample counts from zero if the series' target had been scraped before, within the lookback (the counter was
  born with its first event); if the target itself is new, what happened before is unknown and nothing is counted.

Differences of whole numbers below 2^53 are exact in floats, so sums of them are too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints
from leeway.core.window import Span
from leeway.sources.prometheus.decode import Series

Target = tuple[tuple[str, str], ...]
Scrapes = Mapping[Target, Ints]

_IDENTITY = ("job", "instance", "cluster", "prometheus", "prometheus_replica", "replica")


@dataclass(frozen=True, slots=True)
class Grid:
    """The steps of an ask, and how far back (ms) an earlier sample still counts as the one before."""

    span: Span
    step_s: int
    lookback_ms: int

    @property
    def steps(self) -> int:
        return self.span.length_s // self.step_s

    def step_of(self, time_ms: Ints) -> Ints:
        """Index of the step that holds each time."""
        return (time_ms - self.span.start * 1000) // (self.step_s * 1000)


@dataclass(frozen=True, slots=True)
class Tally:
    """Increments per step (NaN where unknown), and what was seen on the way."""

    per_step: Floats
    samples: int
    resets: int
    born: int
    unknown: int


def target_of(labels: Mapping[str, str]) -> Target:
    """What was scraped: the labels that a target shares with its `up`."""
    return tuple((name, labels[name]) for name in _IDENTITY if name in labels)


def merged(parts: Iterable[Series], span: Span) -> tuple[tuple[Series, ...], int]:
    """Answers joined per series: by time, each moment once, inside [start − 1 ms, end); and how many were no numbers.

    The millisecond before the start is where the sample before the span is put. Servers give stale markers to nobody,
    but an exporter may say NaN; that is no reading of a counter, nor is an infinite or negative one.
    """
    found: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for part in parts:
        found.setdefault(tuple(sorted(part.labels.items())), []).append(part)
    series, refused = [], 0
    for same in found.values():
        time = np.concatenate([part.time_ms for part in same])
        value = np.concatenate([part.value for part in same])
        usable = np.isfinite(value) & (value >= 0)
        refused += int((~usable).sum())
        usable &= (time >= span.start * 1000 - 1) & (time < span.end * 1000)
        time, first = np.unique(time[usable], return_index=True)
        if len(time):
            series.append(Series(same[0].labels, time, value[usable][first]))
    return tuple(series), refused


def scrapes_of(series: Iterable[Series]) -> dict[Target, Ints]:
    """Per target the moments at which it is known to have been scraped."""
    times: dict[Target, list[Ints]] = {}
    for one in series:
        times.setdefault(target_of(one.labels), []).append(one.time_ms)
    return {target: np.unique(np.concatenate(found)) for target, found in times.items()}


def births(one: Series, grid: Grid) -> NDArray[np.intp]:
    """Indices of samples inside the span that have no sample before them within the lookback."""
    alone = np.diff(one.time_ms, prepend=one.time_ms[0] - grid.lookback_ms - 1) > grid.lookback_ms
    return np.flatnonzero(alone & (one.time_ms >= grid.span.start * 1000))


def scraped_earlier(moment: int, scrapes: Ints | None, lookback_ms: int) -> bool:
    """True if there was a scrape before `moment`, at most the lookback ago."""
    if scrapes is None:
        return False
    before = int(np.searchsorted(scrapes, moment))
    return before > 0 and moment - int(scrapes[before - 1]) <= lookback_ms


def tally(series: Sequence[Series], scrapes: Scrapes, grid: Grid) -> Tally:
    """Increments summed over the series, by the law above."""
    total = np.zeros(grid.steps)
    known = np.zeros(grid.steps, bool)
    samples = resets = born = unknown = 0
    for one in series:
        delta = np.diff(one.value, prepend=one.value[0])
        inside = one.time_ms >= grid.span.start * 1000
        counted = inside.copy()
        for index in births(one, grid):
            delta[index] = one.value[index]
            counted[index] = scraped_earlier(
                int(one.time_ms[index]), scrapes.get(target_of(one.labels)), grid.lookback_ms
            )
            born += int(counted[index])
            unknown += int(not counted[index])
        reset = delta < 0
        delta = np.where(reset, one.value, delta)
        step = grid.step_of(one.time_ms[counted])
        np.add.at(total, step, delta[counted])
        known[step] = True
        samples += int(inside.sum())
        resets += int((reset & counted).sum())
    return Tally(np.where(known, total, np.nan), samples, resets, born, unknown)


def thinned(series: Sequence[Series], replica_labels: Sequence[str]) -> tuple[Series, ...]:
    """Of series that differ in these labels only, the one with the most samples (then the first by its labels)."""
    if not replica_labels:
        return tuple(series)
    best: dict[tuple[tuple[str, str], ...], Series] = {}
    for one in sorted(series, key=lambda s: (-len(s.time_ms), sorted(s.labels.items()))):
        key = tuple(sorted((name, text) for name, text in one.labels.items() if name not in replica_labels))
        best.setdefault(key, one)
    return tuple(best.values())
