"""A document becomes a plan of computation: what to ask for, and how to count it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn

from leeway.core.objective import Method, Objective, Threshold
from leeway.core.window import Calendar, Period, Rolling, Window
from leeway.errors import Invalid
from leeway.spec import documents
from leeway.spec.annotations import Settings, settings
from leeway.spec.documents import SLI, SLO, BudgetingMethod, Ratio, RawRatio, RawValue, TimeWindow
from leeway.spec.duration import Duration, Unit
from leeway.spec.library import Library

LONGEST_S = 10 * 366 * 86_400
"""No budget is kept longer: such a window is a slip of the keyboard."""

_PERIODS = {
    Unit.MINUTE: Period.MINUTE,
    Unit.HOUR: Period.HOUR,
    Unit.DAY: Period.DAY,
    Unit.WEEK: Period.WEEK,
    Unit.MONTH: Period.MONTH,
    Unit.QUARTER: Period.QUARTER,
    Unit.YEAR: Period.YEAR,
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """What to measure. Each metric carries its data source's name or type, and the question as plain data."""

    name: str
    metric: Ratio | RawRatio | RawValue


@dataclass(frozen=True, slots=True)
class Item:
    """One objective and what it is measured by; None if the reference leads to no document."""

    objective: Objective
    indicator: Indicator | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All objectives of one SLO. In a composite each objective has an indicator of its own."""

    slo: str
    service: str
    composite: bool
    items: tuple[Item, ...]


def compile_slo(slo: SLO, library: Library | None = None) -> Plan:
    """The plan of an SLO. References are looked up in `library`.

    Raises `Invalid` for what cannot be computed: an SLO without objectives, a threshold metric without op and value, a
    window or slice of no length. A reference that leads nowhere is no error here: data may come from elsewhere.
    """
    library = library or Library.of(())
    if not slo.objectives:
        _refuse(slo, "spec.objectives", "an SLO without objectives has nothing to compute", "add an objective")
    made = settings(slo.metadata.annotations)
    window = window_of(slo, made)
    method = method_of(slo, made)
    items = []
    for index, one in enumerate(slo.objectives):
        sli = library.sli(one.indicator or slo.indicator)
        objective = Objective(
            name=one.display_name or str(index),
            method=method,
            target=Fraction(one.target),
            window=window,
            slice_s=_slice(slo, one) if method is not Method.OCCURRENCES else None,
            slice_target=_slice_target(slo, one) if _judges_slices(method) else None,
            threshold=_threshold(slo, one, sli),
            no_data=made.no_data,
            carry_limit_s=made.carry_limit_s,
        )
        items.append(Item(objective, _indicator(sli, library)))
    composite = any(one.indicator is not None for one in slo.objectives)
    return Plan(slo.metadata.name, slo.service, composite, tuple(items))


def compile_all(slos: Iterable[SLO], library: Library) -> tuple[Plan, ...]:
    """The plans of several SLOs, in their order."""
    return tuple(compile_slo(slo, library) for slo in slos)


def method_of(slo: SLO, made: Settings) -> Method:
    """The method: what the document says, refined by the annotation where it says Timeslices."""
    if slo.method is BudgetingMethod.TIMESLICES and made.traffic_weighted:
        return Method.TRAFFIC_WEIGHTED_TIMESLICES
    return Method(slo.method.value)


def window_of(slo: SLO, made: Settings) -> Window:
    """Rolling: d and w of 86,400 and 604,800 s, M, Q and Y of 30, 90 and 365 days. Calendar: as the calendar has it."""
    window: TimeWindow = slo.window
    if window.duration.count <= 0:
        _refuse(slo, "spec.timeWindow[0].duration", "a window needs a length", "write for example 28d")
    if window.duration.seconds > LONGEST_S:
        _refuse(slo, "spec.timeWindow[0].duration", "a window of more than ten years", "write for example 28d")
    if window.start is None:
        return Rolling(window.duration.seconds)
    count, unit = window.duration.count, window.duration.unit
    if unit is Unit.SECOND:
        _refuse(slo, "spec.timeWindows[0].unit", "a calendar window is counted in minutes or longer", "choose Day")
    return Calendar(_PERIODS[unit], count, window.start.time, window.start.zone, made.end_of_month)


def _judges_slices(method: Method) -> bool:
    return method in (Method.TIMESLICES, Method.TRAFFIC_WEIGHTED_TIMESLICES)


def _slice(slo: SLO, one: documents.Objective) -> int:
    length: Duration | None = one.slice_window
    if length is None or length.count <= 0:
        _refuse(slo, f"{one.path}.timeSliceWindow", f"{slo.method} needs slices of some length", "write for example 1m")
    return length.seconds


def _slice_target(slo: SLO, one: documents.Objective) -> Fraction:
    if one.slice_target is None:
        _refuse(
            slo, f"{one.path}.timeSliceTarget", f"{slo.method} needs to know when a slice is good", "for example 0.95"
        )
    return Fraction(one.slice_target)


def _threshold(slo: SLO, one: documents.Objective, sli: SLI | None) -> Threshold | None:
    """Of an SLI that is not here the objective's own op and value say that it is a threshold."""
    if sli is not None and not isinstance(sli.metric, RawValue):
        return None
    if one.op is not None and one.value is not None:
        return Threshold(one.op, float(one.value))
    if sli is not None:
        _refuse(
            slo, one.path, "a threshold metric needs `op` and `value`", "say which values are good, such as lte 250"
        )
    return None


def _indicator(sli: SLI | None, library: Library) -> Indicator | None:
    if sli is None:
        return None
    match sli.metric:
        case Ratio():
            ratio = sli.metric
            good = library.typed(ratio.good) if ratio.good else None
            bad = library.typed(ratio.bad) if ratio.bad else None
            metric: Ratio | RawRatio | RawValue = replace(ratio, total=library.typed(ratio.total), good=good, bad=bad)
        case RawRatio():
            metric = replace(sli.metric, raw=library.typed(sli.metric.raw))
        case RawValue():
            metric = RawValue(library.typed(sli.metric.value))
    return Indicator(sli.metadata.name, metric)


def _refuse(slo: SLO, path: str, message: str, mend: str) -> NoReturn:
    raise Invalid(f"SLO {slo.metadata.name}: {message}", place=slo.origin.place(path), mend=mend)
