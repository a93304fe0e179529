"""A thinned chart shows what the whole one shows: its highs, its lows, and where nothing is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.gaps import gaps
from leeway.core.thinning import least, thinned
from leeway.core.window import Span

NAN = float("nan")


shapes = st.tuples(st.integers(1, 80), st.integers(1, 3), st.integers(0, 2**32 - 1), st.booleans())


def drawn(shape):
    """Curves with few values, often unknown: all at the same moments, or each at its own."""
    count, curves, seed, together = shape
    dice = np.random.default_rng(seed)
    table = dice.integers(-5, 5, (curves, count)).astype(float)
    broken = dice.random((1 if together else curves, count)) < dice.random()
    return list(np.where(broken, NAN, table))


@given(shapes, st.integers(0, 60))
def test_thinned_curves_keep_their_extremes_their_ends_and_their_gaps(shape, more):
    """In as many moments as were asked for, or fewer, as long as all are broken at the same moments."""
    curves, most = drawn(shape), least(shape[1]) + more
    chosen = thinned(curves, most)
    assert len(chosen) <= most or not shape[-1]
    assert (np.diff(chosen) > 0).all()
    assert {0, len(curves[0]) - 1} <= set(chosen.tolist())
    for curve in curves:
        kept = curve[chosen]
        if not np.isnan(curve).all():
            assert (np.nanmin(kept), np.nanmax(kept)) == (np.nanmin(curve), np.nanmax(curve))
        known = chosen[~np.isnan(kept)]
        unbroken = [
            (left, right) for left, right in pairwise(known) if not np.isnan(kept[slice_of(chosen, left, right)]).any()
        ]
        assert not any(np.isnan(curve[left:right]).any() for left, right in unbroken), "a line is drawn over a gap"


def slice_of(chosen, left, right):
    return slice(*np.searchsorted(chosen, (left, right)))


def test_each_part_keeps_its_own_extremes():
    """Not only the highest of all: a wave of twenty crests keeps twenty."""
    wave = np.sin(np.linspace(0, 40 * np.pi, 20_000))
    kept = wave[thinned([wave], 100)]
    assert np.count_nonzero(kept > 0.999) >= 20
    assert np.count_nonzero(kept < -0.999) >= 20


def test_what_is_few_enough_stays_as_it_is():
    """And of nothing, nothing."""
    assert thinned([np.array([1.0, NAN, 2.0])], 8).tolist() == [0, 1, 2]
    assert thinned([], 8).tolist() == []


@given(st.sets(st.integers(0, 40)), st.integers(0, 20), st.integers(20, 40))
def test_gaps_and_rows_make_up_the_whole_span(minutes, first, last):
    """No step is in both, none in neither."""
    span = Span(first * 60, last * 60)
    time = np.array(sorted(minutes), np.int64) * 60
    unknown = {at for gap in gaps(time, span, 60, 99) for at in range(gap.start, gap.end, 60)}
    assert unknown == set(range(span.start, span.end, 60)) - set(time.tolist())
