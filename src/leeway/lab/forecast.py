"""Forecasts judged: made from the past of a window whose end is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.forecast import METHODS, History, Horizon, Method, outlook
from leeway.core.forecast.outlook import LEVELS, Banded
from leeway.core.forecast.scores import brier, crps_each
from leeway.core.points import Floats
from leeway.errors import Invalid


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the forecasts of a fleet did, arrays by service.

    `inside80`, `inside95`: 1 if what was spent lay in the band. `crps` is in shares of the budget. `brier` is of the
    chance that nothing is left at the end. `in_time`: 1 if the budget was gone between the times that the 80 % band
    named, or lasted where it named none; NaN for services whose budget was gone already.
    """

    inside80: Floats
    inside95: Floats
    crps: Floats
    brier: Floats
    in_time: Floats

    @classmethod
    def of(cls, draws: Floats, truth: Floats, edges: Floats, chance: Floats, in_time: Floats) -> Verdict:
        """From equally likely outcomes, (services, draws), and a row of edges for each of core.forecast's LEVELS."""
        low95, low80, _, high80, high95 = edges
        return cls(
            _inside(low80, truth, high80),
            _inside(low95, truth, high95),
            crps_each(draws, truth),
            brier(chance, (truth >= 1).astype(np.float64)),
            in_time,
        )

    @classmethod
    def of_draws(cls, draws: Floats, truth: Floats) -> Verdict:
        """Of a forecast that is nothing but draws: it says no times."""
        edges, chance = np.quantile(draws, LEVELS, axis=1), (draws >= 1).mean(axis=1)
        return cls.of(draws, truth, edges, chance, np.full(len(truth), np.nan))


def judge(
    spent: Floats, step_s: int, window_steps: int, elapsed: int, methods: tuple[Method, ...] = METHODS
) -> Verdict:
    """The forecasts that would have been made `elapsed` steps into the last window of a fleet's past.

    `spent` as History has it, the last `window_steps` being the window. Invalid if its past allows no bands.
    """
    begin = spent.shape[1] - window_steps
    history = History.of(spent[:, : begin + elapsed], step_s)
    banded = outlook(history, Horizon(elapsed, window_steps - elapsed), methods).banded
    if banded is None:
        raise Invalid(
            "there is too little past for bands, so there is nothing to judge",
            mend="give longer history or more services: 200 forecasts of the past must have been decided",
        )
    course = np.cumsum(np.nan_to_num(spent[:, begin:]), axis=1)
    truth = course[:, -1]
    return Verdict.of(banded.draws(), truth, banded.quantiles, banded.chance, _in_time(banded, course, elapsed, step_s))


def _in_time(banded: Banded, course: Floats, elapsed: int, step_s: int) -> Floats:
    """`course` is the share spent after each step of the window."""
    gone = course >= 1
    after = np.where(gone.any(axis=1), (gone.argmax(axis=1) + 1 - elapsed) * step_s, np.inf)
    _, latest, _, earliest, _ = np.where(np.isnan(banded.exhausted_s), np.inf, banded.exhausted_s)
    # a budget that is gone during a step is known to be gone at the step's end
    return np.where(banded.kept >= 1, np.nan, _inside(earliest, after, latest + step_s))


def _inside(low: Floats, value: Floats, high: Floats) -> Floats:
    return ((low <= value) & (value <= high)).astype(np.float64)
