"""Documents of the events that a server sends: each is the `data` of one, in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from leeway.client.document import Document
from leeway.client.documents import Alert, State


class Turned(Document):
    """An objective whose state is another now; null is one that was not there, or is not there any more."""

    slo: str
    objective: str
    before: State | None
    after: State | None


class Tick(Document):
    """`tick`: an evaluation. `head` is the minute up to which budgets count."""

    head: datetime
    evaluated_at: datetime | None
    turned: list[Turned]


class AlertNews(Document):
    """`alert`: it fired, somebody took it, or it is over; one that did both between two looks is told of twice."""

    what: Literal["fired", "taken", "resolved"]
    alert: Alert


class Ended(Document):
    """`slow`, the last event for a reader who fell too far behind; `end`, the last one of a server that stops.

    Also `gap`, the first one if what came after `Last-Event-ID` is not known any more.
    """

    reason: str
    mend: str
