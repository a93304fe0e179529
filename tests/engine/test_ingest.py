"""The law of ingest: a batch of many series does to each of them what a batch of its own would have done."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.quality import COUNT_SCALE, MAX_QUANTA, RATIO_SCALE, Kind
from leeway.engine.catalog import Feed
from leeway.engine.ingest import ingest
from leeway.engine.intake import Intake
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.push import PushBatch
from leeway.ports.state import Series

NOW = 1_790_000_040.0
NAN = float("nan")
KINDS = {
    "bar": (Kind.COUNTS, COUNT_SCALE, MAX_QUANTA),
    "cellar": (Kind.COUNTS, COUNT_SCALE, MAX_QUANTA),
    "door": (Kind.COUNTS, COUNT_SCALE, 5 * COUNT_SCALE),
    "kitchen": (Kind.VALUE, 1, MAX_QUANTA),
    "terrace": (Kind.SUCCESS_RATIO, RATIO_SCALE, MAX_QUANTA),
    "yard": (Kind.FAILURE_RATIO, RATIO_SCALE, MAX_QUANTA),
}
NAMES = (*KINDS, "nobody")


def feed(number, name):
    kind, scale, most = KINDS[name]
    return Feed(Series(number, name, "", "", scale, 0.0), kind, (), None, most)


FEEDS = {name: feed(number, name) for number, name in enumerate(KINDS, start=11)}
numbers = st.sampled_from([0.0, 0.25, 1.0, 4.0, 7.0, -1.0, NAN, float("inf")])
rows = st.lists(
    st.tuples(
        st.integers(0, len(NAMES) - 1), st.sampled_from([-90, -60, 0, 60, 120, 6_000]), numbers, numbers, numbers
    ),
    max_size=30,
)


def batch_of(rows, number=None):
    """All rows, or those of one series; `row` keeps their place in the whole."""
    chosen = [(place, row) for place, row in enumerate(rows) if number is None or row[0] == number]
    columns = list(zip(*(row for _, row in chosen), strict=True)) or [()] * 5
    return PushBatch(
        NAMES,
        np.array(columns[0], np.int32),
        np.array([NOW // 60 * 60 + at for at in columns[1]], np.int64),
        *(np.array(column, np.float64) for column in columns[2:]),
        np.array([place for place, _ in chosen], np.int64),
    )


def taken(batches):
    """What a store holds after these, and the receipts."""
    store = MemoryPoints()
    intake = Intake(store)
    receipts = [ingest(batch, FEEDS, intake, now=NOW, key=None) for batch in batches]
    held = {(each.series, each.time, each.good, each.total, repr(each.value)) for each in store.held.versions}
    assert len(held) == len(store.held.versions)
    return held, receipts, intake


@given(rows)
def test_a_batch_of_many_series_is_the_batches_of_each(rows):
    """Points, refusals and counters: repeats, faults, unknown names and kinds of series side by side."""
    held, (receipt,), intake = taken([batch_of(rows)])
    apart, receipts, counters = taken([batch_of(rows, number) for number in range(len(NAMES))])
    assert held == apart
    assert receipt.accepted == sum(each.accepted for each in receipts) == len(held)
    assert receipt.repeated == sum(each.repeated for each in receipts)
    assert set(receipt.refusals) == {refusal for each in receipts for refusal in each.refusals}
    assert (intake.accepted, intake.quarantined) == (counters.accepted, counters.quarantined)
    assert receipt.accepted + receipt.repeated + sum(count for _, count in receipt.quarantined) == len(rows)
    of_slice = {(row[0], row[1]) for row in rows}
    assert len(held) <= len(of_slice)
