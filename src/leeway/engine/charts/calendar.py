"""Days and hours of the week: what each spent of the budget, for calendars and heat maps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from leeway.core.alerting.policy import Severity
from leeway.core.budget import budget
from leeway.core.ledger.grid import HOURS
from leeway.core.objective import DAY_S
from leeway.core.tally import Tally
from leeway.core.window import Calendar, Span
from leeway.engine.book import Book
from leeway.engine.catalog import STEP_S
from leeway.engine.charts.hours import hours
from leeway.engine.goal import Goal
from leeway.errors import Invalid
from leeway.ports.alerts import Alert
from leeway.ports.points import PointStore
from leeway.spec.nearest import did_you_mean

MONTHS = 13
"""Of a calendar, this month included."""

WEEK_DAYS = 7
CLOSE = 1e-9
"""What is so near to the even share is within it: floats do not tell."""


class Spending(StrEnum):
    """What a day did to the budget, held against its even share: its length / the window's."""

    UNKNOWN = "unknown"
    NONE = "none"
    WITHIN = "within"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a zone. `spent` is in the budget's unit; `ratio` of what its window allows, None if that is nothing.

    Its window is the one that ends with it, or the calendar period that holds it. `covered` steps of `steps` have data.
    """

    day: date
    span: Span
    spent: float
    ratio: float | None
    even: float
    covered: int
    steps: int
    state: Spending


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a weekday (0 is Monday) over some weeks: `ratio` of the span's budget; alerts that fired then."""

    weekday: int
    hour: int
    spent: float
    ratio: float | None
    burn_rate: float | None
    pages: int
    tickets: int


def zone_of(goal: Goal, wanted: str | None) -> str:
    """An IANA zone: the wanted one, else that of the goal's calendar window, else UTC. Raises Invalid."""
    window = goal.objective.window
    name = wanted or (window.zone if isinstance(window, Calendar) else "UTC")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # it may be no name at all, or one of a folder
        from zoneinfo import available_timezones

        mend = did_you_mean(name, available_timezones()) or "write an IANA name such as Europe/Berlin"
        raise Invalid(f"there is no time zone {name[:60]!r}", place="zone", mend=mend) from None
    return name


def days(goal: Goal, book: Book, points: PointStore, as_of: int, zone: str) -> tuple[Day, ...]:
    """Every day from the first of the month twelve months ago to today, in this zone. Blocking.

    Sums are of whole hours UTC: where a zone's midnight lies within one, that hour counts to the day before.
    """
    objective = goal.objective
    edges = _midnights(as_of, zone)
    begin = (edges[0] - objective.window.longest_s - DAY_S) // DAY_S * DAY_S
    span = Span(int(begin), -(-as_of // DAY_S) * DAY_S)
    every = hours(goal, book, points, span, as_of)
    bad, total, covered = (each.tolist() for each in every.of(np.array(edges)))
    found = []
    for place, (start, end) in enumerate(pairwise(edges)):
        until = min(end, as_of)
        window = objective.window.at(until if not isinstance(objective.window, Calendar) else start)
        _, seen, _ = every.of(np.array([window.start, window.end]))
        whole = budget(objective, Tally(bad[place], int(seen[0]), 0), window, goal.scale)
        ratio, even = whole.consumed_ratio, (end - start) / window.length_s
        known = covered[place] > 0 or total[place] > 0
        state = Spending.UNKNOWN if not known else Spending.NONE if not bad[place] else Spending.WITHIN
        if bad[place] and (ratio is None or float(ratio) > even + CLOSE):
            state = Spending.OVER
        found.append(
            Day(
                datetime.fromtimestamp(start, ZoneInfo(zone)).date(),
                Span(start, end),
                float(whole.consumed),
                None if ratio is None else float(ratio),
                even,
                covered[place],
                max(0, until - start) // STEP_S,
                state,
            )
        )
    return tuple(found)


def week(
    goal: Goal, book: Book, points: PointStore, span: Span, zone: str, alerts: Iterable[Alert]
) -> tuple[Cell, ...]:
    """What each hour of each weekday spent over the span, Monday 0:00 first, and which alerts fired then. Blocking."""
    whole = Span(span.start // DAY_S * DAY_S, -(-span.end // DAY_S) * DAY_S)
    every = hours(goal, book, points, whole, span.end)
    inside = (every.at >= span.start) & (every.at < span.end)
    place = np.array([_place(at, zone) for at in every.at[inside].tolist()], np.int64)
    bad, total = (np.zeros(WEEK_DAYS * HOURS, np.int64) for _ in range(2))
    np.add.at(bad, place, every.bad[inside])
    np.add.at(total, place, every.total[inside])
    of_span = budget(goal.objective, Tally(int(bad.sum()), int(total.sum()), 0), span, goal.scale)
    fired = [(one.severity, _place(one.fired_at, zone)) for one in alerts if span.holds(one.fired_at)]
    cells = []
    for at in range(WEEK_DAYS * HOURS):
        here = budget(goal.objective, Tally(int(bad[at]), int(total[at]), 0), span, goal.scale)
        burn = here.bad / here.total / goal.objective.allowed_share if here.total else None
        cells.append(
            Cell(
                at // HOURS,
                at % HOURS,
                float(here.consumed),
                float(here.consumed / of_span.allowed) if of_span.allowed else None,
                None if burn is None else float(burn),
                fired.count((Severity.PAGE, at)),
                fired.count((Severity.TICKET, at)),
            )
        )
    return tuple(cells)


def _place(at: int, zone: str) -> int:
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    return local.weekday() * HOURS + local.hour


def _midnights(as_of: int, zone: str) -> list[int]:
    """When each day begins, and when the last one ends."""
    today = datetime.fromtimestamp(as_of, UTC).astimezone(ZoneInfo(zone)).date()
    months = today.year * 12 + today.month - MONTHS
    first = date(months // 12, months % 12 + 1, 1)
    every = (first + timedelta(days=number) for number in range((today - first).days + 2))
    return [int(datetime(one.year, one.month, one.day, tzinfo=ZoneInfo(zone)).timestamp()) for one in every]
