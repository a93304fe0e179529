"""A backtest from definitions and a table of points, with no server and no store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leeway.engine.offline import Case, cases_of, quarantined, unknown_slos
from leeway.formats.points import Table
from leeway.lab.backtest.candidate import DEFINED, PRESENT, Candidate
from leeway.lab.backtest.incident import Incident
from leeway.lab.backtest.report import Report
from leeway.lab.backtest.score import Truth
from leeway.lab.backtest.told import Told
from leeway.lab.backtest.trial import Trial
from leeway.lab.backtest.work import Work, done
from leeway.spec.annotations import settings
from leeway.spec.library import Library
from leeway.spec.plan import Plan

Owner = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared beside the policies as they are defined, and with what.

    `incidents` None: none are marked, so the pieces in which budgets went stand for them. `present` None: nobody told
    what pages people today. `zone` is an IANA name: where the people sleep whom pages at night would wake.
    """

    candidates: tuple[Candidate, ...] = ()
    incidents: tuple[Incident, ...] | None = None
    present: tuple[Told, ...] | None = None
    zone: str = "UTC"


def run(
    plans: Sequence[Plan],
    library: Library,
    table: Table,
    *,
    step_s: int,
    asked: Asked | None = None,
    work: Work | None = None,
) -> Report:
    """Every candidate's policies over all rows of every objective.

    Raises Invalid as `leeway.engine.offline.evaluate`, and for slices of a day or longer: their sums depend on the
    window that holds them.
    """
    asked = asked or Asked()
    cases = cases_of(plans, table, step_s)
    end = max((case.end for case in cases), default=0) + step_s
    present = _owned(asked.present or (), cases)
    trials = list(_trials(cases, library, (Candidate(DEFINED), *asked.candidates), present, end, step_s))
    outcomes = done(trials, work or Work())
    known = [(case, outcome) for case, outcome in zip(cases, outcomes, strict=True) if outcome.born is not None]
    births = [outcome.born for _, outcome in known if outcome.born is not None]
    start, last = (min(births), end) if births else (None, None)
    inside = _Inside(frozenset(case.slo for case, _ in known), start or 0, last or 0)
    told = [one for _, outcome in known for one in outcome.told]
    unowned = frozenset(present.get(None, ()))
    heard = [one for one in asked.present or () if inside.knows("alert", one.slo, one.fired_at, one.fired_at + 1)]
    told += [one for one in heard if one in unowned]
    if asked.incidents is None:
        incidents = [piece for _, outcome in known for piece in outcome.stretches]
    else:
        incidents = [one for one in asked.incidents if inside.knows("incident", one.slo, one.start, one.end)]
    names = [DEFINED, *(each.name for each in asked.candidates), *([PRESENT] if asked.present is not None else [])]
    return Report(
        told=tuple(sorted(told, key=lambda one: one.fired_at)),
        candidates=tuple(dict.fromkeys(names)),
        truth=Truth(tuple(sorted(incidents, key=lambda one: one.start)), asked.incidents is not None, asked.zone),
        judged=tuple((case.slo, case.objective.name) for case, _ in known),
        objectives=len(cases),
        start=start,
        end=last,
        quarantined=quarantined(cases, table),
        unknown_slos=unknown_slos(plans, table),
        outside=tuple(inside.left),
    )


def _owned(present: Iterable[Told], cases: Sequence[Case]) -> dict[Owner | None, list[Told]]:
    """Alerts by the objective that they are of; those of an SLO with several, or with none here, are nobody's."""
    objectives: defaultdict[str, list[str]] = defaultdict(list)
    for case in cases:
        objectives[case.slo].append(case.objective.name)
    owned: defaultdict[Owner | None, list[Told]] = defaultdict(list)
    for one in present:
        its = objectives[one.slo]
        name = its[0] if len(its) == 1 else one.objective
        owned[(one.slo, name) if name in its else None].append(one)
    return owned


def _trials(
    cases: Iterable[Case],
    library: Library,
    candidates: Sequence[Candidate],
    present: Mapping[Owner | None, Sequence[Told]],
    end: int,
    step_s: int,
) -> Iterator[Trial]:
    slos = {slo.metadata.name: slo for slo in library.slos}
    for case in cases:
        slo = slos[case.slo]
        watching = {each.name: each.watching(slo, case.objective, library) for each in candidates}
        its = tuple(present.get((case.slo, case.objective.name), ()))
        yield Trial(case, watching, end, step_s, settings(slo.metadata.annotations).human_horizon_s, its)


@dataclass(frozen=True, slots=True)
class _Inside:
    """The past that the points know; `left` says in words what people told of another one."""

    slos: frozenset[str]
    start: int
    end: int
    left: list[str] = field(default_factory=list)

    def knows(self, what: str, slo: str, start: int, end: int) -> bool:
        """Whether it can be compared with anything."""
        if slo and slo not in self.slos:
            self.left.append(f"an {what} of {slo!r}, an SLO that has no data here")
        elif start >= self.end or end <= self.start:
            self.left.append(f"an {what} from before or after the points")
        else:
            return True
        return False
