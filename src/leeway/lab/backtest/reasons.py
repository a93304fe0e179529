"""Why an alert was sent, or was not, in figures of the moment it fired."""

from __future__ import annotations

from leeway.core.alerting.conditions import Sums
from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.engine.alerts.seen import seen
from leeway.lab.backtest.alerts import Alert
from leeway.spec.quantity import span


def reasons(alert: Alert, then: Sums) -> tuple[str, ...]:
    """What the conditions saw at the one moment of the firing, and what kept the alert back."""
    episode = alert.episode
    return (*seen(episode.policy.groups[episode.group], then, 0), *_decision(alert))


def _decision(alert: Alert) -> list[str]:
    episode = alert.episode
    if alert.suppressed_by is Suppression.HOLD:
        return ["held back: past burns like this healed by themselves, and this one did"]
    if alert.suppressed_by is Suppression.INHIBITION:
        return ["a page of the same objective had told of this burn"]
    if episode.policy.severity is Severity.PAGE and alert.severity is Severity.TICKET:
        return ["a ticket instead of a page for now: past burns like this healed by themselves"]
    if alert.sent_at is not None and alert.sent_at > episode.fired_at:
        return [f"sent after {span(alert.sent_at - episode.fired_at)}, as it still went on"]
    return []
