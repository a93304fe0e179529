"""What the absence of a series means: no bad events, or no knowledge. The two are never confused silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats
from leeway.ports.source import Role
from leeway.sources.prometheus.decode import Series
from leeway.sources.prometheus.increments import Grid, Scrapes, target_of

Columns = Mapping[Role, Floats]


def bad_as_zero(columns: Columns, absent: NDArray[np.bool_]) -> tuple[dict[Role, Floats], tuple[str, ...]]:
    """Columns with bad = 0 where it is `absent` and total is known; and what a person should know about it."""
    filled, notes = dict(columns), []
    bad, good, total = (columns.get(role) for role in (Role.BAD, Role.GOOD, Role.TOTAL))
    if bad is not None and total is not None:
        zero = absent & np.isnan(bad) & ~np.isnan(total)
        if zero.any():
            filled[Role.BAD] = np.where(zero, 0.0, bad)
            notes.append(f"bad has no series in {zero.sum()} steps in which total has: taken as zero")
    if good is not None and total is not None:
        lost = int((np.isnan(good) & ~np.isnan(total)).sum())
        if lost:
            notes.append(f"good has no series in {lost} steps in which total has: unknown, not zero")
    return filled, tuple(notes)


def absent_steps(series: Iterable[Series], scrapes: Scrapes, grid: Grid) -> NDArray[np.bool_]:
    """Steps in which a counter had no sample though it could have had one: it was not yet born, or its target was
    scraped without it. A step in which its target was not scraped is not among them."""
    steps = np.arange(grid.steps)
    held = list(series)
    if not held:
        return np.ones(grid.steps, bool)
    first = min(int(one.time_ms[0]) for one in held)
    absent: NDArray[np.bool_] = steps < grid.step_of(np.array([first]))[0]
    for target in {target_of(one.labels) for one in held}:
        moments = scrapes.get(target, np.empty(0, np.int64))
        scraped = grid.step_of(moments[moments >= grid.span.start * 1000])
        absent[scraped] = True
    return absent
