"""One objective of a running server under several drafts of its policies, perhaps with another target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from leeway.errors import Invalid
from leeway.formats.points import Table
from leeway.lab.backtest.candidate import DEFINED, PRESENT, Candidate
from leeway.lab.backtest.incident import Incident
from leeway.lab.backtest.report import Report
from leeway.lab.backtest.run import Asked, run
from leeway.lab.backtest.score import Score, Truth, noticed, score
from leeway.lab.backtest.told import Told
from leeway.lab.spread import Tell, tell_nobody
from leeway.spec.documents import (
    SLO,
    AlertCondition,
    AlertPolicy,
    Document,
    Kind,
    LeewayPolicy,
    Metadata,
    Reference,
)
from leeway.spec.library import Library
from leeway.spec.plan import compile_slo
from leeway.spec.policies import AnyPolicy, names_told

KEPT = 300
"""So many alerts of a draft, and incidents, are listed: the newest. All of them count."""

DRAWN = 5_000
"""So many alerts of a draft are drawn."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What could stand in the SLO: policies (None: those that it has) and a target (None: the one that it has)."""

    name: str
    policies: tuple[AnyPolicy, ...] | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Drafts of one objective, from `start` (epoch seconds) to the end of the points.

    `present` are the alerts of the server itself, which can have been there only since `present_since`.
    """

    slo: str
    objective: str
    drafts: tuple[Draft, ...]
    start: int
    present: tuple[Told, ...] = ()
    present_since: int = 0
    zone: str = "UTC"

    @property
    def units(self) -> int:
        """How many runs it takes: all that keep the target in one, each other target in its own."""
        return 1 + sum(one.target is not None for one in self.drafts)


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft over the past, from `since` on. `told` are its newest alerts, `left` how many more there are; `drawn`
    also has those, without their reasons.

    `noticed` is the first alert about each listed incident, None for one that nobody was told of.
    """

    name: str
    since: int
    score: Score
    told: tuple[Told, ...]
    left: int
    drawn: tuple[Told, ...]
    noticed: tuple[Told | None, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """All drafts beside what is defined and what really was sent, and the incidents that they are measured by.

    Incidents are pieces of the budget of the target as it is, whatever target a draft has. Both times are None if the
    objective has no data.
    """

    start: int | None
    end: int | None
    incidents: tuple[Incident, ...] = ()
    more_incidents: int = 0
    tried: tuple[Tried, ...] = ()


def compare(library: Library, table: Table, asked: Question, tell: Tell = tell_nobody) -> Compared:
    """Every draft over the table, which reaches back far enough before the start for windows to be full then.

    Raises Invalid as `run`, and for a draft that cannot be computed.
    """
    slo = slo_named(library, asked.slo)
    same = [one for one in asked.drafts if one.target is None]
    base = _run(library, slo, asked.objective, table, same, asked)
    tell(1, asked.units)
    if base.start is None or base.end is None:
        return Compared(None, None)
    told = {one.name: list(base.told_by(one.name)) for one in same}
    for place, draft in enumerate((one for one in asked.drafts if one.target is not None), 2):
        other = with_target(slo, asked.objective, draft.target)
        changed = Library.of(other if one is slo else one for one in library.documents)
        report = _run(changed, other, asked.objective, table, [draft] if draft.policies else [], asked)
        its = draft.name if draft.policies else DEFINED
        told[draft.name] = [replace(one, candidate=draft.name) for one in report.told_by(its)]
        tell(place, asked.units)
    start = max(base.start, asked.start)
    incidents = tuple(one for one in base.truth.incidents if one.start >= start)
    in_order = [(DEFINED, base.told_by(DEFINED)), *((one.name, told[one.name]) for one in asked.drafts)]
    listed = incidents[-KEPT:]
    tried = [_tried(name, each, incidents, listed, start, asked) for name, each in in_order]
    since = max(start, asked.present_since)
    lived = tuple(one for one in incidents if one.start >= since)
    tried.append(_tried(PRESENT, base.told_by(PRESENT), lived, listed, since, asked))
    return Compared(start, base.end, listed, len(incidents) - len(listed), tuple(tried))


def documents(library: Library, slo: SLO, objective: str, draft: Draft) -> tuple[Document, ...]:
    """What would have to be applied for a draft to be in force, and what it is tried by: the SLO, its SLI, policies."""
    changed = slo if draft.target is None else with_target(slo, objective, draft.target)
    if draft.policies is not None:
        changed = replace(changed, alert_policies=tuple(Reference(one.metadata.name) for one in draft.policies))
    policies = draft.policies or [one for one in library.policies(slo) if one not in slo.alert_policies]
    conditions = [one for each in policies if isinstance(each, AlertPolicy) for one in _referred(each, library)]
    sli = library.sli(slo.indicator) if isinstance(slo.indicator, Reference) else None
    return (changed, *([sli] if sli else []), *policies, *conditions)


def _referred(policy: AlertPolicy, library: Library) -> Iterable[AlertCondition]:
    return (one for one in library.conditions(policy) if one not in policy.conditions)


def told_by_it(library: Library, slo: SLO) -> tuple[Reference, ...]:
    """The Recipients of an SLO's policies as they are: those whom a draft would tell."""
    names = [name for policy in library.policies(slo) for name in names_told(policy, library)]
    return tuple(Reference(name) for name in dict.fromkeys(names))


def slo_named(library: Library, name: str) -> SLO:
    """The SLO of this name. Invalid if there is none."""
    found = library.index.get((Kind.SLO, name))
    if not isinstance(found, SLO):
        raise Invalid(f"no SLO {name!r} is defined")
    return found


def with_target(slo: SLO, objective: str, target: Decimal | None) -> SLO:
    """The SLO with another target of one objective."""
    objectives = tuple(
        replace(one, target=target) if target is not None and (one.display_name or str(place)) == objective else one
        for place, one in enumerate(slo.objectives)
    )
    return replace(slo, objectives=objectives)


def named_policy(name: str, groups: tuple[LeewayPolicy, ...]) -> tuple[LeewayPolicy, ...]:
    """Policies under names of their own where a draft has several."""
    if len(groups) == 1:
        return (replace(groups[0], metadata=Metadata(name)),)
    return tuple(replace(one, metadata=Metadata(f"{name}-{one.severity}")) for one in groups)


def _run(library: Library, slo: SLO, objective: str, table: Table, drafts: Sequence[Draft], asked: Question) -> Report:
    plan = compile_slo(slo, library)
    plan = replace(plan, items=tuple(one for one in plan.items if one.objective.name == objective))
    candidates = tuple(Candidate(one.name, one.policies) for one in drafts)
    return run([plan], library, table, step_s=60, asked=Asked(candidates, None, asked.present, asked.zone))


def _tried(
    name: str,
    told: Iterable[Told],
    incidents: tuple[Incident, ...],
    listed: Sequence[Incident],
    since: int,
    asked: Question,
) -> Tried:
    its = [one for one in told if one.fired_at >= since]
    owner = (asked.slo, asked.objective)
    first = tuple(noticed(one, its) if one.start >= since else None for one in listed)
    drawn = tuple(replace(one, reasons=()) for one in its[-DRAWN:])
    scored = score(name, its, Truth(incidents, marked=False, zone=asked.zone), owner)
    return Tried(name, since, scored, tuple(its[-KEPT:]), max(0, len(its) - KEPT), drawn, first)
