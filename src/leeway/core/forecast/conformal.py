"""Bands from what happened after forecasts of the past: how far off they were is how far off today's may be.

No model of the world is trusted with a band. In a world of incidents the bands that models give of themselves are too
narrow, in a world of drifting error rates they hold a small part of what they promise (docs/forecasts.md). Source:
Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005 (split conformal prediction), here on rolling
origins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from leeway.core.points import Floats

FLOOR = 0.02
"""2 % of the budget is added to both sides of a ratio: below that nobody cares how many times a forecast was off."""
ORIGINS = 200
"""Fewer past forecasts than this tell nothing of the one in forty that was furthest off."""
MIDDLE = 0.5
GRID = (np.arange(200) + 0.5) / 200


def score(measured: Floats | float, predicted: Floats) -> Floats:
    """How many times more was spent than predicted, as a logarithm: 0 is right, below 0 less, NaN unknown."""
    off: Floats = np.log((measured + FLOOR) / (predicted + FLOOR))
    return off


def scaled(predicted: Floats, off: Floats | float) -> Floats:
    """What would have been spent if the forecast is off by this score; never less than nothing."""
    return np.maximum(0.0, (predicted + FLOOR) * np.exp(off) - FLOOR)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scores of many past forecasts of one method and one horizon, in ascending order."""

    scores: Floats
    independent: int
    """How many of them come from stretches of time that do not overlap."""

    @classmethod
    def of(cls, scores: Floats, independent: int) -> Calibration:
        """From what is known of these scores, whichever service they come from."""
        return cls(np.sort(scores[np.isfinite(scores)]), independent)

    def __len__(self) -> int:
        return len(self.scores)

    def at(self, level: float) -> float:
        """The score that a new forecast exceeds with a chance of 1 − level, or with less.

        With k independent forecasts of the past that are exchangeable with the new one, no more is known of it than
        that it may take any of k + 1 places among them: so the level is sought a little further out, at (k + 1) / k of
        it. In a large fleet that is nothing; where k is below 39 the 95 % band is as wide as the past was, and may
        still be too narrow.
        """
        if level == MIDDLE:
            return float(np.median(self.scores))
        outwards = max(level, 1 - level) * (self.independent + 1) / self.independent
        last = len(self.scores) - 1
        place = min(last, math.ceil(outwards * len(self.scores)) - 1)
        return float(self.scores[place if level > MIDDLE else last - place])

    def edges(self, band: float) -> tuple[float, float]:
        """The scores between which this share of new forecasts will be, as much left out below as above."""
        return self.at((1 - band) / 2), self.at((1 + band) / 2)

    def beyond(self, scores: Floats) -> Floats:
        """The share of past forecasts that were off by these scores or more; NaN where a score is."""
        share = 1 - np.searchsorted(self.scores, scores) / len(self.scores)
        return np.where(np.isnan(scores), np.nan, share)

    def draws(self) -> Floats:
        """Two hundred equally likely scores."""
        return np.quantile(self.scores, GRID)
