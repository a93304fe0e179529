"""Documents of how good the data of an objective is."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from leeway.client.document import Document
from leeway.client.documents import Reading, Source, Span


class Part(Document):
    """A part of the span: how much of it, as far as it is over, has data; null before there was any."""

    at: datetime
    coverage: float | None


class SetAsideRow(Document):
    """A row that was set aside, as it was received; `at_fault` names the columns that make the fault."""

    reason: str
    time: datetime
    received_at: datetime
    numbers: dict[str, float | None]
    at_fault: list[str]


class Reason(Document):
    """Why rows were set aside, in a stable word and a sentence, and how many."""

    reason: str
    sentence: str
    rows: int


class ReceivedRow(Document):
    """A row as it was received; `stands`: no newer one has come for the same minute."""

    time: datetime
    good: float | None
    total: float | None
    value: float | None
    received_at: datetime
    stands: bool


class Late(Document):
    """`rows` came more than a quarter of an hour after their minute was over; delays are of all rows."""

    rows: int
    middle_s: float | None
    longest_s: float | None


class Note(Document):
    """What a source said of its answers, and of how many."""

    text: str
    readings: int


class Bar(Document):
    """So many values above `low` and at most `high`; null is without end."""

    low: float | None
    high: float | None
    count: int


class Quantile(Document):
    """The value that a share of all values does not exceed: between low and high, null without end."""

    share: float
    low: float | None
    high: float | None


class Distribution(Document):
    """How `count` values are spread; `left_out` histograms have buckets that fit none of the others."""

    count: int
    quantiles: list[Quantile]
    bars: list[Bar]
    left_out: int


class Data(Document):
    """The data of one objective over a span.

    `strip` is the coverage by parts of `part_s`, `gaps` the longest spans without a row, longest first. `minutes` have
    a row, `corrected` of them had another before. What was set aside is counted since the server started, each time it
    was received.
    """

    slo: str
    objective: str
    start: datetime
    end: datetime
    born: datetime | None
    source: Source
    coverage: float | None
    part_s: int
    strip: list[Part]
    gaps: list[Span]
    minutes: int
    corrected: int
    late: Late
    quarantined: list[Reason]
    examples: list[SetAsideRow]
    readings: list[Reading]
    notes: list[Note]
    newest: list[ReceivedRow] = Field(description="The newest rows as they were received")
    threshold: float | None
    distribution: Distribution | None
