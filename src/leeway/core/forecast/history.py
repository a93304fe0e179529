"""What services spent of their budgets, step by step: what every forecast is made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.points import Floats, Ints

DAY_S = 86_400

KNOWN_AT_LEAST = 0.9
"""A stretch of time with more than a tenth of its steps unknown is not measured: it is unknown."""


@dataclass(frozen=True, slots=True)
class History:
    """A fleet's past: a row per service, a column per step of `step_s` seconds (an hour, a day); the last ends now.

    `spent` is the share of the whole window's budget that each step took, NaN where nothing is known (before a
    service's birth too). `sums` and `known` are running sums and counts of the known steps, with a column more.
    """

    spent: Floats
    step_s: int
    sums: Floats
    known: Floats

    @classmethod
    def of(cls, spent: Floats, step_s: int) -> History:
        """One step at least, which divides the day, and nobody spends less than nothing: else ValueError."""
        if not spent.shape[1]:
            raise ValueError("a history has one step at least")
        if step_s <= 0 or DAY_S % step_s:
            raise ValueError(f"a step divides the day, {step_s} s do not")
        seen = ~np.isnan(spent)
        if (spent < 0).any() or np.isinf(spent).any():
            raise ValueError("a step spends a share of the budget: 0 or more, or NaN where it is unknown")
        return cls(spent, step_s, _running(np.where(seen, spent, 0.0)), _running(seen.astype(np.float64)))

    @property
    def steps(self) -> int:
        """How many there are; the moment `steps` is now."""
        return int(self.sums.shape[1]) - 1

    @property
    def day(self) -> int:
        """Steps of a day."""
        return DAY_S // self.step_s

    def days(self) -> Ints:
        """Now and the same time of all days before, in ascending order: the moments a forecast could have been made.

        The time of day is always the same, so that day and night weigh in the past as they do now.
        """
        return np.arange(self.steps - (self.steps - 1) // self.day * self.day, self.steps + 1, self.day)

    def measured(self, at: Ints, ahead: int) -> Floats:
        """(services, moments): what was spent in the `ahead` steps from each moment; NaN where too little is known."""
        spent = self.sums[:, at + ahead] - self.sums[:, at]
        share = (self.known[:, at + ahead] - self.known[:, at]) / ahead
        measured: Floats = np.divide(spent, share, out=np.full(spent.shape, np.nan), where=share >= KNOWN_AT_LEAST)
        return measured


def shares(bad: Floats, total: Floats, allowed_share: Floats, window_steps: int) -> Floats:
    """What each step spent, as a share of the budget of a whole window with the traffic of its last `window_steps`.

    (services, steps) of bad and of all events (for time slices: of slices), NaN where unknown; one allowed share each.
    What a step was worth in an earlier, busier or quieter window does not matter: the budget forecast is today's. NaN
    throughout for a service without traffic, or that may not fail at all.

    >>> shares(np.array([[0.0, 1.0]]), np.array([[100.0, 100.0]]), np.array([0.01]), 2)
    array([[0. , 0.5]])
    """
    recent = total[:, -window_steps:]
    steps = (~np.isnan(recent)).sum(axis=1)
    allowed = allowed_share * np.nansum(recent, axis=1) * window_steps / np.maximum(steps, 1)
    allowed = np.where(allowed > 0, allowed, np.nan)
    return np.where(np.isnan(total), np.nan, bad) / allowed[:, None]


def _running(steps: Floats) -> Floats:
    sums = np.zeros((steps.shape[0], steps.shape[1] + 1))
    np.cumsum(steps, axis=1, out=sums[:, 1:])
    return sums
