"""Typed documents of v1alpha: what v1 says in an SLI, v1alpha says inside the SLO."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from leeway.core.objective import Op
from leeway.formats.openslo.values import flag, join, metadata, number, start
from leeway.spec.documents import (
    SLI,
    SLO,
    BudgetingMethod,
    Metadata,
    Metric,
    Objective,
    Origin,
    Ratio,
    RawValue,
    TimeWindow,
)
from leeway.spec.duration import Duration, Unit
from leeway.spec.schema.look import items, look, text
from leeway.spec.text import Node

SLICE = Duration(1, Unit.MINUTE)  # v1alpha cannot say how long a slice is


def slo(node: Node, origin: Origin) -> SLO:
    """Ratio metrics stand at the objectives; where all are alike they become the one indicator of the SLO."""
    spec = look(node, "spec")
    method = BudgetingMethod(text(spec, "budgetingMethod"))
    name = Metadata(text(node, "metadata", "name"))
    threshold = look(spec, "indicator", "thresholdMetric")
    at = "spec.indicator.thresholdMetric"
    indicator = SLI(name, RawValue(_metric(threshold, at)), "", origin, at) if threshold else None
    objectives = tuple(
        _objective(one, origin, join("spec.objectives", i), name, sliced=method is BudgetingMethod.TIMESLICES)
        for i, one in enumerate(items(spec, "objectives"))
    )
    first = objectives[0].indicator if objectives else None
    if isinstance(first, SLI) and all(one.indicator == first for one in objectives):
        indicator, objectives = first, tuple(replace(one, indicator=None) for one in objectives)
    return SLO(
        metadata(node),
        text(spec, "service"),
        _window(look(spec, "timeWindows", 0)),
        method,
        objectives,
        indicator,
        (),
        text(spec, "description"),
        origin,
    )


def _window(node: Node | None) -> TimeWindow:
    count, unit = int(number(node, "count") or 0), Unit[text(node, "unit").upper()]
    if unit is Unit.SECOND and count % 60 == 0:
        count, unit = count // 60, Unit.MINUTE
    return TimeWindow(Duration(count, unit), start(node))


def _objective(node: Node, origin: Origin, path: str, name: Metadata, *, sliced: bool) -> Objective:
    ratio, at = look(node, "ratioMetrics"), join(path, "ratioMetrics")
    sli = None
    if ratio is not None:
        total, good = (_metric(look(ratio, one), join(at, one)) for one in ("total", "good"))
        sli = SLI(name, Ratio(total, good, None, flag(ratio, "incremental")), "", origin, at)
    return Objective(
        number(node, "target") or Decimal(0),
        text(node, "displayName"),
        Op(text(node, "op")) if ratio is None else None,
        number(node, "value") if ratio is None else None,
        number(node, "timeSliceTarget") if sliced else None,
        SLICE if sliced else None,
        sli,
        path=path,
    )


def _metric(node: Node | None, path: str) -> Metric:
    spec = {"query": text(node, "query"), "queryType": text(node, "queryType")}
    return Metric(spec, None, text(node, "source"), path=path)
