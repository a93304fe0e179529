"""Documents of backtests: other alert policies, or another target, tried on the past of one objective."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from leeway.client.document import Document, Wish
from leeway.client.documents import Job

MOST_TRIES, MOST_BURNS = 3, 8


class TriedBurn(Wish):
    """Fires while the burn rate is above this over the long span and, if there is one, over the short one."""

    severity: Literal["page", "ticket"] = "page"
    burn_rate: float = Field(gt=0, le=1e6)
    long: str = Field(max_length=20, description="As 1h")
    short: str | None = Field(None, max_length=20, description="As 5m")


class Try(Wish):
    """What could stand in the SLO: a `policy` by name (or a preset), or `burns`, and perhaps another `target`.

    Without both the policies stay as they are.
    """

    name: str = Field(max_length=50, pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", description="As a document is named")
    policy: str | None = Field(None, max_length=253)
    burns: list[TriedBurn] = Field([], max_length=MOST_BURNS)
    target: float | None = Field(None, gt=0, lt=1, description="A share, as 0.999")


class BacktestWish(Wish):
    """What is tried, on which objective (else the first), over which span: 28 days until now if none is named.

    `zone` is where those live whom pages at night would wake. Without `tries` only what is defined is tried.
    """

    objective: str | None = Field(None, max_length=253)
    tries: list[Try] = Field([], max_length=MOST_TRIES)
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    zone: str = Field("UTC", max_length=60)


class BacktestScore(Document):
    """How a set of policies did. `paged`, `ticketed` (by a ticket alone) and `missed` add up to `incidents`.

    `false_pages` were over, or did not matter, before anybody could have acted. The rest are medians, null where there
    is none: from an incident's start to its page, from its end to the page's end, and the share of the budget that was
    gone at the page.
    """

    pages: int
    tickets: int
    night_pages: int
    false_pages: int
    incidents: int
    paged: int
    ticketed: int
    missed: int
    detection_s: float | None
    reset_s: float | None
    budget_at_page: float | None


class TriedAlert(Document):
    """One alert that there would have been. `sent_at` null: nobody would have been told, and `suppressed_by` why."""

    policy: str
    condition: str
    severity: Literal["page", "ticket"]
    fired_at: datetime
    sent_at: datetime | None
    resolved_at: datetime | None
    suppressed_by: str | None
    consumed_ratio: float | None
    reasons: list[str]


class TriedIncident(Document):
    """When a piece of the budget that matters was spent, and what share of it; of the target as it is."""

    start: datetime
    end: datetime
    cost_ratio: float | None


class Tried(Document):
    """A set of policies over the past: `defined` is what stands in the SLO, `present` what this server really told.

    `alerts` are the newest, `more_alerts` how many there are before them; `first_alerts` has for each incident the
    first alert about it, null where nobody would have been told. `document` is the text that would bring it into
    force, "" for what stands there already. `since` is from when on it could be told.
    """

    name: str
    since: datetime
    score: BacktestScore
    alerts: list[TriedAlert]
    more_alerts: int
    first_alerts: list[TriedAlert | None]
    document: str


class BacktestResult(Document):
    """What would have happened from `start` to `end`; null if the objective has no data then."""

    start: datetime | None
    end: datetime | None
    incidents: list[TriedIncident]
    more_incidents: int
    tried: list[Tried]


class Backtest(Document):
    """A backtest and how far it is; `objective`, what was `asked` and the `result` are null where they are not kept.

    Kept are the newest twenty, until the server stops. A list has no results.
    """

    slo: str
    objective: str | None
    job: Job
    asked: BacktestWish | None
    result: BacktestResult | None
