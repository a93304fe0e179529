"""Errors that come in clusters: exact tails, what is estimated of known clusters, and numbers that say as much."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.stats import binomial
from leeway.core.stats.clusters import (
    design_effect,
    effective,
    interval,
    overdispersion,
    overdispersions,
    pooled,
    upper_tail,
)

counts = st.integers(1, 300).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@pytest.mark.parametrize(
    ("rho", "effect", "two", "three", "five"),
    [
        (0, 1, 0.023854431118303702, 0.0017294268470260448, 3.626850557136308e-06),
        (0.05, 2.15, 0.0535592583426463, 0.022348855021285807, 0.0043248293822526485),
        (0.2, 5.6, 0.0464226738590664, 0.0313170652913618, 0.016232633414748898),
        (0.5, 12.5, 0.02750051505152218, 0.02263389489629597, 0.016915863119147723),
    ],
)
def test_the_chance_of_so_many_in_clusters_is_exact(rho, effect, two, three, five):
    """A day of 24 events at 1 %: five errors are a thousand times likelier in clusters than alone."""
    assert upper_tail([2, 3, 5], 24, 0.01, rho).tolist() == pytest.approx([two, three, five], rel=1e-9)
    assert float(design_effect(24, rho)) == pytest.approx(effect)


@given(counts, st.floats(1e-4, 0.9), st.floats(1e-3, 0.9))
def test_the_tail_is_the_sum_of_its_chances(drawn, share, rho):
    """Against the definition by gamma functions, term by term."""
    bad, total = drawn
    a, b = share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho
    terms = [math.log(math.comb(total, k)) + _beta(k + a, total - k + b) - _beta(a, b) for k in range(bad, total + 1)]
    assert float(upper_tail(bad, total, share, rho)) == pytest.approx(sum(map(math.exp, terms)), rel=1e-6, abs=1e-10)


def _beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


@given(counts, st.floats(1e-4, 0.9), st.sampled_from([0, 1e-3, 0.02, 0.3]))
def test_more_is_rarer(drawn, share, rho):
    """The tail falls with the count, from 1 to 0, and grows with the events."""
    bad, total = drawn
    tails = upper_tail(np.arange(total + 2), total, share, rho)
    assert (np.diff(tails) <= 1e-12).all()
    assert (tails[0], tails[-1]) == (1, 0)
    assert float(upper_tail(bad, total + 1, share, rho)) >= tails[bad] - 1e-12


def test_beyond_thousands_of_terms_the_tail_goes_on_smoothly():
    """8,192 events are summed up, 8,194 are not: nobody sees where."""
    below, above = (float(upper_tail(total / 2, total, 0.2, 0.1)) for total in (8_192, 8_194))
    assert above == pytest.approx(below, rel=2e-3)


@pytest.mark.parametrize("events", [96, 1_440])
@pytest.mark.parametrize("rho", [0.02, 0.05])
def test_known_clusters_are_found(events, rho):
    """The median estimate of a hundred histories of 90 days is within a sixth of the truth."""
    dice = np.random.default_rng(7)
    share, strength = 0.01, (1 - rho) / rho
    total = dice.poisson(events, (100, 90))
    bad = dice.binomial(total, dice.beta(share * strength, (1 - share) * strength, (100, 90)))
    found = [overdispersion(*history).rho for history in zip(bad, total, strict=True)]
    assert np.median(found) == pytest.approx(rho, rel=1 / 6)


def test_independent_errors_are_not_taken_for_clusters():
    """Of 400 histories of four weeks at most a hundredth, and a little for luck."""
    dice = np.random.default_rng(8)
    total = dice.poisson(96, (400, 28))
    bad = dice.binomial(total, 0.01)
    assert sum(overdispersion(*history).rho > 0 for history in zip(bad, total, strict=True)) <= 8


@pytest.mark.parametrize(
    ("bad", "total"), [([], []), ([1], [4]), ([0, 0], [4, 4]), ([4, 4], [4, 4]), ([1, 0, 0], [4, 0, 0])]
)
def test_without_two_blocks_or_without_errors_nothing_is_said(bad, total):
    """One day, only good events, only bad ones: independence is not refuted."""
    assert overdispersion(bad, total).rho == 0


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_events_of_a_cluster_say_less_than_as_many_alone(total, rho):
    """One at least, and all of them where nothing clusters."""
    number = float(effective(total, rho))
    assert 1 - 1e-9 <= number <= total
    assert float(effective(total, 0)) == total
    assert rho == 0 or number <= 1 / rho + 1e-9


def test_clusters_widen_the_interval():
    """A day of minutes at 98 %: without clusters it is clear that 97 % is met, with them it is not."""
    alone, clustered = (interval(1411, 1440, float(effective(1440, rho))) for rho in (0, 0.05))
    assert alone == binomial.clopper_pearson(1411, 1440)
    assert alone.low > 0.97 > clustered.low
    assert interval(0, 0, 0) is None


def test_the_interval_of_clustered_days_covers_what_it_promises():
    """Four weeks of minutes, rho from the same four weeks: 95 % cover more than 90 %, raw ones a third."""
    dice = np.random.default_rng(9)
    total, share, strength = np.full(28, 1_440), 0.01, 49
    covered = {"estimated": 0, "raw": 0}
    for bad in dice.binomial(total, dice.beta(share * strength, (1 - share) * strength, (200, 28))):
        for name, rho in (("estimated", overdispersion(bad, total).rho), ("raw", 0)):
            found = interval(float(bad.sum()), float(total.sum()), pooled(total, rho))
            covered[name] += found.low <= share <= found.high
    assert covered["estimated"] > 180
    assert covered["raw"] < 100


def test_days_are_independent_of_each_other():
    """28 alike days say 28 times as much as one; one day among empty ones says what it says."""
    assert pooled([1440] * 28, 0.01) == pytest.approx(28 * float(effective(1440, 0.01)))
    assert pooled([1440, 0, 0], 0.01) == pytest.approx(float(effective(1440, 0.01)))
    assert pooled([], 0.01) == 0


def test_many_histories_at_once_are_each_alone():
    """Clustered, independent, without errors, with a single day, with days of no events."""
    dice = np.random.default_rng(3)
    total = np.column_stack([np.full(28, 500), np.full(28, 96), np.full(28, 96), np.eye(28)[0] * 50, np.arange(28) * 9])
    shares = np.column_stack([dice.beta(0.05, 5, 28), *[np.full(28, each) for each in (0.01, 0.0, 0.1, 0.02)]])
    bad = dice.binomial(total.astype(int), shares)
    rho, evidence = overdispersions(bad, total)
    alone = [overdispersion(bad[:, place], total[:, place]) for place in range(total.shape[1])]
    assert rho == pytest.approx([one.rho for one in alone])
    assert evidence == pytest.approx([one.evidence for one in alone])
    assert rho[0] > 0
    assert (rho[1:4] == 0).all()
