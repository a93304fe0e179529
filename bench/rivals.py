"""What others would forecast for the same window: equally likely outcomes as each model itself believes them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from leeway.core.forecast.conformal import scaled
from leeway.core.forecast.history import History
from leeway.core.forecast.horizon import Horizon
from leeway.core.forecast.incidents import found
from leeway.core.forecast.methods import ewma
from leeway.core.forecast.trial import Trial
from leeway.core.points import Floats

DRAWS = 400
Model = Callable[[History, Horizon, np.random.Generator], Floats]


def straight(history: History, horizon: Horizon, dice: np.random.Generator) -> Floats:
    """A line through the window so far, with independent normal hours."""
    return _normal(history, horizon, history.spent[:, -horizon.elapsed :], dice)


def mean(history: History, horizon: Horizon, dice: np.random.Generator) -> Floats:
    """The mean of all history, with independent normal hours."""
    return _normal(history, horizon, history.spent, dice)


def bootstrap(history: History, horizon: Horizon, dice: np.random.Generator) -> Floats:
    """The future is made of days drawn from the past."""
    day, count = history.day, -(-horizon.ahead // history.day)
    begin = dice.integers(0, history.steps - day + 1, (len(history.spent), DRAWS, count))
    rows = np.arange(len(history.spent))[:, None, None]
    days = history.sums[rows, begin + day] - history.sums[rows, begin]
    part = horizon.ahead / (count * day)  # the last day may not be whole
    return _kept(history, horizon)[:, None] + days.sum(axis=2) * part


def fading(history: History, horizon: Horizon, dice: np.random.Generator, half_life_h: float = 168) -> Floats:
    """An exponentially weighted mean and variance."""
    step = 1 - 0.5 ** (1 / half_life_h)
    level, variance = history.spent[:, 0].copy(), np.zeros(len(history.spent))
    for spent in history.spent.T[1:]:
        error = spent - level
        level += step * error
        variance = (1 - step) * (variance + step * error * error)
    return _spread(history, horizon, level, np.sqrt(variance), dice)


def trend(history: History, horizon: Horizon, dice: np.random.Generator) -> Floats:
    """Holt's level and linear trend (0.1, 0.01 an hour), with independent normal hours."""
    level, slope = history.spent[:, 0].copy(), np.zeros(len(history.spent))
    squares = np.zeros(len(slope))
    for spent in history.spent.T[1:]:
        error = spent - (level + slope)
        level, slope = level + slope + 0.1 * error, slope + 0.001 * error
        squares += error * error
    mean = level + slope * (horizon.ahead + 1) / 2
    return _spread(history, horizon, mean, np.sqrt(squares / history.steps), dice)


def compound_poisson(history: History, horizon: Horizon, dice: np.random.Generator) -> Floats:
    """Incidents drawn one by one: a gamma posterior of their rate, their sizes the service's own and the fleet's."""
    burning = found(history)
    own = [_sizes(row, burns) for row, burns in zip(history.spent, burning, strict=True)]
    fleet = np.concatenate(own)
    trickle = np.where(burning, 0.0, history.spent).sum(axis=1) / (~burning).sum(axis=1) * horizon.ahead
    outcomes = np.empty((len(own), DRAWS))
    for service, sizes in enumerate(own):
        rate = dice.gamma(len(sizes) + 1, 1 / (history.steps + 3 * history.day), DRAWS)
        counts = dice.poisson(rate * horizon.ahead)
        drawn = dice.choice(fleet, counts.sum())
        if len(sizes):
            mine = dice.random(len(drawn)) >= 5 / (5 + len(sizes))
            drawn[mine] = dice.choice(sizes, mine.sum())
        outcomes[service] = np.bincount(np.repeat(np.arange(DRAWS), counts), drawn, DRAWS)
    return (_kept(history, horizon) + trickle)[:, None] + outcomes


def day_calibrated(history: History, horizon: Horizon, dice: np.random.Generator) -> Floats:  # noqa: ARG001 (one shape)
    """An exponentially weighted mean with a half-life of a day, with bands as Leeway makes them."""
    level = ewma(history, half_life_days=1)
    pool = Trial.of(history, level[None], horizon.ahead).pools[0]
    return _kept(history, horizon)[:, None] + scaled(level[:, -1:] * horizon.ahead, pool.draws())


def _sizes(spent: Floats, burning: NDArray[np.bool_]) -> Floats:
    """What each incident spent, all its hours together."""
    first = np.flatnonzero(burning & ~np.concatenate([[False], burning[:-1]]))
    return np.add.reduceat(np.where(burning, spent, 0.0), first) if len(first) else spent[:0]


MODELS: dict[str, Model] = {
    "window so far": straight,
    "mean so far": mean,
    "EWMA 7 d": fading,
    "EWMA 6 h": lambda *asked: fading(*asked, half_life_h=6),
    "Holt's trend": trend,
    "bootstrap of days": bootstrap,
    "compound Poisson": compound_poisson,
    "EWMA 1 d, calibrated": day_calibrated,
}


def _normal(history: History, horizon: Horizon, seen: Floats, dice: np.random.Generator) -> Floats:
    return _spread(history, horizon, seen.mean(axis=1), seen.std(axis=1), dice)


def _spread(history: History, horizon: Horizon, level: Floats, deviation: Floats, dice: np.random.Generator) -> Floats:
    ahead = dice.normal(level * horizon.ahead, deviation * np.sqrt(horizon.ahead), (DRAWS, len(level))).T
    return _kept(history, horizon)[:, None] + np.maximum(0.0, ahead)


def _kept(history: History, horizon: Horizon) -> Floats:
    return horizon.kept(history)[:, -1]
