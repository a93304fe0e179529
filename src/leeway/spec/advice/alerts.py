"""Advice on alerts: alone, and beside the objectives they watch."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from leeway.core.objective import Op
from leeway.spec import codes
from leeway.spec.advice.note import note
from leeway.spec.documents import SLO, AlertCondition, AlertPolicy, BudgetingMethod, Objective
from leeway.spec.finding import Finding, Severity
from leeway.spec.library import Library


def on_policy(policy: AlertPolicy) -> Iterator[Finding]:
    """A policy that never says anything."""
    if not (policy.when_breaching or policy.when_no_data or policy.when_resolved):
        message = f"the alert policy `{policy.metadata.name}` never alerts: every alertWhen… is false"
        path = f"{policy.path}.spec".lstrip(".")
        yield note(codes.POLICY_SILENT, policy.origin, path, message, "add `alertWhenBreaching: true`")


def on_condition(condition: AlertCondition) -> Iterator[Finding]:
    """A condition that is wrong for every SLO."""
    path = f"{condition.path}.spec.condition".lstrip(".")
    if condition.op in (Op.LT, Op.LTE):
        message = f"fires while the burn rate is {condition.op} {condition.threshold}: when all is well"
        yield note(codes.ALERT_BACKWARD, condition.origin, f"{path}.op", message, "write `op: gt`")
    elif condition.threshold < 0 or (condition.threshold == 0 and condition.op is Op.GTE):
        message = "a burn rate is never below 0, so this fires always"
        yield note(codes.ALERT_ALWAYS_FIRES, condition.origin, f"{path}.threshold", message, "for example 14.4")
    elif condition.threshold < 1:
        message = f"a burn rate of {condition.threshold} leaves budget over at the end of the window"
        hint = "1 empties the budget exactly at its end"
        yield note(codes.ALERT_BELOW_ONE, condition.origin, f"{path}.threshold", message, hint)


def on_alerts(slo: SLO, library: Library) -> Iterator[Finding]:
    """Conditions beside each objective of the SLO they watch."""
    for policy in library.policies(slo):
        for condition in library.conditions(policy):
            if condition.op in (Op.LT, Op.LTE) or condition.threshold <= 0:
                continue
            for index, objective in enumerate(slo.objectives):
                yield from _beside(slo, objective, objective.display_name or str(index), condition)


def _beside(slo: SLO, objective: Objective, name: str, condition: AlertCondition) -> Iterator[Finding]:
    path = f"{condition.path}.spec.condition".lstrip(".")
    share = 1 - Fraction(objective.target)
    burn = Fraction(condition.threshold)
    whose = f"SLO `{slo.metadata.name}`, objective `{name}`"
    if burn * share > 1 or (burn * share == 1 and condition.op is Op.GT):
        message = (
            f"never fires for {whose}: even if everything fails, the burn rate with target {_figure(objective.target)} "
            f"is {_figure(1 / share)}, and {condition.op} {condition.threshold} is asked for"
        )
        hint = f"a threshold below {_figure(1 / share)}, or another policy for this SLO"
        yield note(codes.ALERT_NEVER_FIRES, condition.origin, f"{path}.threshold", message, hint)
        return
    # one bad one among n burns at 1 / (n × share); it fires if that is above (or at) the threshold
    fewest = 1 / (burn * share)
    enough = ceil(fewest) if condition.op is Op.GT else int(fewest) + 1
    if slo.method is BudgetingMethod.OCCURRENCES:
        if enough > 1:
            message = (
                f"for {whose} one bad event alone fires this when the {condition.lookback.words} before hold "
                f"fewer than {enough} events"
            )
            hint = "know your traffic at its quietest"
            yield note(codes.ALERT_ONE_EVENT, condition.origin, f"{path}.threshold", message, hint, Severity.INFO)
    elif objective.slice_window and objective.slice_window.count:
        slices = condition.lookback.seconds // objective.slice_window.seconds
        if slices == 0:
            message = (
                f"for {whose} the lookback of {condition.lookback.words} holds no whole slice "
                f"of {objective.slice_window.words}"
            )
            hint = "take a lookback of several slices"
            yield note(codes.LOOKBACK_BELOW_SLICE, condition.origin, f"{path}.lookbackWindow", message, hint)
        elif slices < enough:
            message = (
                f"for {whose} one bad slice alone fires this: the lookback holds {slices}, {enough} would be needed"
            )
            hint = "a longer lookback or shorter slices"
            yield note(codes.ALERT_ONE_SLICE, condition.origin, f"{path}.lookbackWindow", message, hint)


def _figure(number: object) -> str:
    return f"{float(number):.6g}" if isinstance(number, Fraction) else str(number)
