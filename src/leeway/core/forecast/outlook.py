"""A fleet's forecasts at once: what will be spent, between what and what, and when nothing will be left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.forecast.choice import choose
from leeway.core.forecast.conformal import scaled, score
from leeway.core.forecast.history import History
from leeway.core.forecast.horizon import Horizon, reaches
from leeway.core.forecast.methods import METHODS, Method, mean_so_far, rates
from leeway.core.forecast.trial import LEAST_DAYS, Trial
from leeway.core.points import Floats, Ints

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
"""The edges of the 95 % and the 80 % band, and the middle."""
BANDS = (0.8, 0.95)
KNOTS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4)
"""Parts of the way to the horizon that are calibrated too; between them the edges of a band are straight."""


@dataclass(frozen=True, slots=True)
class Straight:
    """The straight line: the window goes on as it did so far. Arrays by service, NaN where nothing is known."""

    spent: Floats
    """Now, as a share of the window's budget."""
    end: Floats
    """At the horizon."""
    exhausted_s: Floats
    """Seconds until nothing is left; NaN if something is left at the horizon."""


@dataclass(frozen=True, slots=True)
class Banded:
    """Calibrated forecasts. Arrays by service; those of (levels, services) have a row per level of LEVELS.

    `quantiles` are shares of the window's budget spent at the horizon. `exhausted_s` are the seconds until the quantile
    reaches the whole budget, NaN if it does not before the horizon: beyond a calendar window's end nothing is promised.
    `chance` is that of nothing being left at the horizon. `method` is a place in `Outlook.methods`; `kept` and
    `predicted` are what counts already and what that method expects to come.
    """

    method: Ints
    kept: Floats
    predicted: Floats
    quantiles: Floats
    exhausted_s: Floats
    chance: Floats
    covered: Floats
    """(BANDS, services): how many forecasts of the service's own past lay in the band it would have had,"""
    judged: Floats
    """of how many."""

    off: Floats
    """(services, 200) equally likely scores of the method: see `conformal`."""

    def draws(self) -> Floats:
        """(services, 200) equally likely shares spent at the horizon: what scores are made from."""
        return self.kept[:, None] + scaled(self.predicted[:, None], self.off)


@dataclass(frozen=True, slots=True)
class Outlook:
    """`banded` is None if the fleet has too little past for bands; `known`: the service has enough of its own."""

    methods: tuple[Method, ...]
    straight: Straight
    trial: Trial
    known: NDArray[np.bool_]
    banded: Banded | None


def outlook(history: History, horizon: Horizon, methods: tuple[Method, ...] = METHODS) -> Outlook:
    """Forecasts for all services of a history, which share a horizon; all of them calibrate the bands of each.

    Of `methods` each service gets the one that did best.

    Services are taken to be exchangeable: those that spend in very different ways (batch jobs, web shops) belong in
    fleets of their own. Bands need `conformal.ORIGINS` judged forecasts in the fleet, and `trial.LEAST_DAYS` of known
    history of the service.
    """
    spends = np.stack([rates(method, history) for method in methods])
    trial = Trial.of(history, spends, horizon.ahead)
    kept = horizon.kept(history)
    banded = _banded(history, horizon, spends, trial, kept) if trial.enough else None
    known = history.known[:, -1] >= LEAST_DAYS * history.day
    return Outlook(methods, _straight(history, horizon, kept), trial, known, banded)


def _straight(history: History, horizon: Horizon, kept: Floats) -> Straight:
    """At a window's very first step, the line of all history."""
    slope = horizon.straight(history)
    slope = np.where(np.isnan(slope), mean_so_far(history)[:, -1], slope)
    path = kept + slope[:, None] * np.arange(horizon.ahead + 1)
    return Straight(kept[:, 0], path[:, -1], reaches(path, history.step_s))


def _banded(history: History, horizon: Horizon, spends: Floats, trial: Trial, kept: Floats) -> Banded:
    method = choose(trial.costs(), trial.windows)
    services = np.arange(len(method))
    slope = spends[method, services, -1]
    knots = sorted({max(1, round(part * horizon.ahead)) for part in KNOTS} - {horizon.ahead})
    trials = [one for one in (Trial.of(history, spends, knot) for knot in knots) if one.enough] + [trial]
    edges = np.stack([scaled(slope * one.ahead, _offs(one)[method].T) for one in trials], axis=-1)
    edges = np.maximum.accumulate(edges, axis=-1)  # what is spent by then is spent by later
    between = _between([one.ahead for one in trials])
    exhausted = [reaches(kept + edge @ between, history.step_s) for edge in edges]
    predicted = slope * horizon.ahead
    missing = score(np.maximum(0.0, 1 - kept[:, -1]), predicted)
    beyond = np.stack([pool.beyond(missing) for pool in trial.pools])[method, services]
    inside, judged = _covered(trial, method)
    return Banded(
        method=method,
        kept=kept[:, -1],
        predicted=predicted,
        quantiles=kept[:, -1] + edges[:, :, -1],
        exhausted_s=np.stack(exhausted),
        chance=np.where(kept[:, -1] >= 1, 1.0, beyond),
        covered=inside,
        judged=judged,
        off=np.stack([pool.draws() for pool in trial.pools])[method],
    )


def _offs(trial: Trial) -> Floats:
    """(methods, levels): how far off each method is at the edges of the bands."""
    return np.array([[pool.at(level) for level in LEVELS] for pool in trial.pools])


def _between(knots: list[int]) -> Floats:
    """(knots, 1 + steps): what each knot weighs at each step, from nothing spent at the first."""
    steps = np.arange(knots[-1] + 1)
    return np.stack([np.interp(steps, (0, *knots), np.eye(len(knots) + 1)[place + 1]) for place in range(len(knots))])


def _covered(trial: Trial, method: Ints) -> tuple[Floats, Floats]:
    found = np.zeros((len(BANDS) + 1, len(method)))
    for chosen in np.unique(method):
        found = np.where(method == chosen, trial.covered(int(chosen), BANDS), found)
    return found[:-1], found[-1]
