"""What OpenSLO lacks and Leeway reads from `leeway.dev/…` annotations. One table: reading, lint and docs use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from leeway.core.alerting.decide import HORIZON_S
from leeway.core.objective import NoData
from leeway.core.window import EndOfMonth
from leeway.spec.documents import Kind
from leeway.spec.duration import Duration

PREFIX = "leeway.dev/"
TRAFFIC_WEIGHTED = "TrafficWeightedTimeslices"


class LowTraffic(StrEnum):
    """Which pages are guarded against chance: of the default policies, all, none."""

    AUTO = "auto"
    ALL = "all"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation: where it belongs (None: to every kind), which values it takes, what it means.

    Without listed values it takes a duration; a `note` takes any text.
    """

    name: str
    kind: Kind | None
    values: tuple[str, ...]
    default: str
    meaning: str
    note: bool = False

    @property
    def key(self) -> str:
        """As it is written."""
        return PREFIX + self.name

    def accepts(self, value: str) -> bool:
        """True for a value it takes."""
        return self.note or (value in self.values if self.values else _seconds(value) is not None)

    @property
    def accepted(self) -> str:
        """The values it takes, in words."""
        return "any text" if self.note else ", ".join(self.values) or "a duration such as 5m or 1h"


NO_DATA = Annotation(
    "no-data",
    Kind.SLO,
    tuple(NoData),
    NoData.EXCLUDE.value,
    "What a slice without events counts as: nothing, good, bad, or the same as the last slice that had events.",
)
CARRY_LIMIT = Annotation(
    "carry-limit", Kind.SLO, (), "5m", "With `no-data: carry`: for how long the last slice speaks for those after it."
)
BUDGETING_METHOD = Annotation(
    "budgeting-method",
    Kind.SLO,
    (TRAFFIC_WEIGHTED,),
    "as `spec.budgetingMethod` says",
    "Beside `budgetingMethod: Timeslices`: slices are judged as such, but the budget counts their events.",
)
END_OF_MONTH = Annotation(
    "end-of-month",
    Kind.SLO,
    tuple(EndOfMonth),
    EndOfMonth.CLAMP.value,
    "What the 31st becomes in a shorter month: its last day, or (as Nobl9 counts) days of the next month.",
)
HUMAN_HORIZON = Annotation(
    "human-horizon",
    Kind.SLO,
    (),
    "12h",
    "How long people take to see a ticket, understand and mend: a page of a slow pair is held back only while the "
    "budget lasts longer than this.",
)
LOW_TRAFFIC = Annotation(
    "low-traffic",
    Kind.SLO,
    tuple(LowTraffic),
    LowTraffic.AUTO.value,
    "Whether bad events must be more than chance before a burn pages: in the default alert policies (auto), in all "
    "policies, or in none.",
)
EVIDENCE = Annotation(
    "evidence",
    Kind.SLO,
    (),
    "none",
    "The history that `leeway suggest` drew the target from. Changes no number.",
    note=True,
)
EVIDENCE_BACKTEST = Annotation(
    "evidence-backtest",
    Kind.SLO,
    (),
    "none",
    "How often the suggested target would have been missed, and whom it would have woken. Changes no number.",
    note=True,
)
EVIDENCE_CAVEATS = Annotation(
    "evidence-caveats", Kind.SLO, (), "none", "What the suggestion does not know. Changes no number.", note=True
)
PROJECT = Annotation(
    "project", None, (), "default", "The project that the document belongs to: who may see and change it.", note=True
)
OWNER = Annotation(
    "owner",
    Kind.SLO,
    (),
    "the label `owner`, else `team`",
    "Who answers for it: shown in lists. Changes no number.",
    note=True,
)
REVIEWED = Annotation(
    "reviewed",
    Kind.SLO,
    (),
    "none",
    "The day on which people last agreed that this is still the right promise, as 2026-11-23. Changes no number.",
    note=True,
)
PUBLIC = "public"
BADGE = Annotation(
    "badge",
    Kind.SLO,
    ("off", PUBLIC),
    "off",
    "Whether everybody who reaches the server sees the badge of the SLO: its state, and what is left of its budget.",
)
ANNOTATIONS = {
    one.key: one
    for one in (
        NO_DATA,
        CARRY_LIMIT,
        BUDGETING_METHOD,
        END_OF_MONTH,
        HUMAN_HORIZON,
        LOW_TRAFFIC,
        EVIDENCE,
        EVIDENCE_BACKTEST,
        EVIDENCE_CAVEATS,
        BADGE,
        PROJECT,
        OWNER,
        REVIEWED,
    )
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the annotations of an SLO say. A value that is not accepted counts as absent; lint has told so."""

    no_data: NoData = NoData.EXCLUDE
    carry_limit_s: int = 300
    traffic_weighted: bool = False
    end_of_month: EndOfMonth = EndOfMonth.CLAMP
    human_horizon_s: int = HORIZON_S
    low_traffic: LowTraffic = LowTraffic.AUTO


def settings(annotations: Mapping[str, str]) -> Settings:
    """The settings that the annotations of an SLO make."""
    return _settings(*(annotations.get(one.key, "") for one in _SETTING))


_SETTING = (NO_DATA, CARRY_LIMIT, BUDGETING_METHOD, END_OF_MONTH, HUMAN_HORIZON, LOW_TRAFFIC)


@lru_cache(256)  # a fleet has few, and each SLO asks several times
def _settings(*given: str) -> Settings:
    said = (text if one.accepts(text) else one.default for one, text in zip(_SETTING, given, strict=True))
    no_data, carry_limit, method, end_of_month, human_horizon, low_traffic = said
    return Settings(
        NoData(no_data),
        _seconds(carry_limit) or 0,
        method == TRAFFIC_WEIGHTED,
        EndOfMonth(end_of_month),
        _seconds(human_horizon) or 0,
        LowTraffic(low_traffic),
    )


def _seconds(text: str) -> int | None:
    duration = Duration.parse(text)
    return duration.seconds if duration else None
