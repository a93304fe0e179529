"""Small valid documents of every kind and version, and a way to change one value of them by its path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

GONE = object()

SOURCE = {"metricSource": {"metricSourceRef": "prom", "spec": {"query": "up"}}}
RATIO = {"ratioMetric": {"counter": True, "good": SOURCE, "total": SOURCE}}
THRESHOLD = {"thresholdMetric": SOURCE}
CONDITION = {"kind": "burnrate", "op": "gt", "threshold": 14.4, "lookbackWindow": "1h", "alertAfter": "5m"}
CALENDAR = {"startTime": "2026-01-01 00:00:00", "timeZone": "Europe/Berlin"}


def _document(kind: str, spec: Any, version: str = "openslo/v1") -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "one"}, "spec": spec}


SERVICE = _document("Service", {"description": "what users use"})
DATA_SOURCE = _document("DataSource", {"type": "Prometheus", "connectionDetails": {"url": "http://localhost:9090"}})
SLI = _document("SLI", RATIO)
SLO = _document(
    "SLO",
    {
        "service": "shop",
        "indicator": {"metadata": {"name": "sli"}, "spec": RATIO},
        "timeWindow": [{"duration": "28d", "isRolling": True}],
        "budgetingMethod": "Timeslices",
        "objectives": [{"displayName": "main", "target": 0.99, "timeSliceTarget": 0.9, "timeSliceWindow": "1m"}],
    },
)
CONDITION_DOCUMENT = _document("AlertCondition", {"severity": "page", "condition": CONDITION})
TARGET = _document("AlertNotificationTarget", {"target": "email"})
POLICY = _document(
    "AlertPolicy",
    {
        "alertWhenBreaching": True,
        "conditions": [{"conditionRef": "fast"}],
        "notificationTargets": [{"targetRef": "team"}],
    },
)
ALPHA1 = _document(
    "SLO",
    {
        "service": "shop",
        "indicator": {"thresholdMetric": {"source": "prometheus", "queryType": "promql", "query": "latency"}},
        "timeWindows": [{"unit": "Day", "count": 28, "isRolling": True}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": "main", "op": "lte", "value": 200, "target": 0.99}],
    },
    "openslo/v1alpha",
)
QUERY = {"source": "prometheus", "queryType": "promql", "query": "up"}
SOURCE2 = {"dataSourceRef": "prom", "spec": {"query": "up"}}
ALPHA2 = _document(
    "SLO",
    {
        "serviceRef": "shop",
        "sli": {"metadata": {"name": "sli"}, "spec": {"ratioMetric": {"good": SOURCE2, "total": SOURCE2}}},
        "timeWindow": [{"duration": "28d", "isRolling": True}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": "main", "target": 0.99}],
    },
    "openslo.com/v2alpha",
)
ALPHA2_CONDITION = _document("AlertCondition", {"severity": "page", "condition": CONDITION}, "openslo.com/v2alpha")
LEEWAY_POLICY = _document(
    "AlertPolicy",
    {
        "severity": "page",
        "cooldown": "15m",
        "conditions": [
            {"burnRate": 14.4, "long": "1h", "short": "5m"},
            {"all": [{"exhaustion": "12h", "of": "left", "over": "1h"}, {"budgetLeft": "50%", "op": "lt"}]},
            {"budgetDrop": 0.1, "over": "15m", "lastsFor": "5m"},
        ],
        "notify": ["on-call"],
    },
    "leeway.dev/v1",
)
LEEWAY_PRESET = _document("AlertPolicy", {"preset": "fast-burn"}, "leeway.dev/v1")
RECIPIENT = _document(
    "Recipient",
    {
        "channel": "email",
        "settings": {"to": ["a@b.example"]},
        "people": 1,
        "owner": "a",
        "fallback": "desk",
        "escalation": {"to": "lead", "after": "5m"},
    },
    "leeway.dev/v1",
)
ALPHA2_SERVICE = _document("Service", {}, "openslo.com/v2alpha")
EVERY = {
    "Service": SERVICE,
    "DataSource": DATA_SOURCE,
    "SLI": SLI,
    "SLO": SLO,
    "AlertCondition": CONDITION_DOCUMENT,
    "AlertNotificationTarget": TARGET,
    "AlertPolicy": POLICY,
    "v1alpha SLO": ALPHA1,
    "v2alpha SLO": ALPHA2,
    "v2alpha AlertCondition": ALPHA2_CONDITION,
    "v2alpha Service": ALPHA2_SERVICE,
    "leeway AlertPolicy": LEEWAY_POLICY,
    "leeway preset": LEEWAY_PRESET,
    "Recipient": RECIPIENT,
}


def changed(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with the values at the paths changed, or taken away (GONE). A path is like `spec.objectives[0].target`."""
    made = json.loads(json.dumps(document))  # a deepcopy would keep shared parts shared
    for path, value in changes.items():
        steps = [int(one[1:-1]) if one.startswith("[") else one for one in re.findall(r"\[\d+\]|[^.\[\]]+", path)]
        at: Any = made
        for step in steps[:-1]:
            at = at[step]
        if value is GONE:
            del at[steps[-1]]
        elif isinstance(at, list) and steps[-1] == len(at):
            at.append(value)
        else:
            at[steps[-1]] = value
    return made


def as_bytes(*documents: dict[str, Any]) -> bytes:
    """JSON, which is YAML too: one document, or a list."""
    return json.dumps(documents[0] if len(documents) == 1 else documents, indent=1).encode()


@pytest.fixture(scope="session")
def every() -> dict[str, dict[str, Any]]:
    """A valid document of every kind and version, by name."""
    return EVERY


@pytest.fixture(scope="session")
def edit() -> Callable[[str, dict[str, Any]], bytes]:
    """`edit("SLO", {path: value})`: the bytes of a valid document with some values changed, or taken away (`GONE`)."""

    def make(name: str, changes: dict[str, Any]) -> bytes:
        return as_bytes(changed(EVERY[name], {path: GONE if v == "GONE" else v for path, v in changes.items()}))

    return make
