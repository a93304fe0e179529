"""Typed documents become text that lints clean and reads back as the same documents.

It is OpenSLO v1, and `leeway.dev/v1` for what OpenSLO cannot say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from leeway.errors import Invalid
from leeway.formats.openslo import write_leeway
from leeway.formats.openslo.header import Version
from leeway.formats.openslo.read import Mode, read
from leeway.spec.documents import (
    SLI,
    SLO,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    DataSource,
    Document,
    LeewayPolicy,
    Metadata,
    Metric,
    Objective,
    Plain,
    Ratio,
    RawRatio,
    RawValue,
    Recipient,
    Reference,
    Service,
    kind_of,
)
from leeway.spec.duration import Duration, Unit
from leeway.spec.finding import Severity

Tree = dict[str, Plain]

# what every YAML reader, of 1.1 or 1.2, takes for the text it looks like
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_./ ][A-Za-z0-9]+)*")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def write(documents: Iterable[Document]) -> str:
    """The documents as YAML, each begun by `---`.

    Raises `Invalid` for what v1alpha or v2alpha can say and v1 cannot: windows in seconds, labels with a prefix,
    metrics that ask for nothing. A data source that v2alpha wrote into a metric becomes a document of its own.
    """
    text = compose(documents)
    read_back(text, "OpenSLO v1")
    return text


def compose(documents: Iterable[Document]) -> str:
    """As `write`, but nobody has looked whether v1 can say it: that is what `read_back` does."""
    return "".join(laid_out(tree(one)) for one in _with_sources(documents))


def laid_out(said: Tree) -> str:
    """One document of plain data as YAML, begun by `---`."""
    return "---\n" + "\n".join(_lines(said, "")) + "\n"


def read_back(text: str, name: str) -> tuple[Document, ...]:
    """What the composed text says when it is read, without marks. Raises `Invalid` as `write`."""
    sheet = read(text.encode(), name, mode=Mode.LENIENT, marks=False)
    for fault in sheet.findings:
        if fault.severity is Severity.ERROR:
            raise Invalid(f"OpenSLO v1 cannot say this: {fault.path}: {fault.message}", mend=fault.hint)
    return sheet.documents


def tree(document: Document) -> Tree:
    """The document as plain data, in the order of the specification."""
    version = Version.LEEWAY if isinstance(document, (LeewayPolicy, Recipient)) else Version.V1
    return {"apiVersion": version.value, "kind": kind_of(document).value, **_body(document)}


def _with_sources(documents: Iterable[Document]) -> Iterator[Document]:
    """The documents, each after the data sources that were written into it."""
    for one in documents:
        sources: list[DataSource] = []
        named = _named(one, sources)
        yield from sources
        yield named


def _named(document: Document, sources: list[DataSource]) -> Document:
    match document:
        case SLI():
            return _sli(document, sources)
        case SLO():
            objectives = tuple(
                replace(
                    one, indicator=_sli(one.indicator, sources) if isinstance(one.indicator, SLI) else one.indicator
                )
                for one in document.objectives
            )
            indicator = document.indicator
            indicator = _sli(indicator, sources) if isinstance(indicator, SLI) else indicator
            return replace(document, indicator=indicator, objectives=objectives)
        case _:
            return document


def _sli(sli: SLI, sources: list[DataSource]) -> SLI:
    def out(metric: Metric, role: str) -> Metric:
        if metric.connection is None:
            return metric
        name = f"{sli.metadata.name[: 62 - len(role)]}-{role}"
        sources.append(DataSource(Metadata(name), metric.type, metric.connection))
        return replace(metric, source=Reference(name), connection=None)

    match sli.metric:
        case RawValue(value):
            return replace(sli, metric=RawValue(out(value, "value")))
        case RawRatio(raw, kind):
            return replace(sli, metric=RawRatio(out(raw, "raw"), kind))
        case Ratio(total, good, bad, counter):
            good, bad = good and out(good, "good"), bad and out(bad, "bad")
            return replace(sli, metric=Ratio(out(total, "total"), good, bad, counter))


def _body(document: Document) -> Tree:
    spec: Tree = {"description": document.description} if document.description else {}
    match document:
        case Service():
            pass
        case DataSource():
            spec |= {"type": document.type, "connectionDetails": document.connection}
        case SLI():
            spec |= _indicator(document)
        case SLO():
            spec |= _slo(document)
        case AlertPolicy():
            spec |= _policy(document)
        case AlertCondition():
            spec |= _condition(document)
        case AlertNotificationTarget():
            spec |= {"target": document.target}
        case LeewayPolicy():
            spec |= write_leeway.policy(document)
        case Recipient():
            spec |= write_leeway.recipient(document)
    return {"metadata": _metadata(document.metadata), "spec": spec}


def _metadata(metadata: Metadata) -> Tree:
    made: Tree = {"name": metadata.name}
    if metadata.display_name:
        made["displayName"] = metadata.display_name
    if metadata.labels:
        made["labels"] = {key: list(values) for key, values in metadata.labels.items()}
    if metadata.annotations:
        made["annotations"] = dict(metadata.annotations)
    return made


def _metric(metric: Metric) -> Tree:
    made: Tree = {"metricSourceRef": metric.source.name} if metric.source else {}
    if metric.type:
        made["type"] = metric.type
    return {"metricSource": {**made, "spec": dict(metric.spec)}}


def _indicator(sli: SLI) -> Tree:
    match sli.metric:
        case RawValue(value):
            return {"thresholdMetric": _metric(value)}
        case RawRatio(raw, kind):
            return {"ratioMetric": {"raw": _metric(raw), "rawType": kind.value}}
        case Ratio(total, good, bad, counter):
            made: Tree = {"counter": counter}
            made |= {name: _metric(one) for name, one in (("good", good), ("bad", bad)) if one is not None}
            return {"ratioMetric": {**made, "total": _metric(total)}}


def _slo(slo: SLO) -> Tree:
    window: Tree = {"duration": _duration(slo.window.duration), "isRolling": slo.window.start is None}
    if slo.window.start is not None:
        start = slo.window.start
        window["calendar"] = {"startTime": start.time.strftime("%Y-%m-%d %H:%M:%S"), "timeZone": start.zone}
    made: Tree = {"service": slo.service, **_inlined(slo.indicator)}
    made |= {"timeWindow": [window], "budgetingMethod": slo.method.value}
    made["objectives"] = [_objective(one) for one in slo.objectives]
    if slo.alert_policies:
        made["alertPolicies"] = [_item(one, "alertPolicyRef") for one in slo.alert_policies]
    return made


def _objective(one: Objective) -> Tree:
    made: Tree = {"displayName": one.display_name} if one.display_name else {}
    if one.op is not None:
        made["op"] = one.op.value
    made |= {
        name: number
        for name, number in (
            ("value", one.value),
            ("target", one.target),
            ("timeSliceTarget", one.slice_target),
            ("timeSliceWindow", _duration(one.slice_window) if one.slice_window else None),
        )
        if number is not None
    }
    made |= _inlined(one.indicator)
    if one.weight is not None:
        made["compositeWeight"] = one.weight
    return made


def _inlined(indicator: SLI | Reference | None) -> Tree:
    if isinstance(indicator, Reference):
        return {"indicatorRef": indicator.name}
    return {"indicator": _body(indicator)} if indicator is not None else {}


def _policy(policy: AlertPolicy) -> Tree:
    return {
        "alertWhenNoData": policy.when_no_data,
        "alertWhenResolved": policy.when_resolved,
        "alertWhenBreaching": policy.when_breaching,
        "conditions": [_item(one, "conditionRef") for one in policy.conditions],
        "notificationTargets": [_item(one, "targetRef") for one in policy.targets],
    }


def _condition(condition: AlertCondition) -> Tree:
    made: Tree = {
        "kind": "burnrate",
        "op": condition.op.value,
        "threshold": condition.threshold,
        "lookbackWindow": _duration(condition.lookback),
    }
    if condition.alert_after is not None:
        made["alertAfter"] = _duration(condition.alert_after)
    return {"severity": condition.severity, "condition": made}


def _item(one: Document | Reference, reference: str) -> Tree:
    return {reference: one.name} if isinstance(one, Reference) else {"kind": kind_of(one).value, **_body(one)}


def _duration(duration: Duration) -> str:
    if duration.unit is Unit.SECOND:
        raise Invalid(f"{duration.words}: OpenSLO v1 has no seconds", mend="choose a window of whole minutes")
    return str(duration)


# text --------------------------------------------------------------------------------------------------------------


def _lines(value: Plain, indent: str) -> Iterator[str]:
    match value:
        case dict() if value:
            for key, one in value.items():
                yield from _entry(f"{indent}{_text(key)}:", one, indent)
        case list() if value:
            for one in value:
                first, *rest = _lines(one, indent + "  ")
                yield f"{indent}- {first.lstrip(' ')}"
                yield from rest
        case _:
            yield indent + _scalar(value)


def _entry(head: str, value: Plain, indent: str) -> Iterator[str]:
    if isinstance(value, (dict, list)) and value:
        yield head
        yield from _lines(value, indent + "  ")
    elif isinstance(value, str) and _fits_block(value):
        yield f"{head} |-" if not value.endswith("\n") else f"{head} |"
        yield from (f"{indent}  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _fits_block(text: str) -> bool:
    """A text of several lines that a block shows as it is."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.strip() for line in lines)
        and lines[0] != ""
        and lines[-1] != ""
    )


def _scalar(value: Plain) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return _decimal(value)
        case str():
            return _text(value)
        case dict():
            return "{}"
        case list():
            return "[]"


def _decimal(value: Decimal) -> str:
    """Plain digits where they are few: 0.9995, not 9.995E-1."""
    plain = format(value, "f")
    return plain if len(plain) <= 30 else str(value)


def _text(text: str) -> str:
    if len(text) <= 200 and _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
