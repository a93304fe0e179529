"""Two simulated worlds in which forecasts are judged: in one, budgets are spent in incidents, in the other they drift.

A forecast that is right in one of them only is right about its own assumptions. All parameters are in
docs/forecasts.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.points import Floats

TARGET_BAD = 0.001
"""Allowed bad share: a target of 99.9 %."""
MEAN_EVENTS, DIURNAL = 4_000, 0.6
"""Events in a mean hour; how far the day's hours swing around it."""
HISTORY_DAYS, WINDOW_DAYS = 60, 30


@dataclass(frozen=True, slots=True)
class World:
    """Hourly counts, (services, hours): 60 days of history, then a window of 30 days."""

    name: str
    bad: Floats
    total: Floats

    @property
    def spent(self) -> Floats:
        """Shares of the window's budget."""
        window = self.total[:, -WINDOW_DAYS * 24 :]
        spent: Floats = self.bad / (TARGET_BAD * window.sum(axis=1))[:, None]
        return spent


def incidents(dice: np.random.Generator, services: int = 300) -> World:
    """Quiet at 15 % of the allowed rate, and on top Poisson incidents of lognormal length and beta severity."""
    hours = (HISTORY_DAYS + WINDOW_DAYS) * 24
    rates = 0.35 * np.exp(dice.normal(0, 0.6, services))
    counts = dice.poisson(rates * hours / 24)
    who = np.repeat(np.arange(services), counts)
    begin = dice.uniform(0, hours, len(who))
    end = np.minimum(begin + dice.lognormal(np.log(20 / 60), 1.4, len(who)), hours)
    severity = dice.beta(0.6, 6, len(who))
    edges = np.arange(hours)
    share = np.full((services, hours), 0.15 * TARGET_BAD)
    for service, since, until, bad in zip(who, begin, end, severity, strict=True):
        touched = slice(int(since), int(np.ceil(until)))
        inside = np.minimum(edges[touched] + 1, until) - np.maximum(edges[touched], since)
        share[service, touched] += bad * inside
    return _counted("incidents", dice, share)


def regimes(dice: np.random.Generator, services: int = 150) -> World:
    """No incidents: a lognormal level that is drawn anew every ten days or so, under hour-to-hour AR(1) noise."""
    hours = (HISTORY_DAYS + WINDOW_DAYS) * 24
    level = np.log(0.35 * TARGET_BAD) + dice.normal(0, 1.1, (services, hours))
    switches = dice.random((services, hours)) < 1 / 240
    switches[:, 0] = True
    since = np.maximum.accumulate(np.where(switches, np.arange(hours), 0), axis=1)
    level = np.take_along_axis(level, since, axis=1)
    noise = dice.normal(0, 0.15, (services, hours))
    for hour in range(1, hours):
        noise[:, hour] += 0.9 * noise[:, hour - 1]
    return _counted("regimes", dice, np.exp(level + noise))


WORLDS = {"incidents": incidents, "regimes": regimes}


def _counted(name: str, dice: np.random.Generator, share: Floats) -> World:
    day = 1 + DIURNAL * np.sin(2 * np.pi * (np.arange(share.shape[1]) % 24) / 24)
    total = np.broadcast_to((MEAN_EVENTS * day).astype(np.int64), share.shape)
    bad = dice.binomial(total, np.clip(share, 0, 1))
    return World(name, bad.astype(np.float64), total.astype(np.float64))
