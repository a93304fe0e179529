"""Where simulated events come from: drawn from a few figures, or from the days of a real history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator

from leeway.core.judge import events
from leeway.core.objective import DAY_S, Objective
from leeway.core.points import Floats, Points
from leeway.errors import Invalid
from leeway.lab.streams import Traffic, arrivals, bursty, errors

LEAST_DAYS = 7
"""Fewer days say too little of what a day can be."""


@dataclass(frozen=True, slots=True)
class Events:
    """What happened in each step of a stream. `total` is NaN where nothing is known."""

    bad: Floats
    total: Floats

    def until(self, step: int) -> Events:
        """The same up to this step."""
        return Events(self.bad[:step], self.total[:step])

    def failing(self, since: int, part: float, dice: Generator) -> Events:
        """The same events, but from one step on each of them is bad with at least this chance."""
        bad = self.bad.copy()
        after = slice(since, None)
        well = np.nan_to_num(self.total[after] - self.bad[after])
        whole = np.floor(well)
        bad[after] += dice.binomial(whole.astype(np.int64), part) + part * (well - whole)
        return Events(bad, self.total)


class World(Protocol):
    """A source of streams of events."""

    @property
    def step_s(self) -> int:
        """How long a step lasts."""
        ...

    @property
    def share(self) -> float:
        """The share of events that is bad, in the long run."""
        ...

    @property
    def per_hour(self) -> float:
        """Events of an average hour."""
        ...

    @property
    def words(self) -> str:
        """Where the events come from, for a person."""
        ...

    def stream(self, dice: Generator, days: int) -> Events:
        """So many days of it."""
        ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """Poisson traffic that swings once a day; bad events one by one, or in bursts that last so long on average."""

    traffic: Traffic
    share: float
    burst_s: float | None = None
    severity: float = 0.5

    def __post_init__(self) -> None:
        if self.burst_s is not None and self.share >= self.severity:
            raise Invalid(
                f"bursts in which {self.severity:g} of all events are bad cannot make {self.share:g} of all bad",
                mend="let more of a burst be bad, or fewer of all events",
            )

    @property
    def step_s(self) -> int:
        """A minute."""
        return 60

    @property
    def per_hour(self) -> float:
        """As asked for."""
        return self.traffic.per_hour

    @property
    def words(self) -> str:
        """Day and night, and how bad events come."""
        night = "by day and night alike" if self.traffic.swing == 0 else "more by day than by night"
        come = "one by one" if self.burst_s is None else f"in bursts of {self.burst_s / 60:g} minutes on average"
        return f"drawn, {night}; bad ones come {come}"

    def stream(self, dice: Generator, days: int) -> Events:
        """Every stream begins at an hour of its own."""
        minutes = days * DAY_S // 60
        total = arrivals(dice, self.traffic, 1, minutes)
        chances = (
            self.share
            if self.burst_s is None
            else bursty(dice, self.share, 1, minutes, severity=self.severity, lasts=self.burst_s / 60)
        )
        bad = errors(dice, total, chances)
        return Events(bad[0].astype(np.float64), total[0].astype(np.float64))


@dataclass(frozen=True, slots=True)
class Resampled:
    """The days of a history, each drawn by chance and put back: with their hours, their gaps and their incidents.

    `bad` and `total` are days × steps; `total` is NaN where there was no row.
    """

    step_s: int
    bad: Floats
    total: Floats

    @classmethod
    def of(cls, objective: Objective, points: Points, step_s: int) -> Resampled:
        """Days of UTC of which at least half is known. Invalid if there are fewer than a week of them."""
        if DAY_S % step_s:
            raise Invalid(f"rows of {step_s} s do not fill a day", mend="give rows whose step is a part of a day")
        found, steps = events(objective, points), DAY_S // step_s
        first = int(points.time[0]) // DAY_S if len(points) else 0
        days = int(points.time[-1]) // DAY_S - first + 1 if len(points) else 0
        bad, total = np.zeros(days * steps), np.full(days * steps, np.nan)
        place = (points.time - first * DAY_S) // step_s
        total[place] = found.total / points.scale
        bad[place] = (found.total - found.good) / points.scale
        known = ~np.isnan(total.reshape(days, steps)) if days else np.zeros((0, steps), np.bool_)
        whole = known.mean(axis=1) >= 0.5
        if whole.sum() < LEAST_DAYS:
            raise Invalid(
                f"the history has {int(whole.sum())} days that are known at least by half",
                mend=f"give {LEAST_DAYS} of them, or figures such as --rate 4/h",
            )
        return cls(step_s, bad.reshape(days, steps)[whole], total.reshape(days, steps)[whole])

    @property
    def share(self) -> float:
        """Of the whole history."""
        total = float(np.nansum(self.total))
        return float(self.bad.sum()) / total if total else 0.0

    @property
    def per_hour(self) -> float:
        """Of an average day."""
        return float(np.nansum(self.total)) / len(self.total) / 24

    @property
    def words(self) -> str:
        """How many days there are to draw from."""
        return f"{len(self.total)} days of history, drawn by chance"

    def stream(self, dice: Generator, days: int) -> Events:
        """Whole days."""
        drawn = dice.integers(len(self.total), size=days)
        return Events(self.bad[drawn].ravel(), self.total[drawn].ravel())
