"""Documents of silences, and of what was decided about alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from leeway.client.document import Document, Wish
from leeway.client.documents import Alert


class Silence(Document):
    """From `starts_at` until `ends_at` nobody is told of alerts that agree with all it says; "" and [] say nothing.

    `labels` are written `key=value`. `number` is null in an answer to a dry run. `ended_by` is who ended it early.
    """

    number: int | None
    state: Literal["planned", "in force", "over"]
    slo: str
    service: str
    policy: str
    labels: list[str]
    starts_at: datetime
    ends_at: datetime
    by: str
    why: str
    ended_by: str


class SilenceWish(Wish):
    """What a silence is about, how long, who asks for it and why. `start` null is now; give `end` or `lasts_s`.

    `everything` in the stead of names. With `dry_run` nothing is kept, and the answer is the same.
    """

    slo: str = ""
    service: str = ""
    policy: str = ""
    labels: list[str] = Field([], max_length=50, description="key=value, each to the character")
    everything: bool = False
    start: datetime | None = None
    end: datetime | None = None
    lasts_s: float | None = Field(None, gt=0, le=1e9)
    by: str = Field(max_length=1_000)
    why: str = Field(max_length=10_000)
    dry_run: bool = False


class Silenced(Document):
    """A silence, how many objectives it is about and of which SLOs, and which of their alerts are up, told or not."""

    silence: Silence
    objectives: int
    slos: list[str]
    alerts: list[Alert]


class Decision(Document):
    """Was an alert sent to people (`sent`), kept from them (`kept`), or over (`ended`)? `words` say why, or who knows.

    `reason` is null where it was sent, and where there was nobody to tell.
    """

    at: datetime
    decision: Literal["sent", "kept", "ended"]
    reason: Literal["inhibition", "silence", "hold", "grouping", "doubt"] | None
    words: str


class Decided(Document):
    """An alert and what was decided about it, the newest first."""

    alert: Alert
    decisions: list[Decision]
