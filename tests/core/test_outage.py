"""What lint says of a total outage is what happens in one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.past import DAY, HOUR, MINUTE, fired, objective, outage

from leeway.core.alerting.outage import as_burn, can_fire, outage_s
from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Of, Policy, Remaining, Severity
from leeway.core.alerting.presets import NOBL9, default
from leeway.core.objective import Op
from leeway.core.window import Rolling

GOOD = DAY // MINUTE + 5


def page(*groups):
    return Policy("p", Severity.PAGE, groups)


def one_day(target):
    return objective(target, Rolling(DAY))


def first_fired(policies, target):
    """When each policy fires first in an outage of a day, after a day of even traffic without failure."""
    minutes = 2 * GOOD
    total, bad = outage(minutes, GOOD, minutes - GOOD, "1")
    found = {}
    for episode in fired(policies, one_day(target), total, bad):
        found.setdefault(episode.policy.name, episode.fired_at - GOOD * MINUTE)
    return found


spans = st.integers(1, 90).map(lambda count: count * 4 * MINUTE)
shares = st.integers(1, 99).map(lambda part: Fraction(part, 100))
lasts = {"lasts_s": st.sampled_from([0, 0, 7 * MINUTE])}
worse = (
    st.builds(Burn, st.integers(1, 60).map(lambda part: Fraction(part, 4)), long_s=spans, **lasts)
    | st.builds(Burn, st.integers(1, 30).map(Fraction), long_s=spans, short_s=spans, op=st.just(Op.GTE))
    | st.builds(Remaining, shares, op=st.sampled_from([Op.LT, Op.LTE]), **lasts)
    | st.builds(Drop, shares, over_s=spans, op=st.sampled_from([Op.GT, Op.GTE]), **lasts)
    | st.builds(Exhaustion, spans, over_s=spans, of=st.sampled_from(Of), **lasts)
)


@given(st.lists(worse, min_size=1, max_size=2).map(tuple), st.sampled_from(["0.5", "0.9", "0.98", "0.996"]))
def test_a_total_outage_fires_when_the_closed_formula_says(group, target):
    """Within one step; and where it says never, nothing fires."""
    time = outage_s(page(group), DAY, 1 - Fraction(target))
    seen = first_fired([page(group)], target).get("p")
    assert (seen is None) if time is None else (time - MINUTE <= seen <= time + MINUTE)


def test_what_holds_only_at_first_can_be_over_before_the_rest_is_met():
    """Budget left above half is over after 7.2 minutes at 99 %; a burn of 10 over an hour is met after 6, of 20 12."""
    left = Remaining(Fraction(1, 2), Op.GT)
    for threshold, time in ((10, 360), (20, None)):
        group = (Burn(Fraction(threshold), HOUR), left)
        assert outage_s(page(group), DAY, Fraction(1, 100)) == time
        assert ("p" in first_fired([page(group)], "0.99")) is (time is not None)


@pytest.mark.parametrize("target", ["0.9", "0.99", "0.999"])
def test_the_sets_that_nobody_need_write_fire_when_the_formula_says(target):
    """The default set, and those presets that a window of a day is long enough for."""
    share = 1 - Fraction(target)
    policies = [one for one in (*default(DAY, share), *NOBL9.values()) if max(one.spans_s, default=0) <= DAY]
    seen = first_fired(policies, target)
    for policy in policies:
        time = outage_s(policy, DAY, share)
        assert (time is None) == (policy.name not in seen)
        assert time is None or time - MINUTE <= seen[policy.name] <= time + MINUTE


def test_the_figures_of_the_workbook():
    """At 99.9 % over 30 days: 14.4 over an hour after 52 seconds, 6 over six hours after 130."""
    share = Fraction(1, 1000)
    for threshold, hours, seconds in (("14.4", 1, "51.84"), ("6", 6, "129.6"), ("1", 72, "259.2")):
        burn = Burn(Fraction(threshold), hours * HOUR, hours * HOUR // 12)
        assert outage_s(page((burn,)), 30 * DAY, share) == Fraction(seconds)


@pytest.mark.parametrize(
    ("condition", "fires"),
    [
        (Burn(Fraction(10), HOUR), False),
        (Burn(Fraction(10), HOUR, op=Op.GTE), True),
        (Burn(Fraction("9.99"), HOUR), True),
        (Burn(Fraction(100), HOUR, op=Op.LT), True),
        (Exhaustion(3 * DAY, of=Of.WHOLE), False),
        (Exhaustion(3 * DAY, of=Of.WHOLE, op=Op.LTE), True),
        (Exhaustion(3 * DAY), True),
        (Drop(Fraction(1, 3), DAY), True),
        (Drop(Fraction(1, 3), DAY, op=Op.GT), False),
        (Drop(Fraction(1, 10), HOUR), False),
        (Remaining(Fraction(-9)), False),
        (Remaining(Fraction(-9), Op.LTE), True),
        (Remaining(Fraction(0), Op.GT), True),
        (Coverage(Fraction(1, 2), HOUR), True),
    ],
)
def test_what_an_outage_cannot_reach_can_never_fire(condition, fires):
    """Target 0.9 over 30 days of slices: burn 10 at most, a whole budget in 3 days, ten budgets in the window."""
    assert can_fire(condition, 30 * DAY, Fraction(1, 10), counts_events=False) is fires


def test_events_may_all_happen_in_the_span():
    """So a drop that slices rule out is possible, if unlikely."""
    assert can_fire(Drop(Fraction(1, 10), HOUR), 30 * DAY, Fraction(1, 10), counts_events=True)


def test_a_time_to_exhaustion_is_a_burn_rate_turned_round():
    """A whole budget of 30 days gone in less than 3: a burn of more than 10."""
    assert as_burn(Exhaustion(3 * DAY, HOUR, Of.WHOLE), 30 * DAY) == Burn(Fraction(10), HOUR)
