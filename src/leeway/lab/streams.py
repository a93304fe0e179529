"""Simulated traffic on the grid of minutes, of many services at once; the same seed gives the same events.

Arrays are services × minutes. Traffic is Poisson around a mean that swings once a day; every service begins at its own
time of day, so that what happens at minute t of all of them happens at all hours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

DAY = 1_440
Counts = NDArray[np.int32]
Chances = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Traffic:
    """Events an hour on average; by day up to 1 + `swing` times as many, by night down to 1 − `swing`."""

    per_hour: float
    swing: float = 0.5


def arrivals(dice: Generator, traffic: Traffic, services: int, minutes: int) -> Counts:
    """Events of each minute."""
    begin = dice.integers(DAY, size=(services, 1))
    day = 1 + traffic.swing * np.sin(2 * np.pi * np.arange(2 * DAY) / DAY)
    a_minute = day * traffic.per_hour / 60
    places = (begin + np.arange(minutes)) % DAY
    return np.asarray(dice.poisson(a_minute[places]), np.int32)


def bursty(
    dice: Generator, share: float, services: int, minutes: int, *, severity: float = 0.5, lasts: float = 30.0
) -> Chances:
    """The chance of an event of each minute to be bad: `severity` in bursts, 0 between, `share` on average.

    Bursts and the times between have no memory (a Markov chain); a burst lasts `lasts` minutes on average.
    """
    bursting = share / severity
    if not 0 <= bursting < 1:
        raise ValueError(f"bursts with {severity} bad events cannot make {share} of all bad")
    chances = np.zeros((services, minutes), np.float32)
    if bursting == 0:
        return chances
    between = lasts * (1 - bursting) / bursting
    pairs = int(minutes / (lasts + between) * 2) + 64
    for row in chances:
        inside, position = bool(dice.random() < bursting), 0
        while position < minutes:
            first, second = (lasts, between) if inside else (between, lasts)
            lengths = np.empty(2 * pairs, np.int64)
            lengths[::2], lengths[1::2] = dice.geometric(1 / first, pairs), dice.geometric(1 / max(1.0, second), pairs)
            state = np.repeat(np.resize([inside, not inside], 2 * pairs), lengths)[: minutes - position]
            row[position : position + len(state)] = np.where(state, severity, 0.0)
            position += len(state)
    return chances


def stepped(chances: Chances | float, services: int, minutes: int, *, at: int, share: float) -> Chances:
    """The same chances, and at least `share` from minute `at` on."""
    after = np.array(np.broadcast_to(np.asarray(chances, np.float32), (services, minutes)))
    after[:, at:] = np.maximum(after[:, at:], share)
    return after


def errors(dice: Generator, total: Counts, chances: Chances | float) -> Counts:
    """Bad events of each minute: every event is bad with its minute's chance."""
    bad = np.zeros_like(total)
    busy = np.nonzero(total)
    chance = chances if isinstance(chances, float) else chances[busy]
    bad[busy] = dice.binomial(total[busy], chance)
    return bad
