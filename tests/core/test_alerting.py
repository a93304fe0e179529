"""When alerts fire and resolve: the closed formulas of the SRE Workbook, exact ties, blindness, cool-down."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.past import DAY, HOUR, MINUTE, fired, objective, outage, sums_of

from leeway.core.alerting import presets
from leeway.core.alerting.conditions import condition_met
from leeway.core.alerting.life import Life, Observed, Phase, live
from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Of, Policy, Remaining, Severity
from leeway.core.alerting.ratio import Ratio
from leeway.core.objective import Op
from leeway.core.window import Calendar, Period

SHARES = ["1", "0.5", "0.15", "0.1", "0.05", "0.02", "0.01", "0.005", "0.002"]


def page(*groups, cooldown_s=0, severity=Severity.PAGE):
    """A policy of these groups."""
    return Policy("p", severity, groups, cooldown_s)


@pytest.mark.parametrize(
    ("threshold", "spans", "lasts_s"),
    [
        ("1", (10 * MINUTE, None), 0),
        ("1", (36 * HOUR, None), 0),
        ("1", (MINUTE, None), HOUR),
        ("36", (HOUR, None), 0),
        ("14.4", (HOUR, 5 * MINUTE), 0),
        ("6", (6 * HOUR, 30 * MINUTE), 0),
        ("3", (DAY, 2 * HOUR), 0),
        ("1", (3 * DAY, 6 * HOUR), 0),
    ],
)
@pytest.mark.parametrize("target", ["0.9", "0.99", "0.999"])
@pytest.mark.parametrize("share", SHARES)
def test_detection_and_reset_are_those_of_the_closed_formulas(threshold, spans, lasts_s, target, share):
    """A step to an error ratio e, from a clean past: a window w crosses after w × B(1 − T) / e, if e > B(1 − T).

    It falls below again w × (1 − B(1 − T) / e) after the end, the shorter window first. Within one step. A ratio that
    is exactly at the threshold never fires.
    """
    long_s, short_s = spans
    burn, errors = Fraction(threshold) * (1 - Fraction(target)), Fraction(share)
    begin, most = long_s // MINUTE + 10, long_s // MINUTE
    detect = long_s * burn / errors + lasts_s if errors > burn else None
    length = most + (0 if detect is None else int(detect // MINUTE) + 5)
    total, bad = outage(begin + length + most + 20, begin, length, share)
    condition = Burn(Fraction(threshold), long_s, short_s, lasts_s=lasts_s)
    seen = fired([page((condition,))], objective(target), total, bad)
    if detect is None:
        assert seen == []
        return
    (only,) = seen
    reset = min(span * (1 - burn / errors) for span in condition.spans_s)
    assert 0 <= only.fired_at - begin * MINUTE - detect <= MINUTE
    assert 0 <= only.resolved_at - (begin + length) * MINUTE - reset <= MINUTE


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=40),
    st.fractions(0, 60, max_denominator=50),
    st.sampled_from(list(Op)),
)
def test_ratios_are_compared_exactly(pairs, threshold, op):
    """Floats decide only what is clear; nothing stands in any relation where the whole is zero."""
    part, whole = (np.array(each) for each in zip(*pairs, strict=True))
    ratio = Ratio(part, whole, Fraction(14, 3))
    exact = {Op.LT: Fraction.__lt__, Op.LTE: Fraction.__le__, Op.GT: Fraction.__gt__, Op.GTE: Fraction.__ge__}[op]
    wanted = [bool(n) and exact(Fraction(int(b), int(n)) * Fraction(14, 3), threshold) for b, n in pairs]
    assert ratio.stands(op, threshold).tolist() == wanted


def test_factors_come_from_the_window_of_the_slo():
    """2 % in an hour is 14.4 times in 30 days, 3.36 times in seven, 43.2 times in 90."""
    pages = {days: presets.default(days * DAY, Fraction(1, 1_000))[0] for days in (7, 28, 30, 90)}
    found = {days: [float(burn.threshold) for ((burn,), *_) in [policy.groups]] for days, policy in pages.items()}
    assert found == {7: [3.36], 28: [13.44], 30: [14.4], 90: [43.2]}


@pytest.mark.parametrize(("days", "share", "pairs"), [(30, "0.001", 4), (30, "0.1", 3), (1, "0.001", 3), (30, "1", 0)])
def test_the_default_set_holds_no_pair_that_cannot_fire(days, share, pairs):
    """At a target of 90 % a total outage burns ten times: 14.4 is never reached. A day's SLO has no window of 3 d."""
    found = [one for policy in presets.default(days * DAY, Fraction(share)) for (one,) in policy.groups]
    assert sum(isinstance(one, Burn) for one in found) == pairs


