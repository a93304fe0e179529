"""All methods tried on the past of a fleet: what each would have forecast on each day, and how far off it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.forecast.conformal import FLOOR, ORIGINS, Calibration, score
from leeway.core.forecast.history import History
from leeway.core.forecast.scores import crps
from leeway.core.points import Floats, Ints

LEAST_DAYS = 10
"""From fewer known days nothing is forecast for a service."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trial:
    """Forecasts over `ahead` steps made at the moments `at`: (methods, services, moments).

    `predicted` is in shares of the budget; `scores` tell how far off each was, NaN where that is not known. `behind`
    is how many steps were known of a service then. `used` are those that count today, and `pools` is made from them:
    a calibration per method, whichever service its scores came from.
    """

    at: Ints
    ahead: int
    predicted: Floats
    scores: Floats
    behind: Floats
    used: Mask
    pools: tuple[Calibration, ...]

    @classmethod
    def of(cls, history: History, rates: Floats, ahead: int) -> Trial:
        """From what each method said on each day of the history, (methods, services, days)."""
        days = history.days()
        at = days[days + ahead <= history.steps]
        behind = history.known[:, at]
        predicted = rates[:, :, : len(at)] * ahead
        spent = np.where(behind >= LEAST_DAYS * history.day, history.measured(at, ahead), np.nan)
        scores = score(spent, predicted)
        used = seasoned(np.isfinite(spent), behind, history.known[:, -1])
        independent = int(_apart(used, at, ahead).sum())
        pools = tuple(Calibration.of(one[used], independent) for one in scores)
        return cls(at, ahead, predicted, scores, behind, used, pools)

    @property
    def origins(self) -> int:
        """How many forecasts of the past count, of each method."""
        return int(self.used.sum())

    @property
    def enough(self) -> bool:
        """Whether they say anything about the next one."""
        return self.origins >= ORIGINS

    @property
    def windows(self) -> Floats:
        """Per service, how many of its origins do not overlap: the number to be modest about."""
        return _apart(self.used, self.at, self.ahead)

    def costs(self) -> Floats:
        """The CRPS that each calibrated method had at each origin, in shares of the budget; NaN where it has none."""
        found = [
            np.where(self.used, (predicted + FLOOR) * crps(np.exp(pool.draws()), np.exp(scores)), np.nan)
            for pool, predicted, scores in zip(self.pools, self.predicted, self.scores, strict=True)
        ]
        return np.stack(found)

    def covered(self, method: int, bands: Sequence[float]) -> Floats:
        """(bands + 1, services): how many past forecasts lay in each band they would have had; last, of how many.

        The band of a day is made as today's is, from the origins whose outcome was known on that day. Days with fewer
        than ORIGINS of them are not judged.
        """
        scores = self.scores[method]
        found = np.zeros((len(bands) + 1, len(scores)))
        for place, moment in enumerate(self.at):
            then = np.isfinite(scores) & (self.at + self.ahead <= moment)
            used = seasoned(then, self.behind, self.behind[:, place])
            if used.sum() >= ORIGINS:
                past = Calibration.of(scores[used], int(_apart(used, self.at, self.ahead).sum()))
                now = scores[:, place]
                edges = [past.edges(band) for band in bands]
                found[:-1] += [(low <= now) & (now <= high) for low, high in edges]
                found[-1] += np.isfinite(now)
        return found


def seasoned(known: Mask, behind: Floats, today: Floats) -> Mask:
    """Which forecasts count, of those whose outcome is known: (services, moments).

    Not those from less than half of the history that there is `today`: they are worse than today's and would widen its
    band. If that leaves fewer than ORIGINS, all.
    """
    kept: Mask = known & (2 * behind >= today[:, None])
    return kept if kept.sum() >= ORIGINS else known


def _apart(used: Mask, at: Ints, ahead: int) -> Floats:
    """Per service, how many stretches of `ahead` steps fit between the first and the last of these moments."""
    if not len(at):
        return np.zeros(len(used))
    first, last = used.argmax(axis=1), len(at) - 1 - used[:, ::-1].argmax(axis=1)
    return np.where(used.any(axis=1), 1.0 + (at[last] - at[first]) // ahead, 0.0)
