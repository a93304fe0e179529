"""What happened since it was last told: pure. How things stand is compared with marks: how they stood then.

A mark is a name and a value: the state of an objective, whether its source answers, how far the life of an alert was
told, the number of a document's revision with its project, the newest annotation. Without marks nothing has happened:
who subscribes is told what comes, not what is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leeway.engine.views import SourceState
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.ports.hooks import Hook, Kind
from leeway.ports.state import Revision

DEAD = 3
"""A source that failed so often in a row is called dead; the next answer brings it back."""

TYPES = "dev.leeway.event."
TEST = f"{TYPES}test.asked"
ALERTS, NOTES = "alerts", "annotations"
"""Marks of how far both are told: when the newest alert fired, the number of the newest annotation."""

Stood = dict[str, str | None]
ProjectOf = Callable[[str, str], str | None]
"""By kind and name of a document; None if it is not in force."""


@dataclass(frozen=True, slots=True)
class Turned:
    """An objective whose state is another now; None is one that was not there, or is not there any more."""

    slo: str
    objective: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened. `slo` is "" for a document that is none; `at` is in epoch seconds.

    Of a test, `of` is who asked for it.
    """

    kind: Kind
    what: str
    subject: str
    slo: str
    project: str
    at: float
    of: Turned | Alert | Revision | Annotation | SourceState | str

    @property
    def type(self) -> str:
        """Its name for machines."""
        return f"{TYPES}{self.kind.value}.{self.what}"


@dataclass(frozen=True, slots=True)
class Present:
    """How everything stands. `alerts` are those that are up, the newest, and those of which a mark tells.

    `revisions` and `annotations` need only be those that no mark knows.
    """

    at: float
    states: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sources: Sequence[SourceState] = ()
    alerts: Sequence[Alert] = ()
    revisions: Sequence[Revision] = ()
    annotations: Sequence[Annotation] = ()
    project: ProjectOf = lambda _kind, _name: None


def wants(hook: Hook, news: News) -> bool:
    """True if the hook asked for it; what it does not name it does not narrow."""
    return (
        hook.active
        and (not hook.kinds or news.kind in hook.kinds)
        and (not hook.slos or news.slo in hook.slos)
        and (not hook.projects or news.project in hook.projects)
    )


def happened(marks: Mapping[str, str], now: Present) -> tuple[tuple[News, ...], Stood]:
    """What is new, in the order of telling, and the marks that change: None for one that goes."""
    stood: Stood = {}
    look = _Look(marks, now, stood)
    news = (*look.documents(), *look.budgets(), *look.sources(), *look.alerts(), *look.notes())
    return (news if marks else ()), {name: value for name, value in stood.items() if marks.get(name) != value}


@dataclass(frozen=True, slots=True)
class _Look:
    marks: Mapping[str, str]
    now: Present
    stood: Stood

    def documents(self) -> Iterator[News]:
        """Each revision, the oldest first."""
        for one in sorted(self.now.revisions, key=lambda each: (each.at, each.kind, each.name, each.number)):
            name = f"document:{one.kind}/{one.name}"
            told = int(self.marks.get(name, "0").partition(" ")[0])
            self.stood[name] = f"{one.number} {self.project(one.kind, one.name)}"
            if one.number > told:
                what = "deleted" if one.body is None else "applied"
                subject, slo = f"{one.kind}/{one.name}", one.name if one.kind == "SLO" else ""
                yield News(Kind.DOCUMENT, what, subject, slo, self.project(one.kind, one.name), one.at, one)

    def budgets(self) -> Iterator[News]:
        """New objectives and those that went too."""
        old = {name for name in self.marks if name.startswith("budget:")}
        there = {f"budget:{json.dumps(pair)}": pair for pair in self.now.states}
        for name, (slo, objective) in there.items():
            before, after = self.marks.get(name), self.now.states[slo, objective]
            self.stood[name] = after
            if before != after:
                yield self._turned(Turned(slo, objective, before, after))
        for name in sorted(old - there.keys()):
            slo, objective = json.loads(name.removeprefix("budget:"))
            self.stood[name] = None
            yield self._turned(Turned(slo, objective, self.marks[name], None))

    def sources(self) -> Iterator[News]:
        """Of what is asked only: nobody knows whether somebody will push."""
        gone = {name for name in self.marks if name.startswith("source:")}
        for one in self.now.sources:
            if not one.pulled:
                continue
            name = f"source:{json.dumps((one.slo, one.objective))}"
            gone.discard(name)
            was = self.marks.get(name, "alive")
            now = "dead" if one.failures >= DEAD else was if one.failures else "alive"
            self.stood[name] = now
            if now != was:
                subject, at = f"{one.slo}/{one.objective}", one.last_attempt or self.now.at
                yield News(Kind.SOURCE, now, subject, one.slo, self.project("SLO", one.slo), at, one)
        self.stood.update(dict.fromkeys(gone))

    def alerts(self) -> Iterator[News]:
        """In the order in which they fired; of one that came and went between two looks everything."""
        newest = int(self.marks.get(ALERTS, "0"))
        gone = {name for name in self.marks if name.startswith("alert:")}
        for one in sorted(self.now.alerts, key=lambda each: (each.fired_at, each.key)):
            name = f"alert:{one.key}"
            gone.discard(name)
            was, up = self.marks.get(name), one.resolved_at is None
            if was is None and not up and one.fired_at <= newest:
                continue  # it was over long ago
            if was is None:
                yield self._alert("fired", one.fired_at, one)
            if one.acknowledged_at is not None and was != "taken":
                yield self._alert("taken", one.acknowledged_at, one)
            if one.resolved_at is not None:
                yield self._alert("resolved", one.resolved_at, one)
            self.stood[name] = ("fired" if one.acknowledged_at is None else "taken") if up else None
        self.stood.update(dict.fromkeys(gone))
        self.stood[ALERTS] = str(max([newest, *(one.fired_at for one in self.now.alerts)]))

    def notes(self) -> Iterator[News]:
        """By number."""
        told = int(self.marks.get(NOTES, "0"))
        for one in self.now.annotations:
            if one.number > told:
                yield News(
                    Kind.ANNOTATION, "added", one.slo, one.slo, self.project("SLO", one.slo), one.created_at, one
                )
        self.stood[NOTES] = str(max([told, *(one.number for one in self.now.annotations)]))

    def project(self, kind: str, name: str) -> str:
        """Of what is deleted, where it was."""
        return self.now.project(kind, name) or self.marks.get(f"document:{kind}/{name}", "").partition(" ")[2]

    def _turned(self, one: Turned) -> News:
        project = self.project("SLO", one.slo)
        return News(Kind.BUDGET, "turned", f"{one.slo}/{one.objective}", one.slo, project, self.now.at, one)

    def _alert(self, what: str, at: float, one: Alert) -> News:
        return News(Kind.ALERT, what, f"{one.slo}/{one.objective}", one.slo, self.project("SLO", one.slo), at, one)
