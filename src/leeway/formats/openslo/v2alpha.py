"""The schema of `openslo.com/v2alpha`: v1 under Kubernetes' rules, with data sources in place of metricSource."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leeway.formats.openslo import v1
from leeway.formats.openslo.parts import DESCRIPTION, NAME, REFERENCE, alerting, document, inlined, window_shape
from leeway.formats.openslo.slo_rules import SloRules
from leeway.spec import codes
from leeway.spec.documents import Kind
from leeway.spec.schema.check import missing
from leeway.spec.schema.look import entry, is_empty, look
from leeway.spec.schema.rules import duration, exactly_one, one_of, pattern
from leeway.spec.schema.shape import Anything, Fault, Field, Items, Level, Record, Table, Text
from leeway.spec.text import Mapping, Scalar

_PREFIX = r"(?=[^/]{1,253}/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/"
qualified_name = pattern(
    codes.STRING_QUALIFIED_NAME,
    re.compile(rf"({_PREFIX})?(?=[^/]{{1,63}}\Z)([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"),
    "letters, digits, `-`, `_` and `.`, both ends a letter or digit, at most 63; a DNS name and `/` may stand before",
)
_LABEL_VALUE = re.compile(r"([a-z0-9]([-._a-z0-9]{0,61}[a-z0-9])?)?")


def label_value(node: Scalar) -> Iterator[Fault]:
    """In lower case, at most 63; stricter than Kubernetes, as the SDK has it."""
    if not _LABEL_VALUE.fullmatch(str(node.value)):
        message = f"{node.value!a}: a-z, 0-9, `-`, `_` and `.`, a letter or digit at both ends, at most 63"
        yield Fault(codes.STRING_MATCH_REGEXP, message, "put free text into an annotation")


def service_named_once(node: Mapping) -> Iterator[Fault]:
    """The text says `service`, the SDK `serviceRef`; either is read, and one of them must be there."""
    old, new = entry(node, "service"), entry(node, "serviceRef")
    if old is not None and new is not None:
        yield Fault(codes.MUTUALLY_EXCLUSIVE, "`service` and `serviceRef` are one thing", "keep `serviceRef`")
    elif old is not None:
        message = "v2alpha's text says `service`, its Go SDK takes only `serviceRef`"
        yield Fault(codes.RENAMED_FIELD, message, "write `serviceRef`", ("service",), Level.SDK_ONLY, on_key=True)
    if is_empty(look(node, "service")) and is_empty(look(node, "serviceRef")):
        yield missing("serviceRef")


METADATA = Record(
    (
        NAME,
        Field("labels", Table(Text((label_value,)), (qualified_name,))),
        Field("annotations", Table(Text(), (qualified_name,))),
    )
)
DURATION = Text((duration("mhdw"),))
DATA_SOURCE = v1.DATA_SOURCE
METRIC = Record(
    (
        Field("dataSourceRef", REFERENCE),
        Field("dataSourceSpec", DATA_SOURCE),
        Field("spec", Table(Anything())),
    ),
    (exactly_one("dataSourceRef", "dataSourceSpec"),),
)
POLICY, CONDITION, TARGET = alerting(METADATA, DURATION, alert_after_required=True)
SLI = v1.sli_spec(METRIC)
SLO = Record(
    (
        DESCRIPTION,
        Field("serviceRef", Text()),
        Field("service", Text()),
        Field("sli", v1.inline_sli(METADATA, SLI)),
        Field("sliRef", REFERENCE),
        Field("timeWindow", Items(window_shape(Field("duration", DURATION, required=True)), 1, 1)),
        Field("budgetingMethod", Text((one_of(v1.METHODS),)), required=True),
        Field("objectives", Items(v1.objective(METADATA, SLI, DURATION, "sli", "sliRef"), 1, None, Level.TEXT)),
        Field("alertPolicies", Items(inlined("alertPolicyRef", "AlertPolicy", METADATA, POLICY))),
    ),
    (SloRules("sli", "sliRef", single_threshold=False), service_named_once, v1.not_empty("sliRef")),
)

SCHEMA: dict[Kind, Record] = {
    Kind.SERVICE: document(METADATA, v1.SERVICE, spec_required=False),
    Kind.DATA_SOURCE: document(METADATA, DATA_SOURCE),
    Kind.SLI: document(METADATA, SLI),
    Kind.SLO: document(METADATA, SLO),
    Kind.ALERT_POLICY: document(METADATA, POLICY),
    Kind.ALERT_CONDITION: document(METADATA, CONDITION),
    Kind.ALERT_NOTIFICATION_TARGET: document(METADATA, TARGET),
}
