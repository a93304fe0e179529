"""What is asked of the future: how much of a window will be spent at its end, or some steps from now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.forecast.history import History
from leeway.core.points import Floats


@dataclass(frozen=True, slots=True)
class Horizon:
    """A window at a moment, in steps of the history.

    `elapsed` steps of it are over. Of a calendar window nothing leaves and it ends `ahead` steps from now. Of a rolling
    one, whose length is `elapsed`, a step leaves for each that comes; it has no end, `ahead` is how far one looks.
    """

    elapsed: int
    ahead: int
    rolling: bool = False

    def __post_init__(self) -> None:
        if self.elapsed < 0 or self.ahead < 1:
            raise ValueError("a horizon lies ahead, by one step at least")
        if self.rolling and self.ahead > self.elapsed:
            raise ValueError("further ahead than a rolling window is long, all of it is future: ask for its length")

    def kept(self, history: History) -> Floats:
        """(services, 1 + ahead): what is spent already and will still count in the window after 0, 1, 2 … steps.

        Steps before the history's first are unknown: they count as what is unknown counts in a budget, not at all.
        """
        now = history.steps
        leaving = np.arange(self.ahead + 1) if self.rolling else np.zeros(self.ahead + 1, np.int64)
        since = np.clip(now - self.elapsed + leaving, 0, now)
        kept: Floats = history.sums[:, now, None] - history.sums[:, since]
        return kept

    def straight(self, history: History) -> Floats:
        """Budget per step in the window so far, the slope of the straight line; NaN if nothing of it is known."""
        now = history.steps
        since = max(0, now - self.elapsed)
        known = history.known[:, now] - history.known[:, since]
        spent = history.sums[:, now] - history.sums[:, since]
        slope: Floats = np.divide(spent, known, out=np.full(len(spent), np.nan), where=known > 0)
        return slope


def reaches(path: Floats, step_s: int) -> Floats:
    """(services,) seconds until a path, (services, 1 + steps), first reaches 1: the whole budget. NaN if it does not.

    Between two steps the path is straight. What starts at 1 or above is there already: 0 seconds.
    """
    there = path >= 1
    place = there.argmax(axis=1)
    rows = np.arange(len(path))
    end, begin = path[rows, place], path[rows, np.maximum(place - 1, 0)]
    part = np.divide(1 - begin, end - begin, out=np.ones(len(path)), where=end > begin)
    steps = np.where(place > 0, place - 1 + part, 0.0)
    return np.where(there.any(axis=1), steps * step_s, np.nan)
