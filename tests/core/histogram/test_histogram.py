"""Histograms: what they say of any threshold holds the truth, whatever was added, made coarser, or stored between."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.histogram import LARGEST, Classic, DDSketch, Exponential, Histogram, Unlike, counted, pack, unpack
from leeway.core.histogram.classic import of_cumulative
from leeway.core.histogram.exponential import rung_of
from leeway.core.histogram.ladder import Ladder
from leeway.core.histogram.sketch import gamma_of
from leeway.core.histogram.sketch import rung_of as sketch_rung_of

EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
THRESHOLDS = st.one_of(st.floats(1e-4, 20), st.sampled_from(EDGES), st.sampled_from([0.0, -1.0, 0.5, 1.0, 2.0]))
SAMPLES = st.lists(st.one_of(st.floats(1e-4, 20), st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, 2.0])), max_size=40)
SIZES = st.floats(0.01, 30)
SIGNED = st.lists(st.one_of(SIZES, SIZES.map(lambda v: -v), st.sampled_from([0.0, -0.5, 0.5, -1.0])), max_size=40)
WILD = st.lists(st.floats(1e-200, 1e200), max_size=20)


def classic(samples, edges=EDGES):
    counts = np.bincount(np.searchsorted(edges, samples), minlength=len(edges) + 1)
    return Histogram(Classic(tuple(edges)), tuple(counts.tolist()))


def laddered(samples, make, rung, zero=0.0):
    """A histogram as its recorder would have made it."""
    near = [value for value in samples if abs(value) <= zero]
    rungs = {sign: [rung(abs(v)) for v in samples if v * sign > zero] for sign in (-1, 1)}
    spans = {sign: range(min(its), max(its) + 1) if its else range(0) for sign, its in rungs.items()}
    down, up = ([rungs[sign].count(each) for each in spans[sign]] for sign in (-1, 1))
    return Histogram(make(Ladder(spans[-1], zero, spans[1])), (*reversed(down), len(near), *up))


def exponential(samples, scale, zero=0.0):
    return laddered(
        samples,
        lambda rungs: Exponential(scale, rungs),
        lambda value: rung_of(value, scale),
        zero,
    )


def sketched(samples, accuracy=0.01, zero=0.0):
    gamma = gamma_of(accuracy)
    return laddered(
        samples,
        lambda rungs: DDSketch(gamma, rungs),
        lambda value: sketch_rung_of(value, gamma),
        zero,
    )


def holds(histogram, samples, threshold):
    low, high = histogram.at(threshold)
    return low <= sum(value <= threshold for value in samples) <= high


@given(SAMPLES, THRESHOLDS)
def test_buckets_hold_the_truth(samples, threshold):
    """However many values were at most the threshold: it lies between the two figures, and at an edge they are one."""
    histogram = classic(samples)
    assert holds(histogram, samples, threshold)
    assert histogram.total == len(samples)
    if threshold in EDGES:
        assert histogram.at(threshold) == (sum(value <= threshold for value in samples),) * 2


@given(SIGNED, st.one_of(THRESHOLDS, st.floats(-30, 30)), st.integers(-3, 12), st.sampled_from([0.0, 0.01, 0.5]))
def test_exponential_buckets_hold_the_truth(samples, threshold, scale, zero):
    """So do exponential ones, with negative values and a wide zero bucket."""
    assert holds(exponential(samples, scale, zero), samples, threshold)


@given(SIGNED, st.one_of(THRESHOLDS, st.floats(-30, 30)), st.sampled_from([0.005, 0.01, 0.2]))
def test_sketches_hold_the_truth(samples, threshold, accuracy):
    """So do sketches."""
    assert holds(sketched(samples, accuracy), samples, threshold)


@given(SAMPLES, SAMPLES)
def test_added_buckets_are_those_of_all_values(one, two):
    """Adding is counting the values of both."""
    assert classic(one) + classic(two) == classic(one + two)


@given(SAMPLES, SAMPLES, THRESHOLDS)
def test_buckets_with_other_edges_are_told_by_the_edges_they_share(one, two, threshold):
    """Nothing is invented between edges that only one of them has."""
    added = classic(one) + classic(two, (0.05, 0.1, 0.3, 1.0))
    assert added.shape == Classic((0.05, 0.1, 1.0))
    assert holds(added, one + two, threshold)


@given(SIGNED, SIGNED, st.integers(-2, 4), st.integers(-2, 4), st.sampled_from([0.0, 0.03]), st.floats(-30, 30))
def test_added_exponential_histograms_hold_the_truth(one, two, scale, other, zero, threshold):
    """At the coarser of both scales; of equal scales it is the histogram of all values."""
    added = exponential(one, scale) + exponential(two, other, zero)
    assert holds(added, one + two, threshold)
    assert added.total == len(one + two)
    assert added.shape.scale == min(scale, other)
    if scale == other and not zero:
        assert added.counts == exponential(one + two, scale).counts


@given(SIGNED, SIGNED, st.floats(-30, 30))
def test_added_sketches_are_those_of_all_values(one, two, threshold):
    """Of the same accuracy they add up without loss."""
    added = sketched(one, 0.02) + sketched(two, 0.02)
    assert holds(added, one + two, threshold)
    assert added == sketched(one + two, 0.02)


@given(WILD, WILD, st.floats(0, 9), st.booleans())
def test_what_would_grow_without_end_is_told_more_coarsely(one, two, threshold, exponentially):
    """A histogram stays small whatever values it sees, and still holds the truth."""
    parts = [exponential(each, 0) if exponentially else sketched(each, 0.2) for each in (one, two)]
    added = parts[0].fitted() + parts[1].fitted()
    for histogram in (*(part.fitted() for part in parts), added):
        assert len(histogram.counts) <= 512
    assert holds(added, one + two, threshold)
    assert added.total == len(one + two)


@given(SIGNED, st.integers(-3, 8))
def test_a_histogram_comes_back_from_its_bytes(samples, scale):
    """What is stored is what was measured, and never large."""
    for histogram in (classic(np.abs(samples)), exponential(samples, scale).fitted(), sketched(samples).fitted()):
        packed = pack(histogram)
        assert unpack(packed) == histogram
        assert len(packed) <= LARGEST


def test_large_counts_come_back_from_bytes():
    """Up to the largest whole number that 63 bits hold."""
    for count in (0, 255, 256, 65_536, 2**32, 2**62):
        histogram = Histogram(Classic((0.5,)), (count, 1))
        assert unpack(pack(histogram)) == histogram


@given(st.lists(st.tuples(SAMPLES, st.booleans()), min_size=1, max_size=8), THRESHOLDS)
def test_many_are_counted_as_one_by_one(histograms, threshold):
    """Counting the histograms of a day at once gives what each gives alone, in their order."""
    made = [classic(samples) if kind else exponential(samples, 3) for samples, kind in histograms]
    low, high = counted([pack(each) for each in made], threshold)
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [each.at(threshold) for each in made]


def test_golden_counts_at_a_threshold():
    """Of a thousand requests 850 are certainly within 0.3 s, and no more than 950."""
    buckets = of_cumulative({0.1: 600, 0.25: 850, 0.5: 950, 1.0: 990, math.inf: 1000})
    golden = {0.1: (600, 600), 0.2: (600, 850), 0.3: (850, 950), 0.4: (850, 950), 0.5: (950, 950), 0.75: (950, 990)}
    assert {threshold: buckets.at(threshold) for threshold in golden} == golden
    assert buckets.at(2) == (990, 1000)
    assert buckets.shape.cells().around(0.3) == (0.25, 0.5)
    assert buckets.shape.cells().around(0.5) is None


def test_golden_rungs():
    """Upper edges belong to their bucket: 1 lies in the bucket that ends at 1."""
    golden = {
        0.3: (-2, -14, -56),
        1.0: (-1, -1, -1),
        1.5: (0, 4, 18),
        2.0: (0, 7, 31),
        3.0: (1, 12, 50),
        10.0: (3, 26, 106),
    }
    assert {value: tuple(rung_of(value, scale) for scale in (0, 3, 5)) for value in golden} == golden


def test_golden_widths_of_buckets():
    """A bucket of scale 3 is 9.05 % wide, one of scale 5 2.19 %: this is all that a threshold can be in doubt by."""
    widths = {0: 1.0, 3: 0.09050773266525769, 5: 0.0218971486541166, 8: 0.002711275050202522}
    for scale, width in widths.items():
        shape = Exponential(scale, Ladder(range(0), 0.0, range(5)))
        assert shape.edge(4) / shape.edge(3) - 1 == pytest.approx(width, rel=1e-9)


def test_coarser_buckets_are_two_finer_ones():
    """Rung i of a scale goes into rung i >> 1 of the next, below zero too: −1 and −2 into −1."""
    fine = Histogram(Exponential(3, Ladder(range(0), 0.0, range(-2, 2))), (0, 1, 2, 4, 8))
    coarse = Exponential(2, fine.shape.rungs.coarser(1))
    assert coarse.rungs.positive == range(-1, 1)
    assert fine.told_in(coarse).tolist() == [0, 3, 12]


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_quantile_of_a_sketch_is_within_its_accuracy(samples, q):
    """The middle of its bounds is within 1 % of the sample that has the rank."""
    truth = sorted(samples)[max(1, math.ceil(q * len(samples))) - 1]
    low, high = sketched(samples).quantile(q)
    assert low < truth <= high
    assert 2 * high / (gamma_of(0.01) + 1) == pytest.approx(truth, rel=0.01 + 1e-9)


def test_of_no_values_there_is_no_quantile():
    """It is unknown, not zero."""
    assert classic([]).quantile(0.99) is None


def test_golden_quantiles_lie_within_their_bounds():
    """What Prometheus interpolates lies in the bucket named here; of the last one nothing is known but its edge."""
    buckets = of_cumulative({0.1: 600, 0.25: 850, 0.5: 950, 1.0: 990, math.inf: 1000})
    assert buckets.quantile(0.9) == (0.25, 0.5)
    assert buckets.quantile(0.99) == (0.5, 1.0)
    assert buckets.quantile(0.995) == (1.0, math.inf)


def test_the_mean_of_two_p99_is_nobodys():
    """Two hosts' p99 are 10 ms and 2 s; their mean is 1,005 ms, and the truth of both together is 20 ms."""
    edges = (0.01, 0.02, 0.1, 2.0)
    one, two = classic([0.010] * 990 + [0.020] * 10, edges), classic([0.010] * 5 + [2.0] * 5, edges)
    assert (one.quantile(0.99)[1], two.quantile(0.99)[1]) == (0.01, 2.0)
    assert (one + two).quantile(0.99) == (0.01, 0.02)
    assert (one + two).at(0.1) == (1005, 1005)


