"""All advice on a set of documents."""

from __future__ import annotations

from collections.abc import Iterator

from leeway.spec.advice.alerts import on_alerts, on_condition, on_policy, on_recipient
from leeway.spec.advice.annotations import on_annotations
from leeway.spec.advice.percentiles import on_percentiles
from leeway.spec.advice.references import on_names, on_references
from leeway.spec.advice.slo import on_slo
from leeway.spec.documents import SLI, SLO, AlertCondition, AlertPolicy, Document, LeewayPolicy, Recipient
from leeway.spec.finding import Finding
from leeway.spec.library import Library


def advise(library: Library, *, references: bool = True) -> Iterator[Finding]:
    """Advice on every document; `references` False where other files may hold what is referred to."""
    for document in library.documents:
        yield from on_annotations(document)
        yield from _alerting(document, library)
        if isinstance(document, SLO):
            yield from on_slo(document, library)
            yield from on_alerts(document, library)
        for sli in _indicators(document):
            yield from on_percentiles(sli)
    yield from on_names(library)
    if references:
        yield from on_references(library)


def _indicators(document: Document) -> Iterator[SLI]:
    """An SLI, or those that are inlined in an SLO."""
    if isinstance(document, SLI):
        yield document
    if isinstance(document, SLO):
        found = (document.indicator, *(objective.indicator for objective in document.objectives))
        yield from (one for one in found if isinstance(one, SLI))


def _alerting(document: Document, library: Library) -> Iterator[Finding]:
    """Policies, conditions and recipients, inlined ones too."""
    match document:
        case SLO():
            for policy in document.alert_policies:
                if isinstance(policy, AlertPolicy):
                    yield from on_annotations(policy)
                    yield from _alerting(policy, library)
        case AlertPolicy():
            yield from on_policy(document, library)
            for condition in document.conditions:
                if isinstance(condition, AlertCondition):
                    yield from on_condition(condition)
        case LeewayPolicy():
            yield from on_policy(document, library)
        case AlertCondition():
            yield from on_condition(document)
        case Recipient():
            yield from on_recipient(document, library)
