"""The schema of `openslo/v1`."""

from __future__ import annotations

from collections.abc import Iterator

from leeway.formats.openslo.parts import (
    DESCRIPTION,
    METADATA,
    REFERENCE,
    alerting,
    document,
    inlined,
    window_shape,
)
from leeway.formats.openslo.slo_rules import SloRules
from leeway.spec import codes
from leeway.spec.documents import Kind
from leeway.spec.schema.check import missing
from leeway.spec.schema.look import is_empty, look
from leeway.spec.schema.rules import at_least, below, duration, exactly_one, one_of
from leeway.spec.schema.shape import Anything, Fault, Field, Flag, Items, Level, Number, Record, RecordRule, Table, Text
from leeway.spec.text import Mapping

METHODS = ("Occurrences", "Timeslices", "RatioTimeslices")
DURATION = Text((duration(),))


def typed_or_referred(node: Mapping) -> Iterator[Fault]:
    """The text of OpenSLO: without a data source to take it from, the type must be said."""
    if is_empty(look(node, "metricSourceRef")) and is_empty(look(node, "type")):
        yield missing("type", why="or `metricSourceRef`, to know what kind of source this is", level=Level.TEXT)


METRIC = Record(
    (
        Field(
            "metricSource",
            Record(
                (
                    Field("metricSourceRef", REFERENCE),
                    Field("type", Text()),
                    Field("spec", Table(Anything(), least=1), required=True),
                ),
                (typed_or_referred,),
            ),
            required=True,
        ),
    )
)


def ratio(node: Mapping) -> Iterator[Fault]:
    """raw, or total with one of good and bad."""
    given = {name for name in ("total", "raw", "good", "bad") if look(node, name) is not None}
    clash = {"raw", "total"} <= given or len(given & {"raw", "good", "bad"}) > 1
    if not given & {"total", "raw"}:
        yield Fault(codes.MUTUALLY_EXCLUSIVE, "one of `raw` and `total` must be set, found none", "add `total:`")
    elif clash:
        names = " and ".join(f"`{name}`" for name in sorted(given))
        hint = "keep `raw` alone, or `total` with one of `good` and `bad`"
        yield Fault(codes.MUTUALLY_EXCLUSIVE, f"{names} exclude each other", hint)
    elif given == {"total"}:
        yield Fault(codes.ONE_OF_PROPERTIES, "beside `total`, `good` or `bad` must be set", "add `good:` or `bad:`")
    if "raw" in given and is_empty(look(node, "rawType")):
        yield missing("rawType", why="success if 1 is best, failure if 0 is best")
    elif "raw" not in given and look(node, "rawType") is not None:
        message = "`rawType` belongs to `raw` and has no effect here, though the Go SDK takes it"
        yield Fault(codes.FORBIDDEN, message, "remove it", ("rawType",), Level.TEXT)


def sli_spec(metric: Record) -> Record:
    """An SLI whose metrics have the shape `metric`."""
    return Record(
        (
            DESCRIPTION,
            Field("thresholdMetric", metric),
            Field(
                "ratioMetric",
                Record(
                    (
                        Field("counter", Flag()),
                        Field("good", metric),
                        Field("bad", metric),
                        Field("total", metric),
                        Field("raw", metric),
                        Field("rawType", Text((one_of(("success", "failure")),))),
                    ),
                    (ratio,),
                ),
            ),
        ),
        (exactly_one("thresholdMetric", "ratioMetric"),),
    )


def objective(metadata: Record, sli: Record, durations: Text, indicator: str, reference: str) -> Record:
    """One objective; what depends on the rest of the SLO is in `SloRules`."""
    return Record(
        (
            Field("displayName", Text()),
            Field("op", Text()),
            Field("value", Number()),
            Field("target", Number((at_least(0), below(1)))),
            Field("targetPercent", Number((at_least(0), below(100)))),
            Field("timeSliceTarget", Number()),
            Field("timeSliceWindow", durations),
            Field(indicator, inline_sli(metadata, sli)),
            Field(reference, REFERENCE),
            Field("compositeWeight", Number()),
        ),
        (exactly_one("target", "targetPercent"), not_empty(reference)),
    )


def inline_sli(metadata: Record, sli: Record) -> Record:
    """An SLI without apiVersion and kind."""
    return Record((Field("metadata", metadata, required=True), Field("spec", sli, required=True)))


def not_empty(name: str) -> RecordRule:
    """A reference that is there has a name."""

    def rule(node: Mapping) -> Iterator[Fault]:
        given = look(node, name)
        if given is not None and is_empty(given):
            yield missing(name)

    return rule


POLICY, CONDITION, TARGET = alerting(METADATA, DURATION, alert_after_required=False)
SLI = sli_spec(METRIC)
OBJECTIVE = objective(METADATA, SLI, DURATION, "indicator", "indicatorRef")
SLO = Record(
    (
        DESCRIPTION,
        Field("service", Text(), required=True),
        Field("indicator", inline_sli(METADATA, SLI)),
        Field("indicatorRef", REFERENCE),
        Field("timeWindow", Items(window_shape(Field("duration", DURATION, required=True)), 1, 1)),
        Field("budgetingMethod", Text((one_of(METHODS),)), required=True),
        Field("objectives", Items(OBJECTIVE, 1, None, Level.TEXT)),
        Field("alertPolicies", Items(inlined("alertPolicyRef", "AlertPolicy", METADATA, POLICY))),
    ),
    (SloRules("indicator", "indicatorRef", single_threshold=True), not_empty("indicatorRef")),
)
DATA_SOURCE = Record(
    (DESCRIPTION, Field("type", Text(), required=True), Field("connectionDetails", Anything(), required=True))
)
SERVICE = Record((DESCRIPTION,))

SCHEMA: dict[Kind, Record] = {
    Kind.SERVICE: document(METADATA, SERVICE, spec_required=False),
    Kind.DATA_SOURCE: document(METADATA, DATA_SOURCE),
    Kind.SLI: document(METADATA, SLI),
    Kind.SLO: document(METADATA, SLO),
    Kind.ALERT_POLICY: document(METADATA, POLICY),
    Kind.ALERT_CONDITION: document(METADATA, CONDITION),
    Kind.ALERT_NOTIFICATION_TARGET: document(METADATA, TARGET),
}
