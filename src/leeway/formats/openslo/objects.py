"""Typed documents of v1 and v2alpha, which differ in names only."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from leeway.core.objective import Op
from leeway.formats.openslo.values import duration, flag, join, metadata, number, plain, start, table
from leeway.spec.documents import (
    SLI,
    SLO,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    BudgetingMethod,
    DataSource,
    Document,
    Kind,
    Metric,
    Objective,
    Origin,
    Ratio,
    RawRatio,
    RawType,
    RawValue,
    Reference,
    Service,
    TimeWindow,
)
from leeway.spec.schema.look import entry, items, look, text
from leeway.spec.text import Node


class Objects:
    """Carries the origin along; each method takes a node and its path."""

    def __init__(self, origin: Origin, *, alpha2: bool) -> None:
        self.origin = origin
        self.alpha2 = alpha2

    def document(self, kind: Kind, node: Node | None, path: str) -> Document:
        makers: dict[Kind, Callable[[Node | None, str], Document]] = {
            Kind.SERVICE: lambda node, path: Service(
                metadata(node), text(node, "spec", "description"), self.origin, path
            ),
            Kind.DATA_SOURCE: self.data_source,
            Kind.SLI: self.sli,
            Kind.SLO: self.slo,
            Kind.ALERT_POLICY: self.policy,
            Kind.ALERT_CONDITION: self.condition,
            Kind.ALERT_NOTIFICATION_TARGET: self.target,
        }
        return makers[kind](node, path)

    def data_source(self, node: Node | None, path: str) -> DataSource:
        spec = look(node, "spec")
        details = entry(spec, "connectionDetails")
        return DataSource(
            metadata(node),
            text(spec, "type"),
            plain(details.value if details else None),
            text(spec, "description"),
            self.origin,
            path,
        )

    def metric(self, node: Node | None, path: str) -> Metric:
        if self.alpha2:
            inline = look(node, "dataSourceSpec")
            return Metric(
                table(look(node, "spec")),
                self.reference(node, "dataSourceRef", path),
                text(inline, "type"),
                plain(look(inline, "connectionDetails")),
                path,
            )
        source, path = look(node, "metricSource"), join(path, "metricSource")
        found = self.reference(source, "metricSourceRef", path)
        return Metric(table(look(source, "spec")), found, text(source, "type"), path=path)

    def sli(self, node: Node | None, path: str) -> SLI:
        spec, at = look(node, "spec"), join(path, "spec")
        ratio = look(spec, "ratioMetric")
        metric: Ratio | RawRatio | RawValue
        if ratio is None:
            metric = RawValue(self.metric(look(spec, "thresholdMetric"), join(at, "thresholdMetric")))
        elif look(ratio, "raw") is not None:
            metric = RawRatio(
                self.metric(look(ratio, "raw"), join(at, "ratioMetric", "raw")), RawType(text(ratio, "rawType"))
            )
        else:
            total, good, bad = (
                self.metric(found, join(at, "ratioMetric", name)) if (found := look(ratio, name)) is not None else None
                for name in ("total", "good", "bad")
            )
            assert total is not None  # noqa: S101 — the schema asks for it beside good or bad
            metric = Ratio(total, good, bad, flag(ratio, "counter"))
        return SLI(metadata(node), metric, text(spec, "description"), self.origin, path)

    def indicator(self, node: Node | None, path: str) -> SLI | Reference | None:
        inline, reference = ("sli", "sliRef") if self.alpha2 else ("indicator", "indicatorRef")
        found = look(node, inline)
        return self.sli(found, join(path, inline)) if found is not None else self.reference(node, reference, path)

    def slo(self, node: Node | None, path: str) -> SLO:
        spec, at = look(node, "spec"), join(path, "spec")
        window = look(spec, "timeWindow", 0)
        length = duration(window, "duration")
        assert length is not None  # noqa: S101 — the schema asks for it
        return SLO(
            metadata(node),
            text(spec, "serviceRef") or text(spec, "service"),
            TimeWindow(length, start(window)),
            BudgetingMethod(text(spec, "budgetingMethod")),
            tuple(self.objective(one, join(at, "objectives", i)) for i, one in enumerate(items(spec, "objectives"))),
            self.indicator(spec, at),
            tuple(
                self.policy(one, where) if (where := join(at, "alertPolicies", i)) and look(one, "spec") is not None
                else Reference(text(one, "alertPolicyRef"), join(where, "alertPolicyRef"))
                for i, one in enumerate(items(spec, "alertPolicies"))
            ),
            text(spec, "description"),
            self.origin,
            path,
        )  # fmt: skip

    def objective(self, node: Node, path: str) -> Objective:
        percent = number(node, "targetPercent")
        target = percent.scaleb(-2) if percent is not None else number(node, "target")
        op = text(node, "op")
        return Objective(
            target if target is not None else Decimal(0),
            text(node, "displayName"),
            Op(op) if op in set(Op) else None,
            number(node, "value"),
            number(node, "timeSliceTarget"),
            duration(node, "timeSliceWindow"),
            self.indicator(node, path),
            number(node, "compositeWeight"),
            path,
        )

    def policy(self, node: Node | None, path: str) -> AlertPolicy:
        spec, at = look(node, "spec"), join(path, "spec")
        conditions, targets = list(items(spec, "conditions")), list(items(spec, "notificationTargets"))
        return AlertPolicy(
            metadata(node),
            tuple(
                self.reference(one, "conditionRef", where) or self.condition(one, where)
                for one, where in ((one, join(at, "conditions", i)) for i, one in enumerate(conditions))
            ),
            tuple(
                self.reference(one, "targetRef", where) or self.target(one, where)
                for one, where in ((one, join(at, "notificationTargets", i)) for i, one in enumerate(targets))
            ),
            flag(spec, "alertWhenNoData"),
            flag(spec, "alertWhenResolved"),
            flag(spec, "alertWhenBreaching"),
            text(spec, "description"),
            self.origin,
            path,
        )

    def condition(self, node: Node | None, path: str) -> AlertCondition:
        spec = look(node, "spec")
        condition = look(spec, "condition")
        lookback = duration(condition, "lookbackWindow")
        assert lookback is not None  # noqa: S101 — the schema asks for it
        return AlertCondition(
            metadata(node),
            text(spec, "severity"),
            Op(text(condition, "op")),
            number(condition, "threshold") or Decimal(0),
            lookback,
            duration(condition, "alertAfter"),
            text(spec, "description"),
            self.origin,
            path,
        )

    def target(self, node: Node | None, path: str) -> AlertNotificationTarget:
        spec = look(node, "spec")
        return AlertNotificationTarget(
            metadata(node), text(spec, "target"), text(spec, "description"), self.origin, path
        )

    def reference(self, node: Node | None, name: str, path: str) -> Reference | None:
        found = text(node, name)
        return Reference(found, join(path, name)) if found else None
