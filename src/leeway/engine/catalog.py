"""From definitions to running parts: which goals there are, which series feed them, and from which source."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from leeway.core.quality import MAX_QUANTA, Kind, most_quanta
from leeway.engine.goal import Goal, kind_of, scale_of
from leeway.errors import Invalid, LeewayError
from leeway.ports.source import Metric, Role
from leeway.ports.state import Revision, Series, StateStore
from leeway.spec import documents
from leeway.spec.documents import Document, Plain, Ratio, RawRatio, RawValue
from leeway.spec.library import Library
from leeway.spec.plan import Indicator, Item, Plan, compile_slo

CheckSource = Callable[["SourceKey", tuple[Metric, ...]], None]
"""Raises if a source cannot be built from its details, or can never answer these metrics; asks nothing of the world."""

STEP_S = 60
"""The step of every live series."""

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


class Numbers:
    """The numbers of series and objectives; each is given once and for ever, so the store is asked for it once."""

    def __init__(self, state: StateStore) -> None:
        self._state = state
        self._series = {(each.slo, each.objective, each.digest): each for each in state.all_series()}
        self._objectives: dict[tuple[str, str, str], int] = {}

    def series(self, slo: str, objective: str, digest: str, *, scale: int, at: float) -> Series:
        """As StateStore.series_for."""
        key = slo, objective, digest
        if key not in self._series:
            self._series[key] = self._state.series_for(*key, scale=scale, at=at)
        return self._series[key]

    def objective(self, slo: str, objective: str, digest: str) -> int:
        """As StateStore.objective_for."""
        key = slo, objective, digest
        if key not in self._objectives:
            self._objectives[key] = self._state.objective_for(*key)
        return self._objectives[key]


def library_of(revisions: tuple[Revision, ...], read: ReadDocuments) -> Library:
    """The documents of all current revisions."""
    return Library.of(
        document
        for revision in revisions
        if revision.body is not None
        for document in read(revision.body, f"{revision.kind} {revision.name}")
    )


def computable(slo: documents.SLO, library: Library) -> Plan:
    """The plan of an SLO that series can feed. Raises Invalid for what cannot be computed, as compile_slo does."""
    plan = compile_slo(slo, library)
    for item in plan.items:
        if len(_source_keys(item, library)) > 1:
            raise Invalid(
                f"SLO {plan.slo}: good and total come from different sources",
                mend="ask one source for both, so that they speak of the same moments",
            )
    return plan


def refusals(library: Library) -> dict[str, Invalid]:
    """By name the SLOs that cannot be computed, and why."""
    found = {}
    for slo in library.slos:
        try:
            computable(slo, library)
        except Invalid as error:
            found[slo.metadata.name] = error
    return found


def unaskable(library: Library, check: CheckSource) -> dict[str, Invalid]:
    """By name the SLOs whose source cannot be built, or does not understand its questions, and why."""
    found = {}
    for slo in library.slos:
        try:
            for item in computable(slo, library).items:
                for key in _source_keys(item, library):
                    check(key, _metrics(item))
        except LeewayError as error:
            message = error.message if error.message.startswith("SLO ") else f"SLO {slo.metadata.name}: {error.message}"
            found[slo.metadata.name] = Invalid(message, place=error.place, mend=error.mend)
    return found


def make_catalog(library: Library, numbers: Numbers, at: float, pulls: Callable[[str], bool]) -> Catalog:
    """Numbers series and goals, making those that are new. `pulls` tells whether a type of source can be asked.

    An SLO that cannot be computed stops no other: another version of Leeway may have taken it.
    """
    goals: list[Goal] = []
    feeds: dict[int, Feed] = {}
    refused = refusals(library)
    for slo in library.slos:
        if slo.metadata.name in refused:
            continue
        plan = compile_slo(slo, library)
        for item in plan.items:
            feed = _feed(plan.slo, item, plan.composite, library, numbers, at, pulls)
            feeds[feed.series.id] = feed
            digest = _sha(f"{item.objective!r} of {feed.series.id}")
            number = numbers.objective(plan.slo, item.objective.name, digest)
            goals.append(
                Goal(number, plan.slo, plan.service, item.objective, feed.series.id, feed.kind, feed.series.scale)
            )
    longest: defaultdict[int, int] = defaultdict(int)
    for goal in goals:
        longest[goal.series] = max(longest[goal.series], goal.objective.window.longest_s)
    capped = tuple(replace(feed, most=most_quanta(longest[feed.series.id], STEP_S)) for feed in feeds.values())
    return Catalog(library, tuple(goals), capped, tuple(str(error) for error in refused.values()))


def _feed(
    slo: str,
    item: Item,
    composite: bool,
    library: Library,
    numbers: Numbers,
    at: float,
    pulls: Callable[[str], bool],
) -> Feed:
    kind = kind_of(item.indicator, item.objective)
    owner = item.objective.name if composite else ""
    key = next(iter(_source_keys(item, library)), None)
    metrics = _metrics(item)
    said = json.dumps([kind, key.title if key else "", [(m.role, m.spec, m.counter) for m in metrics]], default=str)
    series = numbers.series(slo, owner, _sha(said), scale=scale_of(kind), at=at)
    return Feed(series, kind, metrics, key if key and pulls(key.type) else None)


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


def _metrics(item: Item) -> tuple[Metric, ...]:
    return tuple(Metric(role, metric.spec, counter) for role, metric, counter in _roles(item.indicator))


def _source_keys(item: Item, library: Library) -> set[SourceKey]:
    return {_source_key(metric, library) for _, metric, _ in _roles(item.indicator)}


def _source_key(metric: documents.Metric, library: Library) -> SourceKey:
    source = library.data_source(metric)
    if source is None:
        name = metric.source.name if metric.source else ""
        return SourceKey(name, metric.type, json.dumps(metric.connection, default=str))
    return SourceKey(source.metadata.name, source.type, json.dumps(source.connection, default=str))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
