"""What people are told: who suffers, since when, how much is gone, when it will be empty, and what to look at."""

from __future__ import annotations

from leeway.core.assess import Assessment
from leeway.core.burn import SPANS
from leeway.engine.report import rfc3339
from leeway.ports.alerts import Alert
from leeway.ports.channel import Event, Message
from leeway.spec.alert_words import figure
from leeway.spec.quantity import percent, span


def fired(alert: Alert, service: str, description: str, assessment: Assessment | None) -> Message:
    """Something burns."""
    what = "burns fast" if alert.severity.value == "page" else "burns"
    title = f"{alert.slo} / {alert.objective}: the error budget {what}"
    lines = [
        description.strip() or f"Service {service}, SLO {alert.slo}.",
        f"Fired at {rfc3339(alert.fired_at)} by the policy {alert.policy}: {alert.condition}.",
        *(f"Seen: {reason}." for reason in alert.reasons),
        *_standing(assessment),
    ]
    return _message(alert, Event.FIRED, title, lines, service, alert.fired_at)


def resolved(alert: Alert, service: str) -> Message:
    """It is over."""
    end = alert.resolved_at or alert.fired_at
    title = f"{alert.slo} / {alert.objective}: the error budget burns no more"
    lines = [
        f"It burned for {span(end - alert.fired_at)}, from {rfc3339(alert.fired_at)} to {rfc3339(end)}.",
        f"The policy {alert.policy} had fired: {alert.condition}.",
    ]
    return _message(alert, Event.RESOLVED, title, lines, service, end)


def _standing(assessment: Assessment | None) -> list[str]:
    if assessment is None:
        return []
    budget, lines = assessment.budget, []
    if (spent := budget.consumed_ratio) is not None:
        lines.append(f"Of the error budget {percent(spent, 3)} is gone.")
    if (left := assessment.time_to_exhaustion_s) is not None:
        lines.append(
            "Nothing of it is left." if left == 0 else f"At the pace of the last hour it is empty in {span(left)}."
        )
    rates = [f"{figure(rate)} over {name}" for name in SPANS if (rate := assessment.burn_rates.get(name)) is not None]
    if rates:
        lines.append(f"Burn rates: {', '.join(rates)}.")
    return lines


def _message(alert: Alert, event: Event, title: str, lines: list[str], service: str, at: int) -> Message:
    return Message(
        key=alert.key,
        event=event,
        severity=alert.severity,
        title=title,
        lines=tuple(lines),
        slo=alert.slo,
        objective=alert.objective,
        service=service,
        policy=alert.policy,
        at=float(at),
        facts={"condition": alert.condition, "fired_at": rfc3339(alert.fired_at)},
    )
