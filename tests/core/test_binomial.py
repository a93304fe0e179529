"""Exact tails and intervals of independent events: published figures, and the laws that tie them together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.stats import wilson
from leeway.core.stats.binomial import at_least, at_most, clopper_pearson, critical, upper_tail

EXACT = {"rel": 1e-9, "abs": 1e-12}

counts = st.integers(1, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
shares = st.floats(1e-6, 0.999)


@pytest.mark.parametrize(
    ("bad", "total", "share", "chance"),
    [
        (1, 4, 0.01, 0.03940399),
        (2, 4, 0.01, 0.0005920299999999999),
        (3, 4, 0.01, 3.97e-06),
        (4, 4, 0.01, 1e-08),
        (1, 4, 0.144, 0.46309795430399997),
        (2, 24, 0.01, 0.023854431118303702),
        (3, 24, 0.01, 0.0017294268470260448),
        (5, 24, 0.01, 3.626850557136308e-06),
        (29, 2880, 0.005, 0.0004466226823430465),
        (29, 2880, 0.01, 0.5101756249880687),
        (29, 2880, 0.012, 0.850963901607671),
    ],
)
def test_the_chance_of_so_many_is_exact(bad, total, share, chance):
    """Four events an hour, a day of them, and the 28.8 errors that a month of them allows at 99 %."""
    assert float(upper_tail(bad, total, share)) == pytest.approx(chance, **EXACT)


@given(counts, shares)
def test_the_tail_is_the_sum_of_its_chances(drawn, share):
    """Against the definition, term by term."""
    bad, total = drawn
    terms = [math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(bad, total + 1)]
    assert float(upper_tail(bad, total, share)) == pytest.approx(math.fsum(terms), rel=1e-8, abs=1e-13)


def test_none_is_certain_and_more_than_all_is_impossible():
    """At the ends, of no events too."""
    assert upper_tail([0, 0, 1, 5], [0, 4, 0, 4], 0.3).tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("errors", "total", "confidence", "low", "high"),
    [
        (0, 1, 0.9, 0, 0.95),
        (0, 4, 0.95, 0, 0.602364635616),
        (1, 4, 0.95, 0.006309463209709866, 0.8058795503167566),
        (0, 4, 0.9, 0, 0.527129195498),
    ],
)
def test_the_interval_is_the_published_one(errors, total, confidence, low, high):
    """Clopper and Pearson's, of errors; of good events it is the mirror image."""
    interval = clopper_pearson(errors, total, confidence)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-11)
    mirrored = clopper_pearson(total - errors, total, confidence)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - high, 1 - low), abs=1e-11)


def test_one_side_is_the_published_one():
    """One error of four: the true share is 1.27 % or more, with 95 %."""
    assert at_least(1, 4) == pytest.approx(0.012741455098566194, **EXACT)
    assert (at_least(0, 4), at_most(4, 4)) == (0, 1)


def test_nothing_seen_has_no_interval_and_certainty_has_none_either():
    """As for Wilson's."""
    assert clopper_pearson(0, 0) is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        clopper_pearson(1, 2, 1)


@pytest.mark.parametrize(
    ("total", "share", "exact", "wilsons"),
    [
        (4, 0.001, 0.9960059960009999, 0.9960059960009999),
        (4, 0.01, 0.99940797, 0.9605960100000001),
        (4, 0.05, 0.9859812500000005, 0.9859812500000005),
        (24, 0.01, 0.9761455688816963, 0.9761455688816963),
        (24, 0.05, 0.9940254494135117, 0.9702175030915543),
        (96, 0.001, 0.9957160340516117, 0.9084203817511964),
    ],
)
def test_the_interval_covers_what_it_promises_and_wilsons_does_not_always(total, share, exact, wilsons):
    """How often 95 % intervals hold the true share: published figures; the exact one's never fall below 95 %."""
    errors = np.arange(total + 1)
    chances = upper_tail(errors, total, share) - upper_tail(errors + 1, total, share)

    def covered(method):
        intervals = [method(each, total) for each in errors.tolist()]
        return sum(chance for chance, one in zip(chances, intervals, strict=True) if one.low <= share <= one.high)

    assert covered(clopper_pearson) == pytest.approx(exact, **EXACT)
    assert covered(wilson) == pytest.approx(wilsons, **EXACT)
    assert exact >= 0.95


@given(counts, st.floats(0.5, 0.999))
def test_a_bound_is_where_the_tail_is_the_miss(drawn, confidence):
    """The lowest share that does not make so many errors a rare chance."""
    bad, total = drawn
    if bad:
        low = at_least(bad, total, confidence)
        assert float(upper_tail(bad, total, low)) == pytest.approx(1 - confidence, rel=1e-6)
    if bad < total:
        high = at_most(bad, total, confidence)
        assert 1 - float(upper_tail(bad + 1, total, high)) == pytest.approx(1 - confidence, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("target", "total", "alpha", "count"),
    [
        (0.9, 1, 0.05, None),
        (0.9, 2, 0.01, 2),
        (0.9, 4, 1e-4, 4),
        (0.9, 8, 1e-5, 7),
        (0.9, 12, 0.05, 4),
        (0.99, 54, 1e-3, 5),
        (0.99, 194, 1e-3, 8),
        (0.99, 9, 1e-3, 3),
        (0.999, 554, 1e-3, 5),
        (0.999, 1960, 1e-3, 8),
        (0.999, 2, 1e-3, 2),
    ],
)
def test_the_least_significant_count_is_the_published_one(target, total, alpha, count):
    """None where even all of them would be no rare chance."""
    assert critical(total, 1 - target, alpha) == count


@given(counts, shares, st.floats(1e-9, 0.5))
def test_the_least_significant_count_is_the_first_that_is_rare(drawn, share, alpha):
    """One fewer is not."""
    _, total = drawn
    count = critical(total, share, alpha)
    assert float(upper_tail(total if count is None else count - 1, total, share)) > alpha
    assert count is None or float(upper_tail(count, total, share)) <= alpha


@pytest.mark.parametrize(
    ("target", "events"), [(0.9, 29), (0.95, 59), (0.99, 299), (0.995, 598), (0.999, 2995), (0.9999, 29956)]
)
def test_how_many_events_without_an_error_show_a_target(target, events):
    """The rule of three, exactly: one event fewer does not show it with 95 %."""
    assert at_most(0, events) <= 1 - target < at_most(0, events - 1)
