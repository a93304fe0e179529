"""Budgets from a definition and a table of points, with no server and no store: the same mathematics as live."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leeway.core.assess import Assessment, assess
from leeway.core.judge import judge, nearest_edges, origin
from leeway.core.objective import Objective
from leeway.core.points import Floats, Points
from leeway.core.quality import RATIO_SCALE, Fault, Faults, Kind, Measured, at_fault, fitting_scale, inspect, trusted
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.engine.certainty import clustering, exact
from leeway.engine.goal import kind_of
from leeway.errors import Invalid
from leeway.formats.points import Lines, Table
from leeway.spec.plan import Item, Plan
from leeway.spec.rows import Refused


@dataclass(frozen=True, slots=True)
class Assessed:
    """One objective of one SLO, assessed."""

    slo: str
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Result:
    """All objectives in the order of the plans, and the lines that were set aside, in the order of the file."""

    assessed: tuple[Assessed, ...]
    quarantined: tuple[Refused, ...]
    unknown_slos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """An objective with its rows of the table, their lines, and what is wrong with them."""

    slo: str
    objective: Objective
    kind: Kind
    scale: int
    lines: Lines
    measured: Measured
    faults: Faults

    @property
    def end(self) -> int:
        """When the last step that can be trusted starts; 0 if there is none."""
        return int(self.measured.time[self.faults == Fault.NONE].max(initial=0))

    def past(self, as_of: int) -> Past:
        """What is known of it at `as_of`; slices of a day or longer are aligned to the window that holds it."""
        points = _before(trusted(self.kind, self.measured, self.faults, scale=self.scale), as_of)
        born = int(points.time[0]) if len(points) else None
        grid = origin(self.objective, self.objective.window.at(as_of))
        begin = as_of if born is None else born - (self.objective.slice_s or 0)
        judged = judge(self.objective, points, Span(begin, as_of), born=born, grid=grid)
        edges = None if judged.doubt is None else nearest_edges(self.objective, points)
        return Past(Track.of(judged, points.time), born, edges)

    def assess(self, as_of: int, step_s: int) -> Assessment:
        """Its budget at `as_of`."""
        past = self.past(as_of)
        assessment = assess(self.objective, as_of, past.track.tally, step_s=step_s, scale=self.scale)
        _, share = clustering(self.objective, self.scale, past.track, Span(assessment.window.start, as_of))
        assessment = replace(assessment, adjusted=exact(assessment.budget, share))
        return replace(assessment, edges=past.edges) if assessment.budget.doubt else assessment


@dataclass(frozen=True, slots=True)
class Past:
    """The judged past of an objective. `born` is its first row's time, None if it has none.

    `edges` are those of a bucket that its threshold lies inside of, if any counts are in doubt.
    """

    track: Track
    born: int | None
    edges: tuple[float, float] | None = None


def cases_of(plans: Sequence[Plan], table: Table, step_s: int) -> list[Case]:
    """Every objective of every plan with its rows. Raises Invalid as `evaluate`."""
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for place, owner in enumerate(table.owners):
        owners[owner.slo].append(place)
    return [_case(plan, item, table, owners[plan.slo], step_s) for plan in plans for item in plan.items]


def evaluate(plans: Sequence[Plan], table: Table, *, at: int | None, step_s: int) -> Result:
    """Assesses every objective at `at`, rounded down to a step; None is the end of the last step that can be trusted.

    Rows at or after a given time are ignored, those that cannot be trusted too. Raises Invalid if the table lacks the
    columns an SLO needs, or a slice is shorter than a step.
    """
    cases = cases_of(plans, table, step_s)
    told = math.inf if at is None else at - at % step_s
    if at is None:
        at = max((case.end for case in cases), default=0) + step_s
    as_of = at - at % step_s
    assessed = tuple(Assessed(case.slo, case.assess(as_of, step_s)) for case in cases)
    return Result(assessed, quarantined(cases, table, told), unknown_slos(plans, table))


def unknown_slos(plans: Sequence[Plan], table: Table) -> tuple[str, ...]:
    """SLOs of the table that no plan is of."""
    return tuple(sorted({owner.slo for owner in table.owners} - {plan.slo for plan in plans}))


def _case(plan: Plan, item: Item, table: Table, owners: list[int], step_s: int) -> Case:
    objective, kind = item.objective, kind_of(item.indicator, item.objective)
    if objective.slice_s is not None and objective.slice_s % step_s:
        raise Invalid(
            f"SLO {plan.slo}: slices of {objective.slice_s} s cannot be put together from steps of {step_s} s",
            mend="give the points' own step with --step, or choose slices that are a multiple of it",
        )
    rows = _rows(table, [one for one in owners if table.owners[one].objective in ("", objective.name)])
    measured = _measured(plan.slo, kind, table, rows)
    scale = RATIO_SCALE if kind in (Kind.SUCCESS_RATIO, Kind.FAILURE_RATIO) else 1
    faults = inspect(kind, measured, step_s=step_s)
    if kind is Kind.COUNTS:
        true = faults == Fault.NONE
        scale = fitting_scale(measured.part[true], measured.whole[true])
    return Case(plan.slo, objective, kind, scale, table.line[rows], measured, faults)


def _rows(table: Table, owners: list[int]) -> slice | NDArray[np.intp]:
    """Of several owners in the order of the file, as a later row stands for an earlier one of the same time."""
    if len(owners) == 1:
        return table.rows(owners[0])
    places = np.concatenate([np.empty(0, np.intp), *(np.r_[table.rows(one)] for one in owners)])
    return places[np.argsort(table.line[places], kind="stable")]


def _measured(slo: str, kind: Kind, table: Table, rows: slice | NDArray[np.intp]) -> Measured:
    def pick(column: Floats | None) -> Floats | None:
        return None if column is None else column[rows]

    if kind is Kind.COUNTS and table.total is None:
        raise Invalid(f"SLO {slo} counts events, the points have values", mend="use the header time,slo,good,total")
    if kind is not Kind.COUNTS and table.value is None and table.histogram is None:
        raise Invalid(f"SLO {slo} needs values, the points have counts", mend="use the header time,slo,value")
    if kind is Kind.COUNTS:
        return Measured(table.time[rows], pick(table.good), pick(table.bad), pick(table.total))
    time, histogram = table.time[rows], None if table.histogram is None else table.histogram[rows]
    value = np.full(len(time), np.nan) if table.value is None else table.value[rows]
    return Measured(time, value=value, histogram=histogram)


def _before(points: Points, time: int) -> Points:
    return points[: int(np.searchsorted(points.time, time))]


def refused(line: int, rows: Measured, faults: Faults, place: int) -> Refused:
    """A row with a fault, as it is told: with the columns that make it."""
    fault = Fault(faults[place])
    return Refused(line, fault.sentence, ", ".join(at_fault(fault, rows, place)))


def quarantined(cases: Sequence[Case], table: Table, before: float = math.inf) -> tuple[Refused, ...]:
    """Lines of the table from before a time that were set aside, in their order."""
    lines = {line.line: line for line in table.refused}
    for case in cases:
        for place in np.flatnonzero((case.faults != Fault.NONE) & (case.measured.time < before)):
            line = int(case.lines[place])
            if line not in lines:
                lines[line] = refused(line, case.measured, case.faults, int(place))
    return tuple(line for _, line in sorted(lines.items()))
