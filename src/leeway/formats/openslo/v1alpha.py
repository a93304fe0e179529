"""The schema of `openslo/v1alpha`: services and SLOs, queries written straight into the SLO."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leeway.formats.openslo.parts import DESCRIPTION, METADATA, OPS, document, window_shape
from leeway.spec import codes
from leeway.spec.documents import Kind
from leeway.spec.schema.check import missing
from leeway.spec.schema.look import is_empty, items, look
from leeway.spec.schema.rules import above, at_least, at_most, below, one_of, whole
from leeway.spec.schema.shape import Fault, Field, Flag, Items, Level, Number, Record, Text
from leeway.spec.text import Mapping, Scalar

UNITS = ("Second", "Day", "Week", "Month", "Quarter")
METHODS = ("Occurrences", "Timeslices")
_LETTERS = re.compile(r"[a-zA-Z]+")


def letters(node: Scalar) -> Iterator[Fault]:
    """Letters only."""
    if not _LETTERS.fullmatch(str(node.value)):
        yield Fault(
            codes.STRING_MATCH_REGEXP,
            f"{node.value!a}: only letters are allowed in v1alpha",
            "for example `prometheus`",
        )


def one_kind_of_metric(node: Mapping) -> Iterator[Fault]:
    """A threshold metric at the SLO, or ratio metrics at its objectives."""
    threshold = look(node, "indicator") is not None
    ratios = [look(objective, "ratioMetrics") is not None for objective in items(node, "objectives")]
    if threshold and any(ratios):
        message = "only one of `indicator` and `objectives[*].ratioMetrics` can be set"
        yield Fault(codes.MUTUALLY_EXCLUSIVE, message, "keep one of them")
    elif not threshold and not any(ratios):
        message = "one of `indicator` and `objectives[*].ratioMetrics` must be set, found none"
        yield Fault(codes.MUTUALLY_EXCLUSIVE, message, "add `ratioMetrics:` to each objective")
    for index, objective in enumerate(items(node, "objectives")):
        for fault in _objective(node, objective if isinstance(objective, Mapping) else None, threshold=threshold):
            yield fault.under(index).under("objectives")


def _objective(slo: Mapping, objective: Mapping | None, *, threshold: bool) -> Iterator[Fault]:
    if threshold and is_empty(look(objective, "op")):
        yield missing("op", why="a threshold metric says by it what is good")
    elif look(objective, "op") is not None and look(objective, "ratioMetrics") is not None and not threshold:
        yield Fault(codes.FORBIDDEN, "`op` has no meaning for a ratio", "remove it", ("op",))
    method = look(slo, "budgetingMethod")
    if isinstance(method, Scalar) and method.value == "Timeslices" and look(objective, "timeSliceTarget") is None:
        yield missing("timeSliceTarget", why="a slice is good if this share of it is good, for example 0.95")


QUERY = Record(
    (
        Field("source", Text((letters,)), required=True),
        Field("queryType", Text((letters,)), required=True),
        Field("query", Text(), required=True),
    )
)
SLO = Record(
    (
        DESCRIPTION,
        Field("service", Text(), required=True),
        Field("indicator", Record((Field("thresholdMetric", QUERY, required=True),))),
        Field(
            "timeWindows",
            Items(
                window_shape(
                    Field("unit", Text((one_of(UNITS),)), required=True),
                    Field("count", Number((whole, above(0))), required=True),
                ),
                1,
                1,
            ),
        ),
        Field("budgetingMethod", Text((one_of(METHODS),)), required=True),
        Field(
            "objectives",
            Items(
                Record(
                    (
                        Field("displayName", Text()),
                        Field("op", Text((one_of(OPS),))),
                        Field("value", Number(), required=True),
                        Field("target", Number((at_least(0), below(1))), required=True),
                        Field("timeSliceTarget", Number((at_least(0), at_most(1)))),
                        Field(
                            "ratioMetrics",
                            Record(
                                (
                                    Field("incremental", Flag()),
                                    Field("good", QUERY, required=True),
                                    Field("total", QUERY, required=True),
                                )
                            ),
                        ),
                    )
                ),
                1,
                None,
                Level.TEXT,
            ),
        ),
    ),
    (one_kind_of_metric,),
)

SCHEMA: dict[Kind, Record] = {
    Kind.SERVICE: document(METADATA, Record((DESCRIPTION,)), spec_required=False),
    Kind.SLO: document(METADATA, SLO),
}
