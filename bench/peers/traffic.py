"""Counters whose every increment is known: traffic of services, their errors, and what a budget truly was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leeway.core.points import Ints

TARGET = 0.999
WINDOW_S = 2 * 86_400
SCRAPED_S = 30
"""Samples lie in the middle of their minute, so no edge of a minute is a matter of opinion."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests and errors of each minute (rows) from `begin`, by SLO."""

    begin: int
    good: Ints
    bad: Ints

    @classmethod
    def of(cls, slos: int, end: int, minutes: int) -> Traffic:
        """Days with quiet nights; errors come at a small rate, and in earnest for half an hour of a night."""
        dice = np.random.default_rng(slos)
        begin = end - minutes * 60
        hour = (begin // 3_600 + np.arange(minutes) // 60) % 24
        rate = np.where((hour >= 1) & (hour < 6), 6, 600)[:, None] * (1 + np.arange(slos) % 7)
        total = dice.poisson(rate)
        share = np.full(minutes, 0.0005)
        share[(hour == 3) & (np.arange(minutes) % 60 < 30)] = 0.1
        bad = dice.binomial(total, share[:, None])
        return cls(begin, total - bad, bad)

    @property
    def end(self) -> int:
        """The end of the last minute."""
        return self.begin + 60 * len(self.good)

    def remaining(self, slo: int, at: int) -> float:
        """The share of the budget that is left at `at`: errors of the window's minutes against those allowed."""
        first, last = (max(0, (time - self.begin) // 60) for time in (at - WINDOW_S, at))
        bad, good = int(self.bad[first:last, slo].sum()), int(self.good[first:last, slo].sum())
        return 1 - bad / (bad + good) / (1 - TARGET)

    def write(self, file: Path) -> None:
        """The counters as they would have been scraped, as OpenMetrics."""
        times = [f" {self.begin + 60 * minute + SCRAPED_S}\n" for minute in range(len(self.good))]
        with file.open("w") as text:
            text.write("# TYPE bench_requests counter\n")
            for code, increments in (("200", self.good), ("500", self.bad)):
                for slo, counted in enumerate(np.cumsum(increments, axis=0).T):
                    name = f'bench_requests_total{{slo="slo-{slo}",code="{code}"}} '
                    rows = zip(counted.tolist(), times, strict=True)
                    text.write("".join(f"{name}{value}{time}" for value, time in rows))
            text.write("# EOF\n")
