"""Alert policies as alerting rules: one group for each SLO, a rule for each policy on each of its objectives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from leeway.core.alerting.policy import Policy
from leeway.engine.alerts.watch import Watched
from leeway.engine.goal import Goal
from leeway.engine.series import ALERT_UP
from leeway.ports.alerts import Alert
from leeway.spec.alert_words import groups_words

Json = dict[str, Any]
INTERVAL_S = 60
"""Conditions are looked at for every minute."""

NEVER = "0001-01-01T00:00:00Z"
"""As Go writes a time that never was."""


def groups(watched: Iterable[Watched], up: Iterable[Alert], evaluated_at: float | None) -> list[Json]:
    """All rules. Conditions are not PromQL: a rule's query is the series of its alert, its summary says them."""
    when = NEVER if evaluated_at is None else _time(evaluated_at)
    state = {"evaluationTime": 0, "lastEvaluation": when}
    burning: defaultdict[tuple[int, str], list[Alert]] = defaultdict(list)
    for alert in up:
        burning[alert.goal, alert.policy].append(alert)
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for one in watched:
        for watch in one.watches:
            alerts = [_alert(each, one.goal, watch.policy) for each in burning[one.goal.number, watch.policy.name]]
            found[one.goal.slo].append(_rule(one.goal, watch.policy, alerts) | state)
    return [
        {"name": slo, "file": "leeway", "rules": rules, "interval": INTERVAL_S, "limit": 0} | state
        for slo, rules in found.items()
    ]


def alerts(watched: Iterable[Watched], up: Iterable[Alert]) -> list[Json]:
    """All alerts that are up, the newest first."""
    known = {(one.goal.number, each.policy.name): (one.goal, each.policy) for one in watched for each in one.watches}
    return [_alert(one, *known[one.goal, one.policy]) for one in up if (one.goal, one.policy) in known]


def _rule(goal: Goal, policy: Policy, firing: list[Json]) -> Json:
    own = {"slo": goal.slo, "objective": goal.objective.name, "policy": policy.name}
    chosen = ", ".join(f"{name}={_quoted(value)}" for name, value in own.items())
    return {
        "state": "firing" if firing else "inactive",
        "name": policy.name,
        "query": f"{ALERT_UP[0]}{{{chosen}}} == 1",
        "duration": 0,
        "labels": _labels(goal, policy),
        "annotations": {"summary": groups_words(policy.groups)},
        "alerts": firing,
        "health": "ok",
        "type": "alerting",
    }


def _alert(alert: Alert, goal: Goal, policy: Policy) -> Json:
    return {
        "labels": {"alertname": policy.name} | _labels(goal, policy),
        "annotations": {"summary": "; ".join(alert.reasons) or groups_words(policy.groups)},
        "state": "firing",
        "activeAt": _time(alert.fired_at),
        "value": "1e+00",
    }


def _labels(goal: Goal, policy: Policy) -> dict[str, str]:
    labels = {"objective": goal.objective.name, "service": goal.service, "severity": policy.severity.value}
    return {name: value for name, value in (labels | {"slo": goal.slo}).items() if value}


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
