"""Low traffic: what the gate lets through, how its alpha keeps a promise, and the detector that needs no windows."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammainc

from leeway.core.sparse import alpha as alphas
from leeway.core.sparse.alpha import choose, expected, looks
from leeway.core.sparse.detector import Detector, threshold
from leeway.core.sparse.gate import gate, is_sparse, needed, tell
from leeway.core.sparse.guard import UNMEASURED
from leeway.core.stats.binomial import critical, upper_tail
from leeway.lab.streams import DAY, Traffic, arrivals, bursty, errors

PAIRS = ((14.4, 60, 5), (6.0, 360, 30))
"""Factor, long and short window in minutes."""

shares = st.sampled_from([0.1, 0.01, 0.001, 0.0001])


def seen(total):
    return [
        looks(total, step_s=60, factor=factor, long_s=long * 60, short_s=short * 60) for factor, long, short in PAIRS
    ]


def rolling(counts, length):
    sums = np.cumsum(counts, axis=1, dtype=np.int64)
    sums[:, length:] = sums[:, length:] - sums[:, :-length]
    return sums


def false_pages(total, bad, share, alpha):
    """Pages of the gated burn, an hour without it between two of them."""
    up = np.zeros(total.shape, np.bool_)
    for factor, long, short in PAIRS:
        long_bad, long_total, now_bad, now_total = (
            rolling(each, length) for length in (long, short) for each in (bad, total)
        )
        burns = (long_bad > factor * share * long_total) & (now_bad > factor * share * now_total)
        up |= gate(long_bad, long_total, share=share, alpha=alpha, where=burns).opens
    at = [np.flatnonzero(row) for row in up[:, 360:]]
    return sum(int((np.diff(places) > 60).sum()) + (len(places) > 0) for places in at)


def test_one_error_of_four_does_not_page_and_three_do():
    """The four-an-hour service: 25 times the budget, and chance all the same; a run of three is none."""
    opened = gate([1, 2, 3], [4, 4, 4], share=0.01, alpha=1e-4)
    assert opened.opens.tolist() == [False, False, True]
    assert opened.p_value.tolist() == pytest.approx([0.03940399, 0.00059203, 3.97e-06], rel=1e-9)


def test_it_says_what_would_have_paged():
    """Events, p-value, and the count that would have been enough; nothing where not even all would be."""
    told = tell(1, 4, factor=14.4, share=0.01, alpha=1e-4)
    assert (told.bad, told.total, told.needed) == (1, 4, 3)
    assert told.p_value == pytest.approx(0.03940399)
    assert tell(1, 1, factor=14.4, share=0.01, alpha=1e-4).needed is None


def test_a_chance_that_is_exactly_alpha_pages():
    """Two of two at 99 %: 1 in 10,000, whatever the floats say."""
    assert gate(2, 2, share=1 - 0.99, alpha=1e-4).opens


def test_what_is_not_asked_is_shut_and_has_no_chance():
    """Only where a burn stands is anything computed; arrays of any shape are answered in it."""
    opened = gate([[9, 9], [0, 9]], 10, share=0.01, alpha=1e-3, where=[[True, False], [True, True]])
    assert opened.opens.tolist() == [[True, False], [False, True]]
    assert np.isnan(opened.p_value).tolist() == [[False, True], [False, False]]


def test_clusters_shut_the_gate():
    """What is a rare chance for errors that come alone is none where they come together."""
    assert gate(3, 12, share=0.01, alpha=1e-3).opens
    assert not gate(3, 12, share=0.01, alpha=1e-3, rho=0.1).opens


@given(st.floats(0, 500), st.floats(0, 1), shares)
def test_fractions_are_rounded_against_paging(total, part, share):
    """Bad events down, all events up: never rarer than whole counts on either side of them say."""
    p_value = float(gate(total * part, total, share=share, alpha=1e-3).p_value)
    assert p_value >= float(upper_tail(np.floor(total * part + 1e-6), np.ceil(total - 1e-6), share)) - 1e-12


@given(st.integers(0, 3_000), st.sampled_from([6.0, 14.4]), shares, st.floats(1e-9, 1e-2))
def test_the_needed_count_burns_and_is_rare_and_one_fewer_is_not_both(total, factor, share, alpha):
    """And where there is none, all of them would not be enough."""
    count = int(needed(total, factor=factor, share=share, alpha=alpha))

    def pages(bad):
        burns = factor * share * total * (1 + 1e-9) < bad <= total
        return burns and bool(gate(bad, total, share=share, alpha=alpha).opens)

    assert pages(count) == (count <= total)
    assert not pages(min(count, total + 1) - 1)


@given(st.integers(0, 2_000), shares)
def test_few_events_are_those_of_which_one_bad_burns(total, share):
    """n < 1 / (burn × budget)."""
    assert bool(is_sparse(total, factor=14.4, share=share)) == (total == 0 or 1 / total > 14.4 * share)


@pytest.mark.parametrize(
    ("share", "per_hour"), [(0.01, 4), (0.01, 30), (0.001, 4), (0.001, 60), (0.0001, 300), (0.1, 4)]
)
def test_a_service_on_target_pages_falsely_as_rarely_as_promised(share, per_hour):
    """1,500 days simulated with an alpha that allows one in 90: not significantly more, and the plain rule has more."""
    dice, traffic = np.random.default_rng(4), Traffic(per_hour)
    chosen = choose(seen(arrivals(dice, traffic, 1, 28 * DAY)[0]), share, allowed=1)
    total = arrivals(dice, traffic, 100, 15 * DAY)
    bad = errors(dice, total, share)
    pages = false_pages(total, bad, share, chosen.alpha)
    assert chosen.expected <= 1
    assert float(gammainc(max(1, pages), chosen.expected * 1_500 / 90)) > 1e-3
    assert pages <= false_pages(total, bad, share, 1)


@given(st.floats(0.1, 200), shares)
@settings(max_examples=15, deadline=None)
def test_less_alpha_is_fewer_pages(per_hour, share):
    """And the one that is chosen is the largest that keeps the promise."""
    pairs = seen(np.random.default_rng(1).poisson(per_hour / 60, 10 * DAY))
    bounds = [expected(pairs, share, alpha) for alpha in alphas.STEPS[::8]]
    assert bounds == sorted(bounds, reverse=True)
    chosen = choose(pairs, share)
    assert chosen.expected <= chosen.allowed
    place = alphas.STEPS.index(chosen.alpha)
    assert place == 0 or expected(pairs, share, alphas.STEPS[place - 1]) > chosen.allowed


def test_much_traffic_needs_no_gate():
    """At 3,000 an hour a burn over 14.4 is no chance: alpha is at its ceiling, where the gate stops nothing."""
    chosen = choose(seen(np.full(7 * DAY, 50)), 0.001)
    assert chosen.alpha == alphas.CEILING
    assert gate(0.0145 * 3_000, 3_000, share=0.001, alpha=chosen.alpha).opens


def test_without_a_history_alpha_is_the_careful_one():
    """An hour of traffic says nothing of a window of six; the hour's window alone would."""
    chosen = choose(seen(np.ones(59)), 0.01)
    assert (chosen.alpha, np.isnan(chosen.expected)) == (UNMEASURED.alpha, True)


