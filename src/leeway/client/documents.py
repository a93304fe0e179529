"""The JSON documents of the API, declared once: the server promises them, the client reads them, the docs list them.

Times are RFC 3339 in UTC. What a newer server adds is ignored by an older client; what an older client sends and a
server does not know is refused, because a misspelt wish must not be half granted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from leeway.client.document import Document, Wish
from leeway.client.forecasts import Forecast
from leeway.client.sureness import Bounds, Certainty, Interval

Item = TypeVar("Item", bound=BaseModel)
State = Literal["healthy", "at_risk", "exhausted", "no_data"]


class Window(Document):
    """Half-open: `start` belongs to it, `end` does not. `elapsed_ratio` is 1 when rolling."""

    type: Literal["rolling", "calendar"]
    start: datetime
    end: datetime
    elapsed_ratio: float


class Budget(Document):
    """In the method's unit; `remaining` may be negative. Ratios are of allowed, null if nothing is allowed."""

    unit: Literal["events", "slices"]
    allowed: float
    consumed: float
    remaining: float
    consumed_ratio: float | None
    remaining_ratio: float | None


class Assessment(Document):
    """One objective at one moment: the same document that `leeway budget -o json` prints."""

    slo: str
    objective: str
    method: str
    target: float
    as_of: datetime
    window: Window
    good: float
    bad: float
    total: float
    sli: float | None
    budget: Budget
    coverage: float | None
    interval: Interval | None
    interval_adjusted: Interval | None = None
    bounds: Bounds | None = None
    burn_rates: dict[str, float | None]
    time_to_exhaustion_s: float | None
    state: State


class Source(Document):
    """How the data of an objective arrives. `last_error` is "" when the last attempt went well."""

    slo: str
    objective: str
    source: str
    kind: str
    pulled: bool
    delay_s: float
    collected_until: datetime | None
    last_success: datetime | None
    last_attempt: datetime | None
    last_error: str
    failures: int


class Status(Assessment):
    """An objective now. `filled_ratio` is how much of the window has passed since the first data (`born`).

    `owner`, `reviewed` and `labels` (`key=value`) are what the SLO says of itself, "" where it says nothing.
    `trace` are remaining ratios at the ends of equal parts of the window, oldest first, null where nothing counted.
    """

    service: str
    description: str
    owner: str = ""
    reviewed: str = ""
    labels: list[str] = Field(default_factory=list)
    slice_s: int | None
    no_data: str
    born: datetime | None
    filled_ratio: float
    data_until: datetime | None
    source: Source
    trace: list[float | None]


class Line(Document):
    """One line of an explanation."""

    what: str
    figure: str
    reason: str


class SliceCount(Document):
    """How many slices of the window are in a state; `filled` of them by the no-data policy."""

    state: Literal["good", "bad", "unknown"]
    slices: int
    filled: int


class Span(Document):
    """Half-open."""

    start: datetime
    end: datetime


class Reading(Document):
    """What a source answered once: the query as sent, the digest of the answer, and who did the arithmetic."""

    source: str
    query: str
    span: Span
    step_s: int
    digest: str
    fetched_at: datetime
    computed_by: Literal["leeway", "source"]
    samples: int
    rows: int
    notes: list[str]


class Why(Document):
    """Every input of one number, and what will become of it: null if that is not known."""

    status: Status
    lines: list[Line]
    slices: list[SliceCount]
    unknown_spans: list[Span]
    readings: list[Reading]
    forecast: Forecast | None = None
    certainty: Certainty | None = None


class Revision(Document):
    """One version of one definition; `body` is its YAML, null when this version deleted it."""

    kind: str
    name: str
    number: int
    body: str | None
    at: datetime
    by: str


class File(Wish):
    """A file of definitions: its name, for findings, and its text."""

    file: str = Field(max_length=4096)
    text: str


class PlanWish(Wish):
    """Definitions to be compared with what is there. `prune` also deletes what the files do not name."""

    files: list[File]
    prune: bool = False


class Expected(Wish):
    """The revision that was seen when planning; 0 if there was none."""

    kind: str
    name: str
    revision: int


class ApplyWish(PlanWish):
    """`expected` comes from a plan: if any of it has changed since, nothing is applied (409).

    `people` has the number of each Recipient that reaches more than 20, typed again by whoever agrees to it.
    """

    by: str = Field("api", max_length=200)
    expected: list[Expected] | None = None
    people: dict[str, int] = Field(default_factory=dict)


