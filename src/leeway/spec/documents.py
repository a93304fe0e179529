"""Typed documents, the same for every version of OpenSLO and for Leeway's own: what a person defined, and where.

Equality is about meaning: where a document was written is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from leeway.core.alerting.policy import Severity, Statable
from leeway.core.objective import Op
from leeway.spec.duration import Duration
from leeway.spec.finding import Mark

Plain = None | bool | int | Decimal | str | list["Plain"] | dict[str, "Plain"]
"""Data that Leeway carries and a source reads: JSON with exact numbers."""


class Kind(StrEnum):
    """The kinds of OpenSLO, and Recipient, which is Leeway's. An AlertPolicy can be written in either language."""

    SERVICE = "Service"
    DATA_SOURCE = "DataSource"
    SLI = "SLI"
    SLO = "SLO"
    ALERT_POLICY = "AlertPolicy"
    ALERT_CONDITION = "AlertCondition"
    ALERT_NOTIFICATION_TARGET = "AlertNotificationTarget"
    RECIPIENT = "Recipient"


class BudgetingMethod(StrEnum):
    """As OpenSLO writes it; an annotation can refine Timeslices."""

    OCCURRENCES = "Occurrences"
    TIMESLICES = "Timeslices"
    RATIO_TIMESLICES = "RatioTimeslices"


class RawType(StrEnum):
    """Whether a raw ratio says how much was good, or how much was bad."""

    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document stands: its file, its place in a list of documents, and the mark of every value, by path.

    `marks` is empty where nobody needs lines: the text of stored documents is Leeway's own, nobody has it open.
    """

    file: str = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    root: str = ""

    def at(self, path: str) -> Mark:
        """The place of a path, or of the nearest value around it."""
        while path not in self.marks and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.marks.get(path, Mark(1, 1))

    def place(self, path: str) -> str:
        """For messages: file, line and column, or the path itself where the lines are not known."""
        if not self.marks:
            return f"{self.file}: {path}" if self.file else path
        mark = self.at(path)
        return f"{self.file}:{mark.line}:{mark.column}"


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Metadata:
    """Names and notes. A label has a list of values, even if one was written."""

    name: str
    display_name: str = ""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of a document of a kind that its place decides."""

    name: str
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Service:
    """What users use."""

    metadata: Metadata
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where measurements come from."""

    metadata: Metadata
    type: str
    connection: Plain = None
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Metric:
    """One question to a source. `source` names a DataSource; `type` is what it says of itself, if anything.

    `connection` is set only where v2alpha wrote the data source into the metric.
    """

    spec: Mapping[str, Plain]
    source: Reference | None = None
    type: str = ""
    connection: Plain = None
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Good or bad events of all events; exactly one of `good` and `bad` is set. `counter`: the numbers only grow."""

    total: Metric
    good: Metric | None = None
    bad: Metric | None = None
    counter: bool = False


@dataclass(frozen=True, slots=True)
class RawRatio:
    """A ratio that the source computed."""

    raw: Metric
    type: RawType


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value that each objective holds against its threshold."""

    value: Metric


@dataclass(frozen=True, slots=True)
class SLI:
    """How good it was."""

    metadata: Metadata
    metric: Ratio | RawRatio | RawValue
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Objective:
    """One target of an SLO, as written. `target` is a share (0.999), also where a percentage was written."""

    target: Decimal
    display_name: str = ""
    op: Op | None = None
    value: Decimal | None = None
    slice_target: Decimal | None = None
    slice_window: Duration | None = None
    indicator: SLI | Reference | None = None
    weight: Decimal | None = None
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a calendar window begins to count: wall-clock time in a zone."""

    time: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Rolling without `start`, calendar with it."""

    duration: Duration
    start: Start | None = None


@dataclass(frozen=True, slots=True)
class AlertCondition:
    """When a burn rate is too high: `burn rate op threshold` over the lookback, for at least `alert_after`."""

    metadata: Metadata
    severity: str
    op: Op
    threshold: Decimal
    lookback: Duration
    alert_after: Duration | None = None
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class AlertNotificationTarget:
    """Who is told, as a free word that a channel knows."""

    metadata: Metadata
    target: str
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """A condition, whom to tell, and about what: no data, resolved, breaching."""

    metadata: Metadata
    conditions: tuple[AlertCondition | Reference, ...]
    targets: tuple[AlertNotificationTarget | Reference, ...]
    when_no_data: bool = False
    when_resolved: bool = False
    when_breaching: bool = False
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of an alert policy, and where it stands."""

    condition: Statable
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LeewayPolicy:
    """An AlertPolicy of `leeway.dev/v1`: groups of conditions joined by or, those in a group by and; or a preset.

    Without a preset `severity` is set; beside one, severity and cooldown replace the preset's where they are set.
    `notify` are Recipients by name.
    """

    metadata: Metadata
    groups: tuple[tuple[Clause, ...], ...] = ()
    preset: str = ""
    severity: Severity | None = None
    cooldown_s: int | None = None
    notify: tuple[Reference, ...] = ()
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Escalation:
    """The Recipient who is told of a page too when nobody has taken it for so long."""

    to: Reference
    after_s: int = 15 * 60


@dataclass(frozen=True, slots=True)
class Template:
    """The words of a Recipient, as `leeway.spec.template` accepts them. What is "" is told in the plain words."""

    title: str = ""
    text: str = ""


LONGEST_TITLE, LONGEST_TEXT = 300, 2_000
"""Characters of the two texts of a template."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who can be told, and by which channel; nobody else ever is. `people` is how many it reaches, None: unknown.

    `settings` are the channel's, which judges them itself. `fallback` is told instead while the channel fails.
    """

    metadata: Metadata
    channel: str
    settings: Mapping[str, Plain] = field(default_factory=dict)
    people: int | None = None
    owner: str = ""
    fallback: Reference | None = None
    escalation: Escalation | None = None
    template: Template | None = None
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class SLO:
    """SLI + targets + window. A composite has no `indicator` here, its objectives have their own."""

    metadata: Metadata
    service: str
    window: TimeWindow
    method: BudgetingMethod
    objectives: tuple[Objective, ...]
    indicator: SLI | Reference | None = None
    alert_policies: tuple[AlertPolicy | Reference, ...] = ()
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str = field(default="", compare=False)


Document = (
    Service | DataSource | SLI | SLO | AlertPolicy | LeewayPolicy | AlertCondition | AlertNotificationTarget | Recipient
)

_KINDS: dict[type, Kind] = {
    Service: Kind.SERVICE,
    DataSource: Kind.DATA_SOURCE,
    SLI: Kind.SLI,
    SLO: Kind.SLO,
    AlertPolicy: Kind.ALERT_POLICY,
    LeewayPolicy: Kind.ALERT_POLICY,
    AlertCondition: Kind.ALERT_CONDITION,
    AlertNotificationTarget: Kind.ALERT_NOTIFICATION_TARGET,
    Recipient: Kind.RECIPIENT,
}


def kind_of(document: Document) -> Kind:
    """The kind of a document."""
    return _KINDS[type(document)]
