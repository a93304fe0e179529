"""Classic histograms: the counters of one metric's buckets, differenced one by one and put together again per step.

Each `…_bucket{le="…"}` is a counter of what was at most that edge. It is counted as any counter is (see `increments`):
restarts, gaps and births cost and gain what they do there. What happened in a step is then the histogram of these
increments, summed over all series with the same edges; of series with other edges, over the edges that both have.

A step in which the increments contradict each other, a wider bucket having counted less than a narrower one, keeps the
contradiction: whoever checks points sets it aside with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import inf, isnan

import numpy as np

from leeway.core.histogram import Classic, Histogram
from leeway.core.points import Floats
from leeway.core.quality import Histograms
from leeway.errors import NotUnderstood
from leeway.sources.prometheus.decode import Series
from leeway.sources.prometheus.increments import Grid, Scrapes, tally

EDGE = "le"


@dataclass(frozen=True, slots=True)
class Counted:
    """A histogram for each step, None where nothing is known; and what was seen on the way."""

    histograms: Histograms
    resets: int = 0
    born: int = 0
    unknown: int = 0


def count(series: Sequence[Series], scrapes: Scrapes, grid: Grid) -> Counted:
    """What happened in each step. Raises NotUnderstood for what are no buckets."""
    parts = [_alike(edges, its, scrapes, grid) for edges, its in _by_edges(series).items()]
    if not parts:
        return Counted(np.full(grid.steps, None, object))
    whole = [_sum([part.histograms[step] for part in parts]) for step in range(grid.steps)]
    sums = (sum(getattr(part, name) for part in parts) for name in ("resets", "born", "unknown"))
    return Counted(np.array([*whole, None], object)[:-1], *sums)


def _by_edges(series: Sequence[Series]) -> dict[tuple[float, ...], dict[float, list[Series]]]:
    """Series by the edges of the histogram they are of, then by their own edge."""
    histograms: defaultdict[tuple[tuple[str, str], ...], dict[float, Series]] = defaultdict(dict)
    for one in series:
        owner = tuple(sorted((name, text) for name, text in one.labels.items() if name != EDGE))
        histograms[owner][_edge(one)] = one
    alike: defaultdict[tuple[float, ...], defaultdict[float, list[Series]]] = defaultdict(lambda: defaultdict(list))
    for buckets in histograms.values():
        edges = tuple(sorted(buckets))
        if edges[-1] != inf:
            raise NotUnderstood(
                "a histogram has no bucket +Inf, which holds all", mend='do not choose among buckets: leave "le" out'
            )
        for edge in edges:
            alike[edges][edge].append(buckets[edge])
    return {edges: dict(its) for edges, its in alike.items()}


def _edge(one: Series) -> float:
    try:
        edge = float(one.labels[EDGE])
    except (KeyError, ValueError):
        edge = float("nan")
    if isnan(edge):
        raise NotUnderstood(f"a series has the edge {one.labels.get(EDGE, '(none)')[:40]!r}, which is no number")
    return edge


def _alike(edges: tuple[float, ...], its: dict[float, list[Series]], scrapes: Scrapes, grid: Grid) -> Counted:
    tallies = [tally(its[edge], scrapes, grid) for edge in edges]
    cumulative: Floats = np.stack([each.per_step for each in tallies], axis=1)
    known = ~np.isnan(cumulative).any(axis=1)
    if (cumulative[known] % 1).any():
        raise NotUnderstood(
            "buckets count parts of events", mend="ask for the buckets themselves, not for rates of them"
        )
    counts = np.diff(cumulative[known].astype(np.int64), axis=1, prepend=0)
    try:
        shape = Classic(edges[:-1])
    except ValueError as error:
        raise NotUnderstood(f"this is no histogram: {error}") from None
    histograms = np.full(grid.steps, None, object)
    for step, row in zip(np.flatnonzero(known), counts.tolist(), strict=True):
        histograms[step] = Histogram(shape, tuple(row))
    last = tallies[-1]
    return Counted(histograms, last.resets, last.born, last.unknown)


def _sum(parts: Sequence[Histogram | None]) -> Histogram | None:
    known = [each for each in parts if each is not None]
    return reduce(Histogram.__add__, known) if known else None
