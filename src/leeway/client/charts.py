"""Documents of charts: curves over time, with what is drawn around them, and what people wrote on them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from leeway.client.document import Document, Wish
from leeway.client.documents import Span


class Annotation(Document):
    """Plain text about the moment `start`, or about a span if it has an `end`."""

    number: int
    slo: str
    start: datetime
    end: datetime | None
    text: str
    by: str
    created_at: datetime


class AnnotationWish(Wish):
    """What happened, and who says so. `start` null is now; without `end` it is about a moment."""

    text: str = Field(max_length=10_000, description="Up to 2,000 characters, plain text")
    by: str = Field(max_length=1_000, description="Who says so")
    start: datetime | None = None
    end: datetime | None = None


class Threshold(Document):
    """A burn rate above which a policy pages or opens a ticket: over the long span, and over the short one if any."""

    policy: str
    severity: Literal["page", "ticket"]
    burn_rate: float
    long_s: int
    short_s: int | None


class Left(Document):
    """What will remain of the budget, as a ratio of allowed: the middle and two bands, null where nothing is known."""

    at: datetime
    middle: float | None
    low80: float | None
    high80: float | None
    low95: float | None
    high95: float | None


class Even(Document):
    """A point of the line along which an evenly spent budget goes."""

    at: datetime
    remaining: float


class AlertBand(Document):
    """An alert while it was up; `end` null: it still is. `told`: people were sent it."""

    key: str
    policy: str
    condition: str
    severity: Literal["page", "ticket"]
    start: datetime
    end: datetime | None
    told: bool


class SilenceBand(Document):
    """A time in which nobody is told of some or all alerts of the objective; it may lie ahead."""

    number: int
    start: datetime
    end: datetime
    by: str
    why: str


class Chart(Document):
    """Curves of one objective, by column: `at` in epoch seconds, and by its name each metric that was asked for.

    Null is not known, and never filled in from what lies around. The values were worked out each `step_s`; with
    `thinned` some are left out, and those that stay keep all highs, lows and gaps. Good, bad and total are in `unit`.
    `ideal` is the even line of `window`; `forecast` goes from when it was made to its horizon; empty: none is known.
    """

    slo: str
    objective: str
    target: float
    unit: Literal["events", "slices"]
    start: datetime
    end: datetime
    window: Span
    step_s: int
    thinned: bool
    series: dict[str, list[float | None]]
    thresholds: list[Threshold]
    ideal: list[Even]
    forecast: list[Left]
    alerts: list[AlertBand]
    silences: list[SilenceBand]
    unknown: list[Span]
    annotations: list[Annotation]
