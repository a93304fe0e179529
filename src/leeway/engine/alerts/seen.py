"""What a condition saw, in words."""

from __future__ import annotations

from leeway.core.alerting.conditions import Sums
from leeway.core.alerting.policy import Burn, Condition, Coverage, Drop, Exhaustion
from leeway.core.alerting.ratio import Ratio
from leeway.core.sparse.guard import Told
from leeway.spec.alert_words import figure
from leeway.spec.quantity import count, percent, span


def seen(group: tuple[Condition, ...], sums: Sums, place: int) -> tuple[str, ...]:
    """A sentence for each condition of a group, at one of the moments or objectives of `sums`."""
    return tuple(_seen(condition, sums, place) for condition in group)


def chance(burn: Burn, told: Told) -> str:
    """What chance has to do with a burn, and how many bad events would be more than chance."""
    bad, total, over = f"{told.bad:g}", count(round(told.total), "event"), span(burn.long_s)
    was = "was" if told.bad == 1 else "were"
    cases = f"{100 * told.p_value:.3g} % of cases"
    more = "not even all of them would page" if told.needed is None else f"{told.needed} would page"
    return f"{bad} of {total} in {over} {was} bad: a service on target has that by chance in {cases}; {more}"


def _seen(condition: Condition, sums: Sums, place: int) -> str:
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


def _figure(ratio: Ratio, place: int) -> str:
    return figure(ratio.at(place)) if ratio.whole[place] else "unknown"


def _percent(ratio: Ratio, place: int) -> str:
    return percent(ratio.at(place), 3) if ratio.whole[place] else "an unknown share"
