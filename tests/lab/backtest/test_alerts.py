"""What would have been sent, and what not: holds, inhibition, the tickets that stand for held pages."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.past import DAY, HOUR, MINUTE, objective, outage, sums_of

from leeway.core.alerting import presets
from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Burn, Policy, Severity
from leeway.core.alerting.survival import Lasted, outlasts
from leeway.lab.backtest import alerts_of

GOAL = objective()
DEFAULT = presets.default(30 * DAY, GOAL.allowed_share)


def alerts(total, bad, policies=DEFAULT, goal=GOAL):
    """(severity, fired, sent, suppressed by) of every alert, in minutes."""
    sums, at = sums_of(goal, total, bad)
    found = alerts_of(policies, sums, at)
    return [
        (
            one.severity.value,
            one.episode.fired_at // MINUTE,
            one.sent_at and one.sent_at // MINUTE,
            one.suppressed_by and one.suppressed_by.value,
        )
        for one in found
    ]


def test_a_fast_burn_pages_once_and_the_ticket_stays_silent():
    """Half an hour at 20 % errors: one page within minutes; the slow pairs have nothing to add."""
    total, bad = outage(4 * 1440, 2 * 1440, 30, "0.2")
    (page, ticket) = alerts(total, bad)
    assert page == ("page", 2 * 1440 + 5, 2 * 1440 + 5, None)
    assert ticket[0] == "ticket"
    assert ticket[2:] == (None, "inhibition")


def test_a_slow_burn_opens_one_ticket():
    """0.3 % errors for days: no page, no second ticket."""
    total, bad = outage(10 * 1440, 4 * 1440, 5 * 1440, "0.003")
    assert [one[0] for one in alerts(total, bad)] == ["ticket"]


def test_a_ticket_comes_when_a_slow_burn_goes_on_after_the_page():
    """A total outage for ten minutes, then 0.4 % for days: the page does not tell of that."""
    total, bad = outage(10 * 1440, 3 * 1440, 10, "1")
    bad[3 * 1440 + 10 :] = 400
    (page, ticket) = alerts(total, bad)
    assert page[0] == "page"
    assert ticket[0] == "ticket"
    assert ticket[3] is None
    assert ticket[2] > ticket[1]


def nights(count, share="0.05", length=60):
    """A clean day, then so many days of which each has one burn of the same kind."""
    total, bad = outage(1440, 0, 0, "0")
    more_total, more_bad = outage(1440, 600, length, share)
    return np.concatenate([total, *[more_total] * count]), np.concatenate([bad, *[more_bad] * count])


def test_a_slow_page_is_held_back_once_the_past_shows_that_such_burns_heal():
    """Thirty nights teach; from then on there is a ticket at once, and no page."""
    total, bad = nights(34, "0.001")
    found = alerts(total, bad, (Policy("slow page", Severity.PAGE, ((Burn(Fraction("0.1"), 6 * HOUR),),)),))
    taught, after = found[:30], found[30:]
    assert {one[0] for one in taught} == {"page"}
    assert all(one[3] is None for one in taught)
    assert [one[0] for one in after[:2]] == ["ticket", "page"]
    assert [one[3] for one in after[:2]] == [None, None], "held for an hour at most, then sent: it still went on"
    assert after[1][2] - after[1][1] == 60


def test_nothing_is_held_back_where_people_take_longer_than_the_budget_lasts():
    """The same nights: with a horizon beyond the budget's life every one of them pages."""
    total, bad = nights(34, "0.001")
    policies = (Policy("slow page", Severity.PAGE, ((Burn(Fraction("0.1"), 6 * HOUR),),)),)
    sums, at = sums_of(GOAL, total, bad)
    found = alerts_of(policies, sums, at, horizon_s=10_000 * DAY)
    assert {(one.severity, one.suppressed_by) for one in found} == {(Severity.PAGE, None)}
    assert len(found) == 34


def test_a_page_that_ends_while_it_is_held_wakes_nobody():
    """The same nights, but the burn leaves its window within the hour."""
    policy = Policy("slow page", Severity.PAGE, ((Burn(Fraction("0.1"), 6 * HOUR, 5 * MINUTE),),))
    total, bad = nights(32, "0.005", 20)
    last = alerts(total, bad, (policy,))[-2:]
    assert [(one[0], one[3]) for one in last] == [("ticket", None), ("page", Suppression.HOLD.value)]


@given(st.lists(st.integers(1, 10_000), min_size=30, max_size=60), st.integers(0, 5_000), st.integers(0, 5_000))
def test_without_censoring_the_chance_is_the_share_that_lasted(seconds, age, more):
    """Kaplan and Meier's estimate is then the plain one."""
    chance = outlasts([Lasted(one) for one in seconds], age, more)
    reached = sum(one > age for one in seconds)
    if reached == 0:
        assert chance is None
    else:
        assert chance == pytest.approx(sum(one > age + more for one in seconds) / reached)


def test_too_few_episodes_or_too_many_that_people_ended_say_nothing():
    """29 that ended by themselves are not enough, however many a person ended."""
    assert outlasts([Lasted(60)] * 29 + [Lasted(60, censored=True)] * 100, 0, 10) is None
    assert outlasts([Lasted(60)] * 30, 61, 10) is None
    assert outlasts([Lasted(60)] * 30 + [Lasted(3_600, censored=True)] * 30, 0, 600) == pytest.approx(0.5)
