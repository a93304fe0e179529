"""Documents of what other targets would have meant."""

from __future__ import annotations

from datetime import datetime

from leeway.client.document import Document


class Meant(Document):
    """A target over the past: of `windows` so many `missed` it; `met` if none did, null without any.

    `allowed` (in the unit) and `spent_ratio` are of the present window, `worst_remaining` of the worst of all, which
    ended at `worst_at`; it may be below zero.
    """

    target: float
    met: bool | None
    windows: int
    missed: int
    missed_ratio: float | None
    allowed: float
    spent_ratio: float | None
    worst_remaining: float | None
    worst_at: datetime | None


class Targets(Document):
    """What some targets would have meant from `start` to `end`. `full`: the past holds at least one whole window.

    `series` is how the budget of `curve_of` would have gone: `at` in epoch seconds, and `remaining`.
    """

    slo: str
    objective: str
    start: datetime
    end: datetime
    window_s: int
    threshold: float | None
    full: bool
    items: list[Meant]
    curve_of: float
    series: dict[str, list[float | None]]
