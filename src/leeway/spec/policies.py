"""Which alert policies watch an objective: those its SLO names, else the set made from its own window and target."""

from __future__ import annotations

from fractions import Fraction

from leeway.core.alerting import presets
from leeway.core.alerting.policy import Burn, Condition, Coverage, Policy, Severity
from leeway.core.objective import Objective, Op
from leeway.spec.documents import SLO, AlertCondition, AlertPolicy
from leeway.spec.library import Library

PAGES = frozenset({"page", "critical", "crit", "emergency", "urgent", "high", "fatal", "p1", "sev1", "sev-1", "s1"})
"""Severities, whatever their case, that wake a person; OpenSLO takes any word. All others open a ticket."""


def policies_for(slo: SLO, objective: Objective, library: Library) -> tuple[Policy, ...]:
    """The policies in the order of definition. References that lead nowhere are left out: lint tells of them."""
    if not slo.alert_policies:
        return presets.default(slo.window.duration.seconds, objective.allowed_share)
    found = (_policy(one, tuple(library.conditions(one))) for one in library.policies(slo))
    return tuple(policy for policy in found if policy.groups)


def severity_of(word: str) -> Severity:
    """What a free word of OpenSLO leads to.

    >>> severity_of("Page"), severity_of("medium")
    (<Severity.PAGE: 'page'>, <Severity.TICKET: 'ticket'>)
    """
    return Severity.PAGE if word.strip().lower() in PAGES else Severity.TICKET


def _policy(policy: AlertPolicy, conditions: tuple[AlertCondition, ...]) -> Policy:
    groups: list[tuple[Condition, ...]] = []
    if policy.when_breaching and conditions:
        groups.append(tuple(_burn(one) for one in conditions))
    if policy.when_no_data:
        groups += [(Coverage(Fraction(0), one.lookback.seconds, Op.LTE),) for one in conditions]
    pages = any(severity_of(one.severity) is Severity.PAGE for one in conditions)
    return Policy(policy.metadata.name, Severity.PAGE if pages else Severity.TICKET, tuple(groups))


def _burn(condition: AlertCondition) -> Burn:
    lasts_s = condition.alert_after.seconds if condition.alert_after else 0
    return Burn(Fraction(condition.threshold), condition.lookback.seconds, op=condition.op, lasts_s=lasts_s)
