"""The history of one series as windows of the length that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from leeway.core.judge import events
from leeway.core.objective import DAY_S, Method, Objective, Threshold
from leeway.core.stats import wilson
from leeway.core.window import Rolling
from leeway.errors import Invalid
from leeway.lab.suggest.series import Series
from leeway.lab.suggest.windows import Blocks, Windows
from leeway.spec.duration import Duration
from leeway.spec.quantity import span

HOUR_S = 3_600
LEAST_BLOCKS = 7
"""Days (hours, for a window below a day) that a history must have before anything is drawn from it."""


@dataclass(frozen=True, slots=True)
class History:
    """A series cut into windows. `per_window` blocks make one; `scale` quanta make one event."""

    series: Series
    threshold: Threshold | None
    window: Duration
    blocks: Blocks
    rolling: Windows
    resampled: Windows
    scale: int

    @classmethod
    def of(cls, series: Series, window: Duration, seed: int, threshold: Threshold | None = None) -> History:
        """Blocks are days; hours where the window is below a day; a row where rows last longer than that.

        Every history throws the same dice, so that what is told of a series depends on nothing but itself and the seed.
        Raises Invalid if a window is not a whole number of blocks.
        """
        window_s = window.seconds
        block_s = max(DAY_S if window_s >= DAY_S else HOUR_S, series.step_s)
        if window_s % block_s:
            raise Invalid(
                f"SLO {series.owner.slo}: a window of {span(window_s)} is no whole number of {span(block_s)}",
                mend="ask for a window of whole days, or of whole hours below a day; of whole rows if they last longer",
            )
        # no target has a part in what is good
        objective = Objective("main", Method.OCCURRENCES, Fraction(1), Rolling(window_s), threshold=threshold)
        found = events(objective, series.points)
        blocks = Blocks.of(series.points.time, found.total - found.good, found.total, end=series.end, length_s=block_s)
        resampled = blocks.resampled(window_s // block_s, np.random.default_rng(seed))
        return cls(
            series, threshold, window, blocks, blocks.rolling(window_s // block_s), resampled, series.points.scale
        )

    @property
    def days(self) -> float:
        """Days (or parts of them) of which anything is known."""
        return self.blocks.known * self.blocks.length_s / DAY_S

    @property
    def window_s(self) -> int:
        """How long a window is."""
        return self.window.seconds

    @property
    def independent(self) -> int:
        """How many windows that share nothing the known history holds."""
        return self.blocks.known * self.blocks.length_s // self.window_s

    @property
    def events(self) -> float:
        """All events."""
        return int(self.blocks.total.sum()) / self.scale

    @property
    def bad(self) -> float:
        """All bad events."""
        return int(self.blocks.bad.sum()) / self.scale

    @property
    def overall(self) -> float | None:
        """Good / total of the whole history."""
        return 1 - self.bad / self.events if self.events else None

    @property
    def window_events(self) -> float:
        """Events of a typical window."""
        return float(np.median(self.resampled.total)) / self.scale if len(self.resampled) else 0.0

    @property
    def enough(self) -> bool:
        """Whether a target can be told at all."""
        return self.blocks.known >= LEAST_BLOCKS and self.events > 0

    def headroom(self, times: float) -> float | None:
        """The target that allows so many times the bad share of the middle window: 1 − k · median(1 − R)."""
        middle = self.resampled.quantile(0.5)
        return None if middle is None else 1 - times * (1 - middle)

    @property
    def proven(self) -> float | None:
        """What the events alone show, one-sided at 95 %: no failure among 40 events is no promise of 100 %."""
        interval = wilson(self.events - self.bad, self.events, 0.90)
        return None if interval is None else interval.low

    @property
    def reached(self) -> float | None:
        """What 19 in 20 resampled windows reach, and not more than is proven, which matters where little happens."""
        low, proven = self.resampled.quantile(0.05), self.proven
        return None if low is None or proven is None else min(low, proven)
