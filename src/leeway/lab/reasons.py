"""Why an alert was sent, or was not, in figures of the moment it fired."""

from __future__ import annotations

from fractions import Fraction

from leeway.core.alerting.conditions import Sums
from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Burn, Condition, Coverage, Drop, Exhaustion, Severity
from leeway.core.alerting.ratio import Ratio
from leeway.lab.backtest import Alert
from leeway.spec.alert_words import figure
from leeway.spec.quantity import percent, span


def reasons(alert: Alert, sums: Sums, place: int) -> tuple[str, ...]:
    """What the conditions saw at the moment `place`, and what kept the alert back."""
    episode = alert.episode
    said = [_saw(condition, sums, place) for condition in episode.policy.groups[episode.group]]
    return (*(one for one in said if one), *_decision(alert))


def _saw(condition: Condition, sums: Sums, place: int) -> str:
    match condition:
        case Burn():
            rates = (f"{_figure(sums.burn(one), place)} over {span(one)}" for one in condition.spans_s)
            return f"burn rate {' and '.join(rates)}"
        case Exhaustion(over_s=over_s):
            return f"burn rate {_figure(sums.burn(over_s), place)} over {span(over_s)}"
        case Drop(over_s=over_s):
            return f"{_percent(sums.spent(over_s), place)} of the budget spent in {span(over_s)}"
        case Coverage(over_s=over_s):
            return f"{_percent(sums.seen(over_s), place)} of the steps of {span(over_s)} have data"
    return f"{_percent(sums.spent(None), place)} of the budget spent"


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


def _figure(ratio: Ratio, place: int) -> str:
    return figure(ratio.at(place)) if ratio.whole[place] else "unknown"


def _percent(ratio: Ratio, place: int) -> str:
    return percent(Fraction(ratio.at(place)), 3) if ratio.whole[place] else "an unknown share"
