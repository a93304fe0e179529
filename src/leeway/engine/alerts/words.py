"""What people are told: who suffers, since when, how much is gone, when it will be empty, and what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from leeway.core.alerting.blindness import is_blindness
from leeway.core.alerting.policy import Policy, Severity
from leeway.core.alerting.silence import Subject
from leeway.core.assess import Assessment
from leeway.core.burn import SPANS
from leeway.engine.alerts.hindsight import CORRECTED
from leeway.engine.report import rfc3339
from leeway.ports.alerts import Alert
from leeway.ports.channel import Event, Message
from leeway.ports.outbox import Posted
from leeway.spec.alert_words import figure
from leeway.spec.quantity import count, percent, span
from leeway.spec.routes import Leg, Role

LABEL = "label "
"""Begins the names of facts that are labels of the SLO."""

_SHOWN = 10


def fired(policy: Policy, alert: Alert, subject: Subject, description: str, assessment: Assessment) -> Message:
    """Something burns; or nothing is known, which is another matter."""
    name, about = f"{alert.slo} / {alert.objective}", description.strip()
    seen = [
        f"Fired at {rfc3339(alert.fired_at)} by the policy {alert.policy}: {alert.condition}.",
        *(f"Seen: {reason}." for reason in alert.reasons),
    ]
    if is_blindness(policy):
        title = f"{name}: no data, so whether users are served is unknown"
        lines = [about or f"Service {subject.service}, SLO {alert.slo}.", *seen, *_last_seen(assessment)]
    else:
        title = f"{name}: the error budget {'burns fast' if alert.severity is Severity.PAGE else 'burns'}"
        lines = [about or f"Service {subject.service}, SLO {alert.slo}.", *seen, *_standing(assessment)]
    message = _message(alert, Event.FIRED, title, lines, subject.service, alert.fired_at)
    said: dict[str, str] = {}
    for label, value in sorted(subject.labels):
        said[LABEL + label] = f"{said[LABEL + label]}, {value}" if LABEL + label in said else value
    return replace(message, facts={**message.facts, **said})


def along(leg: Leg, message: Message) -> Message:
    """The same for one of those on its route, who is told why he is: another cannot be reached, or has not taken it."""
    title, why = message.title, []
    if leg.role is Role.ESCALATION:
        title = f"Not taken: {title}"
        why.append(f"Nobody has taken this page for {span(leg.after_s)}; so you are told.")
    if leg.stands_for:
        why.append(f"{leg.stands_for} could not be reached; so you are told.")
    return replace(message, title=title, lines=(*why, *message.lines)) if why else message


def unwatched(alert: Alert, at: int) -> Message:
    """Nobody looks at it any more: its definition was changed or taken away."""
    title = f"{alert.slo} / {alert.objective}: not watched by {alert.policy} any more"
    lines = [
        "Its definition was changed or taken away while the alert was up; whether it still burns is not looked at.",
        f"The policy {alert.policy} had fired at {rfc3339(alert.fired_at)}: {alert.condition}.",
    ]
    return _message(alert, Event.RESOLVED, title, lines, "", at)


def resolved(policy: Policy, alert: Alert, service: str) -> Message:
    """It is over."""
    end = alert.resolved_at or alert.fired_at
    lasted = f"{span(end - alert.fired_at)}, from {rfc3339(alert.fired_at)} to {rfc3339(end)}"
    if is_blindness(policy):
        title = f"{alert.slo} / {alert.objective}: data arrives again"
        lines = [f"Nothing arrived for {lasted}."]
    else:
        title = f"{alert.slo} / {alert.objective}: the error budget burns no more"
        lines = [f"It burned for {lasted}."]
    lines.append(f"The policy {alert.policy} had fired: {alert.condition}.")
    lines += [f"{one[0].upper()}{one[1:]}." for one in alert.reasons if one.startswith(CORRECTED)]
    return _message(alert, Event.RESOLVED, title, lines, service, end)


def together(key: str, members: Sequence[tuple[Posted, Alert | None]]) -> Message:
    """Many at once: how many, what they have in common, the worst ten, and how to take them all."""
    told = [one.message for one, _ in members]
    slos, severity = len({each.slo for each in told}), told[0].severity
    common = [f"{name} {value}" for name, value in _common(told).items()]
    if slos == 1:
        title = f"{told[0].slo}: {count(len(told), 'more alert')}"
    else:
        title = f"{slos:,} SLOs burn at once" + (f", common cause: {', '.join(common[:2])}?" if common else "")
    rest = f"And {count(len(told) - _SHOWN, 'other')}: `leeway alerts`." if len(told) > _SHOWN else ""
    lines = [
        f"All have in common: {', '.join(common)}." if common else "They have nothing in common that Leeway knows of.",
        *(_listed(one.message, alert) for one, alert in sorted(members, key=_worst)[:_SHOWN]),
        rest,
        f"Take them all: leeway ack '{key}'.",
    ]
    first = min(each.at for each in told)
    facts = {"alerts": str(len(told)), "slos": str(slos), "first_fired_at": rfc3339(first)}
    return Message(key, Event.FIRED, severity, title, tuple(filter(None, lines)), at=first, facts=facts)


def together_over(told: Message, at: float) -> Message:
    """The end of all that it told of."""
    since = span(max(0, round(at - told.at)))
    lines = (f"All {told.facts['alerts']} alerts are over, {since} after the first fired.",)
    return replace(told, event=Event.RESOLVED, title=f"Over: {told.title}", lines=lines, at=at)


def _common(told: Sequence[Message]) -> dict[str, str]:
    """What all of them say of themselves alike: what their SLOs are labelled with, and the service."""
    said = [_labels(one) | {"service": one.service} for one in told]
    first = said[0].items()
    return {name: value for name, value in first if value and all(one.get(name) == value for one in said)}


def _labels(one: Message) -> dict[str, str]:
    return {name.removeprefix(LABEL): value for name, value in one.facts.items() if name.startswith(LABEL)}


def _listed(message: Message, alert: Alert | None) -> str:
    gone = alert.consumed_ratio if alert else None
    share = "" if gone is None else f", {percent(Fraction(gone), 3)} of the budget gone"
    over = ", over already" if alert and alert.resolved_at is not None else ""
    return f"{message.slo} / {message.objective}, since {rfc3339(message.at)}{share}{over}"


def _worst(member: tuple[Posted, Alert | None]) -> tuple[float, str]:
    message, alert = member[0].message, member[1]
    return -(alert.consumed_ratio or 0.0) if alert else 0.0, message.slo


def _standing(assessment: Assessment) -> list[str]:
    """Where histograms leave counts in doubt, both ends of what is gone, and what is at most so."""
    budget, lines, bounds = assessment.budget, [], assessment.budget.bounds
    if bounds is not None:
        if bounds.consumed_ratio is not None:
            least, most = (percent(each, 3) for each in bounds.consumed_ratio)
            lines.append(f"Of the error budget {least} to {most} is gone: the threshold lies inside a bucket.")
    elif (spent := budget.consumed_ratio) is not None:
        lines.append(f"Of the error budget {percent(spent, 3)} is gone.")
    if (left := assessment.time_to_exhaustion_s) is not None and bounds is None:
        lines.append(
            "Nothing of it is left." if left == 0 else f"At the pace of the last hour it is empty in {span(left)}."
        )
    rates = [f"{figure(rate)} over {name}" for name in SPANS if (rate := assessment.burn_rates.get(name)) is not None]
    if rates:
        lines.append(f"Burn rates{', at most' if bounds else ''}: {', '.join(rates)}.")
    return lines


def _last_seen(assessment: Assessment) -> list[str]:
    coverage = assessment.coverage
    return [] if coverage is None else [f"Of the window {percent(coverage, 3)} has data."]


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