def test_buckets_that_fall_are_not_sound():
    """At most 250 ms cannot be fewer than at most 100 ms; such a histogram is not kept."""
    broken = of_cumulative({0.1: 600, 0.25: 500, math.inf: 1000})
    assert not broken.sound
    with pytest.raises(ValueError, match="sound"):
        pack(broken)


@pytest.mark.parametrize(
    "make",
    [
        lambda: of_cumulative({0.1: 5}),
        lambda: Classic((0.2, 0.1)),
        lambda: Classic((math.nan,)),
        lambda: Classic(tuple(range(600))),
        lambda: Exponential(21, Ladder(range(0), 0.0, range(0))),
        lambda: Exponential(0, Ladder(range(0), 0.0, range(1024, 1026))),
        lambda: Ladder(range(0), -1.0, range(0)),
        lambda: DDSketch(1.0, Ladder(range(0), 0.0, range(0))),
        lambda: Histogram(Classic((0.5,)), (1,)),
        lambda: unpack(b"\x02c\x01\x00\x00"),
        lambda: unpack(b"\x01x\x01\x00\x00"),
    ],
)
def test_what_is_no_histogram_is_refused(make):
    """No total, edges that do not ascend, a scale or a form that nobody knows."""
    with pytest.raises(ValueError, match=r"."):
        make()


def test_unlike_histograms_are_not_added():
    """What they would share is nothing but guesses."""
    exact = sketched([1.0], 0.01)
    for other in (classic([1.0]), exponential([1.0], 3), sketched([1.0], 0.02)):
        with pytest.raises(Unlike):
            exact + other
        with pytest.raises(Unlike):
            other + exact