class Finding(Document):
    """What is wrong or unwise, and where; as `leeway lint -o json`."""

    file: str
    line: int
    column: int
    path: str
    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    hint: str


class Change(Document):
    """One document: what would happen or happened, against which revision, and the text before and after."""

    kind: str
    name: str
    action: Literal["create", "update", "delete", "keep"]
    expected: int
    before: str | None
    after: str | None
    effects: list[str]


class Crowd(Document):
    """A Recipient of more than 20 people whom these definitions let be told. `agreed`: somebody typed the number."""

    recipient: str
    people: int
    agreed: bool


class Plan(Document):
    """All changes, and all findings. A refused plan has errors or serious advice and cannot be applied.

    `crowds` that nobody agreed to can be applied only with their numbers.
    """

    changes: list[Change]
    findings: list[Finding]
    refused: bool
    changed: bool
    crowds: list[Crowd] = Field(default_factory=list)


class Refusal(Document):
    """One row that was not taken: its place in the body, from 0."""

    row: int
    reason: str
    message: str


class Receipt(Document):
    """What became of a push. `refusals` name the first rows that were set aside, `quarantined` counts all by reason."""

    accepted: int
    repeated: int
    quarantined: dict[str, int]
    refusals: list[Refusal]
    seq: int


class ReplayWish(Wish):
    """Fetch this span again and compute it anew. Half-open; RFC 3339 or epoch seconds."""

    slo: str
    start: datetime
    end: datetime


class Job(Document):
    """Long work: `done` of `all` units."""

    id: int
    kind: str
    subject: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    all: int
    note: str
    at: datetime


class BackupWish(Wish):
    """A new folder on the server's machine."""

    to: str = Field(min_length=1, max_length=4096)


class Backup(Document):
    """Where the copy is."""

    to: str


class Health(Document):
    """Is Leeway itself well? `time` is the server's clock."""

    ready: bool
    reasons: list[str]
    version: str
    time: datetime
    evaluated_at: datetime | None
    head: datetime
    objectives: int
    series: int
    ledger_bytes: int
    accepted: int
    quarantined: dict[str, int]


class Items(Document, Generic[Item]):
    """A list, in an object so that it can grow. `next` is there if this is not all: to be sent back as `after`."""

    items: list[Item]
    next: Annotated[str | None, Field(exclude_if=lambda cursor: cursor is None)] = None


class Problem(Document):
    """What went wrong (RFC 9457). `type` is stable; `detail` says what happened, `place` where, `mend` what to do.

    `differs` is a unified diff from what stands there to what was sent, where that is the reason.
    """

    type: str
    title: str
    status: int
    detail: str
    place: str = ""
    mend: str = ""
    retry_after_s: float | None = None
    differs: str | None = None
    request_id: str = ""


class Alert(Document):
    """One alert of one policy on one objective.

    `sent_at` is null as long as nobody was told; then `suppressed_by` says why, and `reasons` what was seen. `decided`
    are the words of the newest decision about it.
    """

    key: str
    slo: str
    objective: str
    policy: str
    condition: str
    severity: Literal["page", "ticket"]
    fired_at: datetime
    resolved_at: datetime | None
    sent_at: datetime | None
    suppressed_by: Literal["inhibition", "silence", "hold", "grouping", "doubt"] | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    consumed_ratio: float | None
    reasons: list[str]
    decided: str = ""


class Delivery(Document):
    """One message about an alert, to one recipient: whether it arrived, after how many attempts, or why not yet.

    `role` is why this recipient: named by the policy, the fallback of another, or escalated to. `together` is the key
    of the message that told of it together with others, "" if it went out alone. `notes` are sentences about what did
    not go as it should though it arrived. `number` tells it from all others, and grows.
    """

    number: int = 0
    recipient: str
    role: Literal["named", "fallback", "escalation", "together"]
    together: str
    event: str
    title: str
    due_at: datetime
    attempts: int
    sent_at: datetime | None
    reference: str
    error: str
    notes: list[str] = Field(default_factory=list)


class AcknowledgeWish(Wish):
    """Who takes which alert."""

    alert: str = Field(description="The alert's key")
    by: str = Field(min_length=1, max_length=200, description="Who looks after it")
