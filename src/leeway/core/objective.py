"""What the mathematics needs to know of an objective: nothing of documents, sources or services."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from leeway.core.window import Window

DAY_S = 86_400


class Method(StrEnum):
    """How a budget is counted. The values are the names shown beside every number."""

    OCCURRENCES = "Occurrences"
    TIMESLICES = "Timeslices"
    RATIO_TIMESLICES = "RatioTimeslices"
    TRAFFIC_WEIGHTED_TIMESLICES = "TrafficWeightedTimeslices"

    @property
    def counts_events(self) -> bool:
        """True when the budget's unit is events, False when it is slices."""
        return self in (Method.OCCURRENCES, Method.TRAFFIC_WEIGHTED_TIMESLICES)


class NoData(StrEnum):
    """What a slice without events counts as, from the SLO's birth on. Occurrences need none."""

    EXCLUDE = "exclude"
    GOOD = "good"
    BAD = "bad"
    CARRY = "carry"


class Op(StrEnum):
    """How a raw value is held against its threshold: `value op threshold` is good."""

    LTE = "lte"
    GTE = "gte"
    LT = "lt"
    GT = "gt"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A raw value is good if it stands in relation `op` to `value`; compared exactly."""

    op: Op
    value: float


@dataclass(frozen=True, slots=True)
class Objective:
    """One target of an SLO, ready to be computed.

    `target` and `slice_target` are exact fractions of what was written (0.999 is 999/1000). `slice_s` is None for
    Occurrences, `slice_target` is set for the two methods that judge slices good or bad, `threshold` for raw values.
    """

    name: str
    method: Method
    target: Fraction
    window: Window
    slice_s: int | None = None
    slice_target: Fraction | None = None
    threshold: Threshold | None = None
    no_data: NoData = NoData.EXCLUDE
    carry_limit_s: int = 300

    @property
    def allowed_share(self) -> Fraction:
        """The share of events or slices that may be bad: 1 − target."""
        return 1 - self.target
