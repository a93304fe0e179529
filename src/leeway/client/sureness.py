"""The documents that say how sure a number is."""

from __future__ import annotations

from leeway.client.document import Document


class Interval(Document):
    """Where the true SLI lies, with this confidence, given how little was seen."""

    low: float
    high: float
    confidence: float


class Bounds(Document):
    """Low and high of figures that a threshold inside the buckets of histograms leaves in doubt.

    `edges` are those around the threshold in the newest histogram, null where it has none on that side or is not known.
    """

    sli: tuple[float, float]
    consumed_ratio: tuple[float, float] | None
    threshold: float
    edges: tuple[float | None, float | None] | None


class Chance(Document):
    """A burn that pages and must be more than chance, and what its long window holds now.

    It pages from `needed` bad events of as many on; null: not even if all of them were bad.
    """

    burn_rate: float
    long_s: int
    short_s: int | None
    bad: float
    total: float
    p_value: float
    alpha: float
    needed: int | None


class FalsePages(Document):
    """Pages of a service exactly on target, in 90 days, by `days` of its own traffic; null: not measured yet.

    `proven`: at most so many, if bad events are independent. Else they come in clusters, and this is an estimate.
    """

    expected: float | None
    days: float
    proven: bool


class Certainty(Document):
    """How sure the SLI is: exactly, and allowed for bad events that come in clusters (`rho` above 0).

    All of them say as much as so many independent `events`.
    """

    interval_adjusted: Interval | None
    rho: float
    events: float
    chances: list[Chance]
    false_pages: FalsePages | None = None
