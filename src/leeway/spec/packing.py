"""Documents as plain JSON and back, equal to the last digit and field: to keep what was read, not for people to read.

Texts, whole numbers, true, false and null are themselves, a mapping is an object. All else is an array that begins
with the name of its type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Of, Remaining, Severity
from leeway.core.objective import Op
from leeway.spec import documents
from leeway.spec.documents import Document
from leeway.spec.duration import Duration, Unit
from leeway.spec.finding import Mark

_ATOMS = frozenset((str, int, bool, type(None)))
_RECORDS = (
    documents.AlertCondition,
    documents.AlertNotificationTarget,
    documents.AlertPolicy,
    documents.Clause,
    documents.DataSource,
    documents.Escalation,
    documents.LeewayPolicy,
    documents.Metadata,
    documents.Metric,
    documents.Objective,
    documents.Origin,
    documents.Ratio,
    documents.RawRatio,
    documents.RawValue,
    documents.Recipient,
    documents.Reference,
    documents.Service,
    documents.SLI,
    documents.SLO,
    documents.Start,
    documents.Template,
    documents.TimeWindow,
    Burn,
    Coverage,
    Drop,
    Exhaustion,
    Remaining,
    Duration,
    Mark,
)
_FIELDS = {record: tuple(one.name for one in fields(record)) for record in _RECORDS}
_WORDS = (documents.BudgetingMethod, documents.RawType, Of, Op, Severity, Unit)

_MAKERS: dict[str, Callable[..., Any]] = {
    **{made.__name__: made for made in (*_RECORDS, *_WORDS, Decimal, Fraction)},
    "datetime": datetime.fromisoformat,
    "list": lambda *items: list(items),
    "tuple": lambda *items: items,
}


def pack(found: tuple[Document, ...]) -> Any:
    """The documents as what `json` writes."""
    return _packed(found)


def unpack(packed: Any) -> tuple[Document, ...]:
    """The documents that were packed; only ever given what `pack` made."""
    made: tuple[Document, ...] = _unpacked(packed)
    return made


def _packed(value: Any) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is dict:
        return {key: _packed(one) for key, one in value.items()}
    if kind in _FIELDS:
        return [kind.__name__, *(_packed(getattr(value, name)) for name in _FIELDS[kind])]
    if kind in (list, tuple):
        return [kind.__name__, *map(_packed, value)]
    if kind in _WORDS:
        return [kind.__name__, value.value]
    if kind is datetime:
        return ["datetime", value.isoformat()]
    if kind in (Decimal, Fraction):
        return [kind.__name__, str(value)]
    raise TypeError(f"{kind.__name__} is no part of a document")


def _unpacked(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return _MAKERS[value[0]](*[one if type(one) in _ATOMS else _unpacked(one) for one in value[1:]])
    if kind is dict:
        return {key: one if type(one) in _ATOMS else _unpacked(one) for key, one in value.items()}
    return value
