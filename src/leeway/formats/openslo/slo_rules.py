"""Rules that tie the fields of an SLO together; v1 and v2alpha share them, under other field names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leeway.formats.openslo.parts import OPS
from leeway.spec import codes
from leeway.spec.schema.check import missing
from leeway.spec.schema.look import items, look, text
from leeway.spec.schema.rules import above, at_most, one_of
from leeway.spec.schema.shape import Fault, Level, Path, ScalarRule
from leeway.spec.text import Mapping, Node, Scalar

SLICED = ("Timeslices", "RatioTimeslices")


@dataclass(frozen=True, slots=True)
class SloRules:
    """`indicator` and `reference` are what the version calls the SLI of an SLO."""

    indicator: str
    reference: str
    single_threshold: bool

    def __call__(self, node: Mapping) -> Iterator[Fault]:
        composite = self._composite(node)
        yield from self._placed(node, composite=composite)
        for index, objective in enumerate(items(node, "objectives")):
            for faults in (
                self._operator(node, objective),
                self._slices(node, objective),
                self._weight(objective, composite=composite),
            ):
                for fault in faults:
                    yield fault.under(index).under("objectives")
        yield from self._count(node)

    def _own(self, node: Node) -> bool:
        return look(node, self.indicator) is not None or look(node, self.reference) is not None

    def _composite(self, node: Mapping) -> bool:
        return any(self._own(objective) for objective in items(node, "objectives"))

    def _placed(self, node: Mapping, *, composite: bool) -> Iterator[Fault]:
        """The indicator stands at the SLO, or at its objectives (a composite); nowhere twice."""
        names = f"`{self.indicator}` or `{self.reference}`"
        for at, holder in (((), node), *((("objectives", i), o) for i, o in enumerate(items(node, "objectives")))):
            if look(holder, self.indicator) is not None and look(holder, self.reference) is not None:
                message = f"`{self.indicator}` and `{self.reference}` exclude each other"
                yield Fault(codes.MUTUALLY_EXCLUSIVE, message, "keep one of them", at)
        if self._own(node) and composite:
            message = f"{names} stands at the SLO and at its objectives; it is one or the other"
            yield Fault(codes.MUTUALLY_EXCLUSIVE, message, "keep one of them")
        elif not self._own(node) and not composite:
            message = f"{names} is missing, at the SLO or (for a composite) at each objective"
            yield Fault(codes.MUTUALLY_EXCLUSIVE, message, f"add `{self.reference}:` with the name of an SLI")

    def _metric(self, node: Mapping, objective: Node) -> tuple[str, bool]:
        """What kind of inline metric the objective is judged by, and whether the SDK looks at it."""
        for holder, sdk in ((node, True), (objective, False)):
            for metric in ("thresholdMetric", "ratioMetric"):
                if look(holder, self.indicator, "spec", metric) is not None:
                    return metric, sdk
        return "", False

    def _operator(self, node: Mapping, objective: Node) -> Iterator[Fault]:
        metric, sdk = self._metric(node, objective)
        level = Level.SDK if sdk else Level.TEXT
        if isinstance(op := look(objective, "op"), Scalar) and op.value != "" and metric != "ratioMetric":
            yield from _at(one_of(OPS, level if metric else Level.SDK), op, "op")
        for name in ("op", "value"):
            given = look(objective, name)
            if metric == "thresholdMetric" and (given is None or (text(objective, name) == "" and name == "op")):
                yield missing(name, why="a threshold metric says by it what is good", level=level)
            elif metric == "ratioMetric" and given is not None and sdk:
                message = f"`{name}` has no meaning for a ratio"
                yield Fault(codes.FORBIDDEN, message, "remove it", (name,))

    def _slices(self, node: Mapping, objective: Node) -> Iterator[Fault]:
        method = text(node, "budgetingMethod")
        if method == "Timeslices" and look(objective, "timeSliceTarget") is None:
            yield missing("timeSliceTarget", why="a slice is good if this share of it is good, for example 0.95")
        if method in SLICED and look(objective, "timeSliceWindow") is None:
            yield missing("timeSliceWindow", why="how long a slice is, for example 1m")
        target = look(objective, "timeSliceTarget")
        level = Level.SDK if method == "Timeslices" else Level.TEXT
        if _is_number(target):
            yield from _at(above(0, level), target, "timeSliceTarget")
            yield from _at(at_most(1, level), target, "timeSliceTarget")

    def _weight(self, objective: Node, *, composite: bool) -> Iterator[Fault]:
        weight = look(objective, "compositeWeight")
        if _is_number(weight):
            level = Level.SDK if composite else Level.TEXT
            yield from _at(above(0, level), weight, "compositeWeight")

    def _count(self, node: Mapping) -> Iterator[Fault]:
        threshold = look(node, self.indicator, "spec", "thresholdMetric") is not None
        if self.single_threshold and threshold and len(list(items(node, "objectives"))) > 1:
            message = "a threshold metric has one objective in OpenSLO v1, though the Go SDK takes more"
            at: Path = ("objectives", 1)
            yield Fault(codes.SINGLE_OBJECTIVE, message, "write one SLO for each threshold", at, Level.TEXT)


def _is_number(node: Node | None) -> bool:
    return isinstance(node, Scalar) and not isinstance(node.value, (bool, str, type(None)))


def _at(rule: ScalarRule, node: Node | None, name: str) -> Iterator[Fault]:
    if isinstance(node, Scalar):
        for fault in rule(node):
            yield fault.under(name)