def test_the_life_of_an_alert_with_a_cool_down():
    """At least 3x for 10 minutes, cool-down 15: spikes and pauses as in a worked timeline of Nobl9."""
    burn = Burn(Fraction(3), 5 * MINUTE, op=Op.GTE, lasts_s=10 * MINUTE)
    policy, life, phases = page((burn,), cooldown_s=15 * MINUTE), Life(), {}
    high = [("10:21", "10:23"), ("11:15", "11:29"), ("11:33", "11:35")]
    for minute in range(10 * 60, 12 * 60):
        clock = f"{minute // 60}:{minute % 60:02}"
        met = any(start <= clock < end for start, end in high)
        before, life = life, live(policy, life, minute * MINUTE, Observed((met,), (False,)))
        if life.phase is not before.phase:
            phases[clock] = life.phase
    assert phases == {
        "10:21": Phase.PENDING,
        "10:23": Phase.QUIET,
        "11:15": Phase.PENDING,
        "11:25": Phase.FIRING,
        "11:29": Phase.COOLING,
        "11:33": Phase.FIRING,
        "11:35": Phase.COOLING,
        "11:50": Phase.QUIET,
    }


def test_missing_data_neither_fires_nor_resolves():
    """The exporter dies in the middle of an outage: the page stays until data says that it is over."""
    total, bad = outage(1_000, 300, 400, "0.5")
    burn = Burn(Fraction(144, 10), HOUR, 5 * MINUTE)
    (seen,) = fired([page((burn,))], objective(), total, bad)
    (dark,) = fired([page((burn,))], objective(), total, bad, missing=range(400, 900))
    assert dark.fired_at == seen.fired_at
    assert dark.resolved_at > 900 * MINUTE > seen.resolved_at
    assert fired([page((burn,))], objective(), total, bad, missing=[n for n in range(300, 700) if n % 4]) == []


def test_no_data_is_a_condition_of_its_own():
    """Nothing for five minutes, since the birth; before it there is nothing to miss."""
    total, bad = outage(100, 0, 0, "0")
    (seen,) = fired(
        [page((Coverage(Fraction(0), 5 * MINUTE, Op.LTE),))], objective(), total, bad, missing=range(40, 60)
    )
    assert (seen.fired_at, seen.resolved_at) == (45 * MINUTE, 61 * MINUTE)


def test_the_other_conditions_see_what_they_are_called_after():
    """1 % errors for 30 days at 99.9 %: ten budgets, of which each day spends a third."""
    total, bad = outage(30 * 1440, 30 * 1440 - 1440, 1440, "0.01")
    sums, at = sums_of(objective(), total, bad)
    last = len(at) - 1

    def met(condition):
        return bool(condition_met(condition, sums, Severity.TICKET).met[last])

    assert met(Remaining(Fraction(67, 100))), "a third is gone"
    assert not met(Remaining(Fraction(66, 100)))
    assert met(Drop(Fraction(1, 3), DAY))
    assert not met(Drop(Fraction(1, 3), DAY, Op.GT)), "exactly a third"
    assert met(Exhaustion(2 * DAY + 1))
    assert not met(Exhaustion(2 * DAY)), "two thirds at ten times the pace: exactly two days"
    assert met(Exhaustion(3 * DAY, of=Of.WHOLE, op=Op.LTE))


def test_a_young_calendar_window_pages_nobody_for_a_single_event():
    """A new month, ten events an hour, one bad: 100 times the burn, and too early to say."""
    month = Calendar(Period.MONTH, 1, datetime.fromisoformat("1970-01-01"), "UTC")
    total = np.zeros(31 * 1440 + 1440, np.int64)
    total[::6] = 1
    bad = np.zeros_like(total)
    bad[31 * 1440 + 60] = 1
    burn = Burn(Fraction(144, 10), HOUR, 5 * MINUTE)
    assert fired([page((burn,))], objective(window=month), total, bad) == []
    assert len(fired([page((burn,), severity=Severity.TICKET)], objective(window=month), total, bad)) == 1
