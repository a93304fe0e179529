"""From definitions to running parts: which goals there are, which series feed them, and from which source."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leeway.core.quality import MAX_QUANTA, Kind, most_quanta
from leeway.engine.goal import Goal, kind_of, scale_of
from leeway.errors import Invalid, LeewayError, NotFound
from leeway.ports.source import Metric, Role
from leeway.ports.state import Identity, NewSeries, Revision, Series, StateStore
from leeway.spec import documents
from leeway.spec.documents import Document, Plain, Ratio, RawRatio, RawValue
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.plan import Indicator, Item, Plan, compile_slo

CheckSource = Callable[["SourceKey", tuple[Metric, ...]], None]
"""Raises if a source cannot be built from its details, or can never answer these metrics; asks nothing of the world."""

STEP_S = 60
"""The step of every live series."""

_json = json.JSONEncoder(default=str).encode

ReadDocuments = Callable[[str, str], tuple[Document, ...]]
"""Reads the text of a stored document: (text, name for messages) → documents."""


@dataclass(frozen=True, slots=True)
class SourceKey:
    """Which source answers: the name of a DataSource document ("" if the SLI has a type alone), type and details."""

    name: str
    type: str
    connection: str

    @property
    def details(self) -> Plain:
        """The connection details as plain data."""
        plain: Plain = json.loads(self.connection)
        return plain

    @property
    def title(self) -> str:
        """For people: the name, else the type."""
        return self.name or self.type


@dataclass(frozen=True, slots=True)
class Feed:
    """One series and how it is fed; `source` None means that its points are pushed.

    `most` is the largest count of one step, in quanta, that no window of its goals can overflow with.
    """

    series: Series
    kind: Kind
    metrics: tuple[Metric, ...]
    source: SourceKey | None
    most: int = MAX_QUANTA

    @property
    def name(self) -> str:
        """What a push calls the series: the SLO, or SLO/objective where an objective has its own SLI."""
        return f"{self.series.slo}/{self.series.objective}" if self.series.objective else self.series.slo


@dataclass(frozen=True, slots=True)
class Catalog:
    """All goals and feeds of the current definitions; `refused` says of SLOs that cannot be computed why not."""

    library: Library
    goals: tuple[Goal, ...]
    feeds: tuple[Feed, ...]
    refused: tuple[str, ...] = ()

    def goals_of(self, slo: str) -> tuple[Goal, ...]:
        """The goals of one SLO in the order of its objectives; empty if there is none."""
        return tuple(goal for goal in self.goals if goal.slo == slo)

    def goal(self, slo: str, objective: str | None) -> Goal:
        """One objective of an SLO, the first if none is named. Raises NotFound with what was perhaps meant."""
        goals = {goal.objective.name: goal for goal in self.goals_of(slo)}
        if not goals:
            known = {goal.slo for goal in self.goals}
            raise NotFound(f"there is no SLO {slo!r}", mend=did_you_mean(slo, known) or "`leeway status` lists them")
        if objective is None:
            return next(iter(goals.values()))
        if objective not in goals:
            hint = did_you_mean(objective, goals) or f"it has {', '.join(goals)}"
            raise NotFound(f"SLO {slo} has no objective {objective!r}", mend=hint)
        return goals[objective]


class Numbers:
    """The numbers of series and objectives; each is given once and for ever, so the store is asked for it once."""

    def __init__(self, state: StateStore) -> None:
        self._state = state
        self._series = {each.identity: each for each in state.all_series()}
        self._objectives: dict[Identity, int] = {}

    def series(self, wanted: Sequence[NewSeries], at: float) -> list[Series]:
        """As StateStore.number_series."""
        new = [one for one in wanted if one.identity not in self._series]
        if new:
            self._series |= {each.identity: each for each in self._state.number_series(new, at=at)}
        return [self._series[one.identity] for one in wanted]

    def objectives(self, wanted: Sequence[Identity]) -> list[int]:
        """As StateStore.number_objectives."""
        new = [identity for identity in wanted if identity not in self._objectives]
        if new:
            self._objectives |= zip(new, self._state.number_objectives(new), strict=True)
        return [self._objectives[identity] for identity in wanted]


def library_of(revisions: tuple[Revision, ...], read: ReadDocuments) -> Library:
    """The documents of all current revisions."""
    return Library.of(
        document
        for revision in revisions
        if revision.body is not None
        for document in read(revision.body, revision.title)
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """One objective of one SLO before its series has a number; `source` None where no metric names one."""

    plan: Plan
    item: Item
    source: SourceKey | None
    metrics: tuple[Metric, ...]

    @property
    def kind(self) -> Kind:
        """What the numbers of its series are."""
        return kind_of(self.item.indicator, self.item.objective)

    def new_series(self) -> NewSeries:
        """The series it needs: another one whenever the question to its source is another."""
        asked = [(metric.role, metric.spec, metric.counter) for metric in self.metrics]
        digest = _sha(_json([self.kind, self.source.title if self.source else "", asked]))
        owner = self.item.objective.name if self.plan.composite else ""
        return NewSeries((self.plan.slo, owner, digest), scale_of(self.kind))

    def identity(self, series: Series) -> Identity:
        """What the objective is numbered by: another one whenever its definition or its series is another."""
        return self.plan.slo, self.item.objective.name, _sha(f"{self.item.objective!r} of {series.id}")

    def goal(self, number: int, series: Series) -> Goal:
        """The objective with its number."""
        return Goal(number, self.plan.slo, self.plan.service, self.item.objective, series.id, self.kind, series.scale)

    def feed(self, series: Series, most: int, pulls: Callable[[str], bool]) -> Feed:
        """How its series is fed."""
        source = self.source if self.source and pulls(self.source.type) else None
        return Feed(series, self.kind, self.metrics, source, most)


def drafts_of(slo: documents.SLO, library: Library) -> tuple[Draft, ...]:
    """The objectives of an SLO that series can feed. Raises Invalid for what cannot be computed, as `compile_slo`."""
    plan, drafts = compile_slo(slo, library), []
    for item in plan.items:
        asked = _roles(item.indicator)
        sources = dict.fromkeys(_source_key(metric, library) for _, metric, _ in asked)
        if len(sources) > 1:
            raise Invalid(
                f"SLO {plan.slo}: good and total come from different sources",
                mend="ask one source for both, so that they speak of the same moments",
            )
        metrics = tuple(Metric(role, metric.spec, counter) for role, metric, counter in asked)
        drafts.append(Draft(plan, item, next(iter(sources), None), metrics))
    return tuple(drafts)


def unaskable(slo: documents.SLO, library: Library, check: CheckSource) -> Invalid | None:
    """Why an SLO cannot be computed, its source cannot be built, or does not understand its questions; None: it can."""
    try:
        for draft in drafts_of(slo, library):
            if draft.source is not None:
                check(draft.source, draft.metrics)
    except LeewayError as error:
        message = error.message if error.message.startswith("SLO ") else f"SLO {slo.metadata.name}: {error.message}"
        return Invalid(message, place=error.place, mend=error.mend)
    return None


def make_catalog(library: Library, numbers: Numbers, at: float, pulls: Callable[[str], bool]) -> Catalog:
    """Numbers series and goals, making those that are new. `pulls` tells whether a type of source can be asked.

    An SLO that cannot be computed stops no other: another version of Leeway may have taken it.
    """
    drafts: list[Draft] = []
    refused = {}
    for slo in library.slos:
        try:
            drafts += drafts_of(slo, library)
        except Invalid as error:
            refused[slo.metadata.name] = str(error)
    fed = list(zip(drafts, numbers.series([draft.new_series() for draft in drafts], at), strict=True))
    numbered = numbers.objectives([draft.identity(series) for draft, series in fed])
    goals = tuple(draft.goal(number, series) for number, (draft, series) in zip(numbered, fed, strict=True))
    longest: defaultdict[int, int] = defaultdict(int)
    for goal in goals:
        longest[goal.series] = max(longest[goal.series], goal.objective.window.longest_s)
    feeds = {series.id: draft.feed(series, most_quanta(longest[series.id], STEP_S), pulls) for draft, series in fed}
    return Catalog(library, goals, tuple(feeds.values()), tuple(refused.values()))


def _roles(indicator: Indicator | None) -> list[tuple[Role, documents.Metric, bool]]:
    match indicator.metric if indicator else None:
        case Ratio(total=total, good=good, bad=bad, counter=counter):
            parts = [(Role.GOOD, good), (Role.BAD, bad), (Role.TOTAL, total)]
            return [(role, metric, counter) for role, metric in parts if metric is not None]
        case RawRatio(raw=raw):
            return [(Role.RAW, raw, False)]
        case RawValue(value=value):
            return [(Role.VALUE, value, False)]
        case None:
            return []


def _source_key(metric: documents.Metric, library: Library) -> SourceKey:
    source = library.data_source(metric)
    if source is None:
        name = metric.source.name if metric.source else ""
        return SourceKey(name, metric.type, _json(metric.connection))
    return SourceKey(source.metadata.name, source.type, _json(source.connection))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
