"""Advice on names: references that lead nowhere, names that are taken twice."""

from __future__ import annotations

from collections.abc import Iterator

from leeway.spec import codes
from leeway.spec.advice.note import note
from leeway.spec.documents import (
    SLI,
    SLO,
    AlertNotificationTarget,
    AlertPolicy,
    Document,
    Kind,
    LeewayPolicy,
    Metric,
    Origin,
    Ratio,
    RawRatio,
    Recipient,
    Reference,
    kind_of,
)
from leeway.spec.finding import Finding
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean

Found = tuple[Kind, Reference, Origin]


def on_references(library: Library) -> Iterator[Finding]:
    """References to documents that are not here."""
    for document in library.documents:
        for kind, reference, origin in _references(document, library):
            if (kind, reference.name) not in library.known:
                hint = did_you_mean(reference.name, library.names(kind)) or f"no {kind} of this name is in these files"
                message = f"there is no {kind} `{reference.name}`"
                yield note(codes.DANGLING_REFERENCE, origin, reference.path, message, hint)
        if isinstance(document, SLO):
            services = library.names(Kind.SERVICE)
            if services and document.service not in services:
                hint = did_you_mean(document.service, services) or f"described: {', '.join(services[:5])}"
                message = f"no Service document describes `{document.service}`"
                yield note(codes.DANGLING_SERVICE, document.origin, "spec.service", message, hint)


def on_names(library: Library) -> Iterator[Finding]:
    """A second document of one kind and name."""
    first: dict[tuple[Kind, str], Document] = {}
    for document in library.documents:
        key = kind_of(document), document.metadata.name
        if key in first:
            origin = first[key].origin
            message = f"there is already a {key[0]} `{key[1]}`, in {origin.file} line {origin.at('metadata.name').line}"
            yield note(codes.DUPLICATE_NAME, document.origin, "metadata.name", message, "rename one of the two")
        first.setdefault(key, document)


def _references(document: Document, library: Library) -> Iterator[Found]:
    match document:
        case SLO():
            for one in (document.indicator, *(objective.indicator for objective in document.objectives)):
                yield from _to(Kind.SLI, one, document.origin, library)
            for policy in document.alert_policies:
                yield from _to(Kind.ALERT_POLICY, policy, document.origin, library)
        case AlertPolicy():
            for condition in document.conditions:
                yield from _to(Kind.ALERT_CONDITION, condition, document.origin, library)
            for target in document.targets:
                yield from _to(Kind.ALERT_NOTIFICATION_TARGET, target, document.origin, library)
                yield from _reaching(target, document.origin, library)
        case LeewayPolicy() | Recipient():
            for recipient in _told(document):
                yield Kind.RECIPIENT, recipient, document.origin
        case SLI():
            for metric in metrics(document):
                if metric.source is not None:
                    yield Kind.DATA_SOURCE, metric.source, document.origin


def _told(document: LeewayPolicy | Recipient) -> Iterator[Reference]:
    """The Recipients that a document of Leeway's names."""
    if isinstance(document, LeewayPolicy):
        yield from document.notify
        return
    if document.fallback:
        yield document.fallback
    if document.escalation:
        yield document.escalation.to


def _to(kind: Kind, one: Document | Reference | None, origin: Origin, library: Library) -> Iterator[Found]:
    """The reference itself, or those inside what is inlined in its place."""
    if isinstance(one, Reference):
        yield kind, one, origin
    elif one is not None:
        yield from _references(one, library)


def _reaching(target: AlertNotificationTarget | Reference, origin: Origin, library: Library) -> Iterator[Found]:
    """A target of OpenSLO reaches the Recipient of exactly its name; one that is nowhere is told of already."""
    if isinstance(target, AlertNotificationTarget):
        yield Kind.RECIPIENT, Reference(target.metadata.name, f"{target.path}.metadata.name"), origin
    elif (Kind.ALERT_NOTIFICATION_TARGET, target.name) in library.known:
        yield Kind.RECIPIENT, target, origin


def metrics(sli: SLI) -> tuple[Metric, ...]:
    """All questions of an SLI."""
    match sli.metric:
        case Ratio(total, good, bad):
            return tuple(metric for metric in (good, bad, total) if metric is not None)
        case RawRatio(raw):
            return (raw,)
        case value:
            return (value.value,)
