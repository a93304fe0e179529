"""The document of a forecast."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from leeway.client.document import Document


class Band(Document):
    """From, to: shares of the window's budget that will be spent."""

    low: float
    high: float


class Gone(Document):
    """When nothing is left: the earliest and latest of a band; null: not before the horizon."""

    earliest: datetime | None
    latest: datetime | None


class Coverage(Document):
    """How many of `judged` forecasts of the objective's own past lay in the band that they would have had."""

    inside80: int
    inside95: int
    judged: int


class Forecast(Document):
    """What will be spent at `until`: the end of a calendar window, or a quarter of a rolling one ahead.

    Shares of the budget of a whole window with today's traffic, 1 being all of it. `point` is the middle; without bands
    it is the straight line, `method` is "linear", `lack` says why, and nothing is promised. Times are null if the
    budget lasts until the horizon: none after it is ever named. `chance` is that of nothing being left then.

    `origins` forecasts of the past, of all objectives with such a window, made the bands; `independent` of them do not
    overlap. `origins_needed` and `days_needed`, of the objective's own known history, are what bands take.
    """

    made_at: datetime
    until: datetime
    method: Literal["mean", "ewma", "compound_poisson", "linear"]
    spent: float
    point: float | None
    exhausted_at: datetime | None
    band80: Band | None
    band95: Band | None
    gone80: Gone | None
    gone95: Gone | None
    chance: float | None
    coverage: Coverage | None
    linear: float | None
    linear_exhausted_at: datetime | None
    lack: Literal["too_few_origins", "too_young"] | None
    origins: int
    independent: int
    origins_needed: int
    days_needed: int
