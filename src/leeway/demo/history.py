"""What happened in the stories: minutes of made-up traffic, the same for the same day, shaped by what each story tells.

Pure. Days are UTC midnights in epoch seconds, `opened` is the moment at which the demo was opened; the episodes of the
stories lie where a newcomer finds them, counted back from there.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints

SEED = 20_260_101
DAYS = 90
DAY_S, HOUR_S, MINUTE_S = 86_400, 3_600, 60
NOON_S, QUARTER_S = 12 * HOUR_S, 15 * MINUTE_S


@dataclass(frozen=True, slots=True)
class Minutes:
    """Rows of one story: good and total by time, and when each became known (epoch seconds)."""

    time: Ints
    good: Floats
    total: Floats
    known: Ints

    def between(self, after: float, until: float) -> Minutes:
        """The rows that became known after the first moment and up to the second."""
        return self._only((self.known > after) & (self.known <= until))

    def later(self, time: int) -> Minutes:
        """The rows of this time and after it."""
        return self._only(self.time >= time)

    def _only(self, these: NDArray[np.bool_]) -> Minutes:
        return Minutes(self.time[these], self.good[these], self.total[these], self.known[these])


@dataclass(frozen=True, slots=True)
class Story:
    """One SLO and how its days went. `live` is true for what is probed for real once the demo runs."""

    slo: str
    day: Callable[[int, int, Generator], Minutes]
    live: bool = False

    def told(self, after: float, until: float, opened: int) -> Minutes:
        """The rows that became known in (after, until]. A row is known two days after its time at the latest."""
        first = int(after) // DAY_S * DAY_S - 2 * DAY_S
        key = zlib.crc32(self.slo.encode())
        days = [
            self.day(midnight, opened, default_rng([SEED, key, midnight // DAY_S]))
            for midnight in range(first, int(until) + 1, DAY_S)
        ]
        whole = Minutes(
            *(np.concatenate([getattr(day, name) for day in days]) for name in ("time", "good", "total", "known"))
        )
        return whole.between(after, until)


def bar(midnight: int, opened: int, dice: Generator) -> Minutes:
    """A guest every two seconds. One of four hundred walks out; on Saturday evening one of fifty."""
    time = _grid(midnight, MINUTE_S)
    saturday = (time // DAY_S % 7 == 2) & (time % DAY_S >= 20 * HOUR_S) & (time < opened - 6 * HOUR_S)
    return _prompt(time, np.full(len(time), 30.0), np.where(saturday, 0.02, 0.0025), dice)


def checkout(midnight: int, opened: int, dice: Generator) -> Minutes:
    """Hardly an error, but for 25 minutes after a deploy two days ago: one checkout of five fails.

    None fails in the hours beside those, or the burn of the ledger would take in an error of chance on some days.
    """
    time = _grid(midnight, MINUTE_S)
    deploy = opened // DAY_S * DAY_S - 2 * DAY_S + 14 * HOUR_S + 5 * MINUTE_S
    since = time - deploy
    failing, beside = (since >= 0) & (since < 25 * MINUTE_S), (since >= -HOUR_S) & (since < 2 * HOUR_S)
    return _prompt(time, _traffic(time, 100, dice), np.select([failing, beside], [0.2, 0.0], 0.0002), dice)


def search(midnight: int, opened: int, dice: Generator) -> Minutes:
    """For eight days 0.3 % of the searches fail: too little for anybody to notice, three times what is allowed."""
    time = _grid(midnight, MINUTE_S)
    return _prompt(time, _traffic(time, 120, dice), np.where(time >= opened - 8 * DAY_S, 0.003, 0.00003), dice)


def catalogue(midnight: int, _: int, dice: Generator) -> Minutes:
    """At 03:00 a cache warms for three minutes, and two pages of five fail; then all is well again."""
    time = _grid(midnight, MINUTE_S)
    warming = time % DAY_S // MINUTE_S // 3 == 60
    return _prompt(time, _traffic(time, 200, dice), np.where(warming, 0.4, 0.0001), dice)


def invoices(midnight: int, opened: int, _: Generator) -> Minutes:
    """One invoice run every quarter of an hour.

    One failed five hours before the demo was opened; three in a row twelve days before it; and one of fifty in the
    twenty days before those.
    """
    time, last = _grid(midnight, MINUTE_S), (opened - 5 * HOUR_S) // QUARTER_S * QUARTER_S
    outage = opened // DAY_S * DAY_S - 12 * DAY_S + 10 * HOUR_S
    run, first = time // QUARTER_S, outage // QUARTER_S
    failed = (time >= outage) & (time < outage + 3 * QUARTER_S) | (run * QUARTER_S == last)
    failed |= (run < first) & (run >= first - 20 * DAY_S // QUARTER_S) & (run % 50 == 0)
    runs = (time % QUARTER_S == 0).astype(np.float64)
    return Minutes(time, runs * ~failed, runs, time + MINUTE_S)


def report(midnight: int, opened: int, dice: Generator) -> Minutes:
    """Rows of a pipeline by the hour, written at noon of the day after. The last day that was written was a bad one."""
    time = _grid(midnight, HOUR_S)
    last = (opened - NOON_S) // DAY_S * DAY_S - DAY_S
    hour = time % DAY_S // HOUR_S
    poor = ((hour >= 1) & (hour <= 5)) if midnight == last else (hour == 2) & (midnight // DAY_S % 3 == 0)
    total = dice.poisson(20_000, len(time)).astype(np.float64)
    bad = dice.binomial(total.astype(np.int64), np.where(poor, 0.04, 0.001))
    return Minutes(time, total - bad, total, np.full(len(time), midnight + DAY_S + NOON_S))


STORIES = (
    Story("bar", bar, live=True),
    Story("bar-this-hour", bar, live=True),
    Story("checkout", checkout),
    Story("search", search),
    Story("catalogue", catalogue),
    Story("invoices", invoices),
    Story("invoices-this-month", invoices),
    Story("daily-report", report),
)


def last_batch(opened: int) -> int:
    """When the pipeline wrote its last batch: a noon."""
    return (opened - NOON_S) // DAY_S * DAY_S + NOON_S


def _grid(midnight: int, step_s: int) -> Ints:
    return np.arange(midnight, midnight + DAY_S, step_s, dtype=np.int64)


def _traffic(time: Ints, mean: float, dice: Generator) -> Floats:
    """Busiest at 15:00, quietest at 03:00, a third less on Saturday and Sunday."""
    hour = time % DAY_S / HOUR_S
    weekend = (time // DAY_S + 3) % 7 >= 5  # the epoch was a Thursday
    expected = mean * (1 - 0.6 * np.cos((hour - 3) / 12 * np.pi)) * np.where(weekend, 2 / 3, 1.0)
    return dice.poisson(expected).astype(np.float64)


def _prompt(time: Ints, total: Floats, share: Floats, dice: Generator) -> Minutes:
    """Rows that are known as soon as their minute is over."""
    bad = dice.binomial(total.astype(np.int64), share)
    return Minutes(time, total - bad, total, time + MINUTE_S)