def test_clusters_ask_for_a_smaller_alpha():
    """With the same traffic and the same promise."""
    pairs = seen(np.random.default_rng(1).poisson(1, 10 * DAY))
    assert choose(pairs, 0.01, rho=0.02).alpha < choose(pairs, 0.01).alpha


past = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), min_size=1, max_size=400)


@given(past, st.sampled_from([0.01, 0.001]), st.sampled_from([5.0, 300.0, 1e5]))
@settings(deadline=None)
def test_a_past_at_once_is_the_past_step_by_step(minutes, share, limit):
    """Alarms at the same minutes, and the same evidence after it: the backtest is the tick."""
    total = np.array([n for n, _ in minutes])
    bad = total * np.array([part for _, part in minutes])
    detector = Detector.of(share, limit)
    at_once, alarms = detector.run(detector.start(), bad, total)
    evidence, stepwise = detector.start(), []
    for k, n in zip(bad, total, strict=True):
        evidence, alarm = detector.step(evidence, k, n)
        stepwise.append(bool(alarm[0]))
    assert alarms.tolist() == stepwise
    assert at_once.ravel().tolist() == pytest.approx(evidence.ravel().tolist(), rel=1e-9)


def test_a_past_can_be_cut_anywhere():
    """What is kept between two looks is the evidence, and JSON keeps it whole."""
    dice = np.random.default_rng(2)
    total = dice.poisson(0.1, 20_000)
    bad = dice.binomial(total, 0.05)
    detector = Detector.of(0.01, 300)
    whole, alarms = detector.run(detector.start(), bad, total)
    half, first = detector.run(detector.start(), bad[:9_999], total[:9_999])
    kept = np.array(json.loads(json.dumps(half.tolist())))
    rest, second = detector.run(kept, bad[9_999:], total[9_999:])
    assert np.concatenate((first, second)).tolist() == alarms.tolist()
    assert alarms.sum() > 3
    assert rest.ravel().tolist() == pytest.approx(whole.ravel().tolist())


