"""Messages as Leeway sends them, about a shop that does not exist: what a recipient would read, before he has to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from leeway.core.alerting import presets
from leeway.core.alerting.policy import Policy
from leeway.core.alerting.silence import Subject
from leeway.core.assess import Assessment, assess
from leeway.core.objective import DAY_S, Method, Objective
from leeway.core.tally import Tally
from leeway.core.window import Rolling, Span
from leeway.engine.alerts import words
from leeway.ports.alerts import Alert
from leeway.ports.channel import Message
from leeway.ports.outbox import Posted
from leeway.spec.alert_words import groups_words

AT = 1_790_000_040
"""When the alerts of the samples fire: 2026-09-21 14:14 UTC."""

_OBJECTIVE = Objective("main", Method.OCCURRENCES, Fraction(999, 1000), Rolling(28 * DAY_S))
_SUBJECT = Subject("checkout", "shop", "fast", frozenset({("region", "eu"), ("team", "shop")}))
_ABOUT = "Guests can pay"
_HOUR_S, _MINUTE_S = 3_600, 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A message, and what it is a sample of."""

    what: str
    message: Message


def samples() -> Iterator[Sample]:
    """A page, a ticket, the end of an alert, and many told together."""
    fast, *_, slow = presets.default(_OBJECTIVE.window.at(AT).length_s, _OBJECTIVE.allowed_share)
    page, ticket = _alert(fast, "checkout"), _alert(slow, "checkout")
    yield Sample("a page", _fired(fast, page))
    yield Sample("a ticket", _fired(slow, ticket))
    over = replace(page, resolved_at=AT + 25 * _MINUTE_S)
    yield Sample("its end", words.resolved(fast, over, _SUBJECT.service))
    yield Sample("many told together", words.together("together-1", [_told(fast, number) for number in range(14)]))


def _alert(policy: Policy, slo: str) -> Alert:
    return Alert(
        key=f"{slo}/main/{policy.name}/{AT}",
        goal=1,
        slo=slo,
        objective="main",
        policy=policy.name,
        severity=policy.severity,
        condition=groups_words(policy.groups),
        fired_at=AT,
        consumed_ratio=0.036,
        reasons=("the burn rate was 24 over 1 hour and 24 over 5 minutes",),
    )


def _fired(policy: Policy, alert: Alert) -> Message:
    return words.fired(policy, alert, replace(_SUBJECT, slo=alert.slo, policy=policy.name), _ABOUT, _assessment())


def _told(policy: Policy, number: int) -> tuple[Posted, Alert]:
    alert = _alert(policy, f"checkout-{number + 1}")
    return Posted(number, "on-call", _fired(policy, alert), AT, None), alert


def _assessment() -> Assessment:
    """A thousand guests a minute, of whom in the last hour 24 could not pay."""

    def tally(span: Span) -> Tally:
        minutes = span.length_s // _MINUTE_S
        return Tally(24 * min(minutes, 60), 1_000 * minutes, minutes)

    return assess(_OBJECTIVE, AT, tally, step_s=_MINUTE_S, scale=1)
