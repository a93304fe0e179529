"""What the engine answers: values for the API, the command line and the page to show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from leeway.core.assess import Assessment
from leeway.core.judge import State
from leeway.core.quality import Kind
from leeway.core.sparse.guard import Guard, Pair, Told
from leeway.core.stats import Interval
from leeway.ports.points import Collected
from leeway.spec.about import About
from leeway.spec.finding import Finding

if TYPE_CHECKING:
    from leeway.core.forecast import Forecast  # verbs without a server need none


STALE_S = 120
"""Without an evaluation for so long, Leeway itself is not well."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a series is fed. Times are epoch seconds; None where it never happened yet.

    `last_error` is the sentence of the last failed attempt since `last_success`, "" when all is well.
    """

    series: int
    slo: str
    objective: str
    source: str
    kind: Kind
    pulled: bool
    delay_s: float
    collected_until: int | None
    last_success: float | None
    last_attempt: float | None
    last_error: str
    failures: int


@dataclass(frozen=True, slots=True)
class Status:
    """One objective now. `born` is the time of the first row ever, `filled` how much of the window has passed since.

    `data_until` is the end of the newest row, None without any; `trace` are remaining ratios at the ends of equal parts
    of the window, oldest first, None where nothing counted yet: for a sparkline.
    """

    slo: str
    service: str
    about: About
    assessment: Assessment
    born: int | None
    filled: float
    data_until: int | None
    source: SourceState
    trace: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class SliceCount:
    """How many slices of the window stand in a state; `filled` of them by the no-data policy."""

    state: State
    slices: int
    filled: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation: what, the figure, and in words where it comes from."""

    what: str
    figure: str
    reason: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A forecast whose seconds count from `at`. `until` is its horizon: a calendar window's end. Epoch seconds."""

    at: int
    until: int
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Chance:
    """A burn that pages and must be more than chance, with what it sees now."""

    pair: Pair
    told: Told


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure the share of good events is, clusters allowed for (`rho`): as sure as from so many independent `events`.

    The interval is exact, where the plain one is an approximation; None where nothing was seen. `guard` is that of the
    chances, None without any.
    """

    interval: Interval | None
    rho: float
    events: float
    chances: tuple[Chance, ...]
    guard: Guard | None


@dataclass(frozen=True, slots=True)
class Why:
    """Every input of a number: how it was computed, from which sums, and from which reading.

    `foreseen` is what will become of it, None if that is not known.
    """

    status: Status
    lines: tuple[Line, ...]
    slices: tuple[SliceCount, ...]
    unknown_spans: tuple[tuple[int, int], ...]
    readings: tuple[Collected, ...]
    foreseen: Foreseen | None
    certainty: Certainty


class Action(StrEnum):
    """What applying would do to a document."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One document: what would happen, the revision it was planned against, and the text before and after.

    `effects` are sentences on what the change means for data and budgets (a changed SLI starts a new series, …).
    `project` is the one that it would be in, "" if it would be deleted.
    """

    kind: str
    name: str
    action: Action
    expected: int
    before: str | None
    after: str | None
    effects: tuple[str, ...] = ()
    project: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A Recipient that reaches so many people that somebody types the number again; `agreed`: that was done before."""

    recipient: str
    people: int
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class PlanView:
    """All changes in order, and what is wrong or unwise; a plan with errors or serious advice cannot be applied.

    `crowds` that were not agreed to can be applied only with their numbers.
    """

    changes: tuple[PlannedChange, ...]
    findings: tuple[Finding, ...]
    refused: bool
    crowds: tuple[Crowd, ...] = ()

    @property
    def changed(self) -> bool:
        """True if applying would do anything."""
        return any(change.action is not Action.KEEP for change in self.changes)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as sent by a client: its name for findings, and its text."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Health:
    """Is Leeway itself well? `ready` when it can write and has evaluated; `reasons` say why not."""

    ready: bool
    reasons: tuple[str, ...]
    evaluated_at: float | None
    head: int
    objectives: int
    series: int
    ledger_bytes: int
    accepted: int
    quarantined: tuple[tuple[str, int], ...]