def test_the_level_says_how_far_it_is_to_an_alarm():
    """0 at the start, 1 or more would have alarmed."""
    detector = Detector.of(0.01, 9_000)
    evidence = detector.start()
    assert detector.level(evidence).tolist() == [0]
    evidence, _ = detector.step(evidence, 1, 1)
    once = float(detector.level(evidence)[0])
    evidence, _ = detector.step(evidence, 1, 1)
    assert 0 < once < float(detector.level(evidence)[0]) < 1


def test_objectives_do_not_disturb_each_other():
    """Three targets in one step are three steps of one."""
    shares_of = np.array([0.1, 0.01, 0.001])
    together = Detector.of(shares_of, 1e4)
    evidence, alarms = together.step(together.start(), [1, 2, 0], [4, 2, 0])
    for place, share in enumerate(shares_of.tolist()):
        alone = Detector.of(share, 1e4)
        own, alarm = alone.step(alone.start(), [1, 2, 0][place], [4, 2, 0][place])
        assert own.ravel().tolist() == evidence[:, place].tolist()
        assert alarm[0] == alarms[place]


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.1, 0.5, 0.9, 0.95])
@given(total=st.integers(1, 5), fraction=st.floats(0, 1))
def test_a_minute_weighs_one_on_average_at_the_budget_and_less_below(share, total, fraction):
    """The heart of the theorem: E[factor] is 1 if each event is bad with the budget's share, less if with less."""
    detector = Detector.of(share, 1e9)
    assert (detector.bad_weight > 0).all()
    for chance in (share, share * fraction):
        bad = np.arange(total + 1)
        chances = upper_tail(bad, total, chance) - upper_tail(bad + 1, total, chance)
        factors = np.exp(bad * detector.bad_weight + (total - bad) * detector.good_weight)
        assert ((factors * chances).sum(axis=1) <= 1 + 1e-9).all()


@pytest.mark.parametrize(("share", "per_hour"), [(0.01, 4), (0.001, 60)])
def test_the_detector_alarms_no_oftener_than_the_theorem_says(share, per_hour):
    """40 services for 60 days: exactly on target, and with a chance of errors that wanders below the budget's."""
    dice, limit = np.random.default_rng(3), 2_000.0
    total = dice.poisson(per_hour / 60, (40, 60 * DAY))
    detector = Detector.of(share, limit)
    for chance in (share, share * (0.5 + 0.5 * np.sin(np.arange(60 * DAY) / 300) ** 2)):
        bad = dice.binomial(total, chance)
        alarms = sum(detector.run(detector.start(), *row)[1].sum() for row in zip(bad, total, strict=True))
        allowed = float((total > 0).sum() / limit)
        assert 0 < alarms <= allowed


def test_the_threshold_is_as_many_busy_minutes_as_may_pass_between_alarms():
    """90 days of them for one false page in 90 days."""
    assert float(threshold(100, allowed=1)) == 9_000
    assert float(threshold(0)) == 1


def test_it_sees_an_outage_in_three_events_and_a_slow_leak_in_a_day():
    """Four an hour at 99 %: three bad ones in a row; or one in ten for a day and a half."""
    detector = Detector.of(0.01, 9_000)
    _, alarms = detector.run(detector.start(), [1] * 3, [1] * 3)
    assert alarms.tolist() == [False, False, True]
    _, leak = detector.run(detector.start(), [0] * 9 * 1 + ([1] + [0] * 9) * 14, [1] * 149)
    assert leak.any()


def test_bursts_are_no_chance_and_it_alarms():
    """Half the budget in bursts of half an hour: the theorem does not speak of them, and they are incidents."""
    dice = np.random.default_rng(6)
    total = arrivals(dice, Traffic(30), 1, 30 * DAY)
    bad = errors(dice, total, bursty(dice, 0.005, 1, 30 * DAY))
    detector = Detector.of(0.01, float(threshold(600)))
    assert detector.run(detector.start(), bad[0], total[0])[1].sum() >= 2


def test_critical_counts_and_the_gate_are_of_one_mind():
    """Without a burn to exceed, what is needed is what is significant."""
    for total in (2, 10, 100, 1_000):
        assert int(needed(total, factor=0, share=0.01, alpha=1.1e-4)) == critical(total, 0.01, 1.1e-4)
