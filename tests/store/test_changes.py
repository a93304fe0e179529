"""What an append changed, as columns: the spans of its series, and many of them made one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.window import Span
from leeway.ports.points import Change, Changes, Rows
from leeway.store.points.versions import batch

SLICES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), max_size=40)


def rows_of(slices):
    series, time = np.array(slices, np.int64).reshape(-1, 2).T
    place = np.arange(len(slices))
    return Rows(series.astype(np.int32), time, place, place, np.full(len(slices), np.nan))


@given(SLICES)
def test_an_append_changes_each_of_its_series_from_its_first_slice_to_its_last(slices):
    """Whatever the order of the rows, and however often a slice comes."""
    spans = {}
    for series, time in slices:
        spans.setdefault(series, []).append(time)
    expected = [Change(series, Span(min(own), max(own) + 1), 7) for series, own in sorted(spans.items())]
    assert list(batch(rows_of(slices)).changes(7)) == expected


@given(SLICES)
def test_of_rows_for_one_slice_the_last_one_is_kept_in_its_place(slices):
    """The rows stay in the order in which they were given."""
    last = {each: place for place, each in enumerate(slices)}
    assert batch(rows_of(slices)).rows.good.tolist() == sorted(last.values())


@given(st.lists(SLICES, min_size=1, max_size=4))
def test_joined_changes_reach_as_far_as_all_of_them(appends):
    """One span for each series, by series, under the newest number; joining again changes nothing."""
    parts = [batch(rows_of(slices)).changes(seq) for seq, slices in enumerate(appends)]
    gathered = Changes.gathered(parts)
    assert list(gathered) == [change for part in parts for change in part]
    known = {}
    for change in gathered:
        before = known.get(change.series, change).span
        span = Span(min(before.start, change.span.start), max(before.end, change.span.end))
        known[change.series] = Change(change.series, span, change.seq)
    assert list(gathered.joined()) == [known[series] for series in sorted(known)]
    assert list(gathered.joined().joined()) == list(gathered.joined())
