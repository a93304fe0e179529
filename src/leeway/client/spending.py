"""Documents of where budgets went: burn by burn, day by day, hour by hour of the week."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from leeway.client.charts import AlertBand, Annotation
from leeway.client.document import Document
from leeway.client.documents import Budget, Span

Unit = Literal["events", "slices"]


class Burn(Document):
    """A time in which budget went fast. `end` null: it goes on. `spent` is in the unit, `ratio` of what is allowed.

    `worst_burn_rate` is the highest of an hour. `recovered_alone`: it ended without anybody being called; null while it
    goes on.
    """

    start: datetime
    end: datetime | None
    lasts_s: int
    spent: float
    ratio: float | None
    worst_burn_rate: float
    alerts: list[AlertBand]
    annotations: list[Annotation]
    recovered_alone: bool | None


class Background(Document):
    """What was spent in no burn that has a row."""

    spent: float
    ratio: float | None


class Ledger(Document):
    """A window's budget at `as_of`, and its burns, the costliest first: with the background they are all of it."""

    slo: str
    objective: str
    as_of: datetime
    window: Span
    budget: Budget
    items: list[Burn]
    background: Background


class Day(Document):
    """What a day spent, and which part of its window's budget that is; `even` is the part that is due to it.

    `within` is at most that, `over` is more, `none` is nothing, `unknown` is a day without data.
    """

    date: date
    start: datetime
    end: datetime
    spent: float
    ratio: float | None
    even: float
    coverage: float | None
    state: Literal["unknown", "none", "within", "over"]


class Calendar(Document):
    """Days of a time zone, the oldest first, today the last."""

    slo: str
    objective: str
    unit: Unit
    zone: str
    items: list[Day]


class HourOfWeek(Document):
    """An hour of a weekday, 0 being Monday: what it spent, how much of the span's budget that is, and what fired then.

    `burn_rate` is null where nothing counted.
    """

    weekday: int
    hour: int
    spent: float
    ratio: float | None
    burn_rate: float | None
    pages: int
    tickets: int


class Week(Document):
    """The hours of the week over a span, Monday's first."""

    slo: str
    objective: str
    unit: Unit
    zone: str
    start: datetime
    end: datetime
    items: list[HourOfWeek]
