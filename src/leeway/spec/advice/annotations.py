"""Advice on annotations: reserved prefixes, `leeway.dev/…` keys and values."""

from __future__ import annotations

from collections.abc import Iterator

from leeway.spec import codes
from leeway.spec.advice.note import note
from leeway.spec.annotations import (
    ANNOTATIONS,
    BUDGETING_METHOD,
    CARRY_LIMIT,
    END_OF_MONTH,
    NO_DATA,
    PREFIX,
    Annotation,
)
from leeway.spec.documents import SLO, BudgetingMethod, Document, kind_of
from leeway.spec.finding import Finding, Severity
from leeway.spec.nearest import did_you_mean


def on_annotations(document: Document) -> Iterator[Finding]:
    """Every annotation that is reserved, unknown, wrong or without effect."""
    for key, value in document.metadata.annotations.items():
        path = f"metadata.annotations['{key}']"
        if key.startswith("openslo.com/"):
            message = "the prefix `openslo.com/` is reserved by OpenSLO"
            yield note(codes.RESERVED_ANNOTATION, document.origin, path, message, "use a prefix of your own")
        if not key.startswith(PREFIX):
            continue
        known = ANNOTATIONS.get(key)
        if known is None:
            hint = did_you_mean(key, ANNOTATIONS) or f"known: {', '.join(ANNOTATIONS)}"
            yield note(codes.UNKNOWN_ANNOTATION, document.origin, path, f"Leeway knows no annotation `{key}`", hint)
        elif known.kind not in (None, kind_of(document)):
            message = f"`{key}` belongs to a {known.kind} and has no effect here"
            yield note(codes.UNKNOWN_ANNOTATION, document.origin, path, message, f"move it to the {known.kind}")
        elif not known.accepts(value):
            hint = did_you_mean(value, known.values) or f"one of: {known.accepted}"
            message = f"`{key}` does not take `{value}`, but {known.accepted}"
            yield note(codes.BAD_ANNOTATION, document.origin, path, message, hint)
        elif isinstance(document, SLO) and (why := _idle(document, known)):
            yield note(codes.IDLE_ANNOTATION, document.origin, path, f"`{key}` has no effect: {why}", "", Severity.INFO)


def _idle(slo: SLO, known: Annotation) -> str:
    if known is NO_DATA and slo.method is BudgetingMethod.OCCURRENCES:
        return "Occurrences count events, and where there are none, none are counted"
    if known is CARRY_LIMIT and slo.metadata.annotations.get(NO_DATA.key) != "carry":
        return f"it belongs to `{NO_DATA.key}: carry`"
    if known is BUDGETING_METHOD and slo.method is not BudgetingMethod.TIMESLICES:
        return f"it refines `budgetingMethod: Timeslices`, not {slo.method}"
    if known is END_OF_MONTH and slo.window.start is None:
        return "a rolling window knows no months"
    return ""
