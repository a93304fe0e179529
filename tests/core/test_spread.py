"""How values are spread: every value is in one bar, and a quantile is a value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.histogram import Classic, Histogram, pack
from leeway.core.points import Points
from leeway.core.spread import QUANTILES, spread


def of_values(values, sketches=None):
    time = 60 * np.arange(len(values), dtype=np.int64)
    one = np.ones(len(values), np.int64)
    return Points(time, one, one, np.array(values, float), 1, sketches)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200))
def test_each_value_lies_in_one_bar_and_quantiles_are_values(values):
    """Whatever they are; a quantile is not exceeded by its share of them (nearest rank)."""
    found = spread(of_values(values))
    assert found.count == sum(bar.count for bar in found.bars) == len(values)
    assert all(one.high == later.low for one, later in zip(found.bars, found.bars[1:], strict=False))
    assert (found.bars[0].low <= min(values), found.bars[-1].high) == (True, pytest.approx(max(values)))
    for share, low, high in found.quantiles:
        assert low == high
        assert low in values
        assert sum(value <= low for value in values) >= share * len(values) > sum(value < low for value in values) - 1


def test_latencies_that_are_spread_wide_have_bars_that_grow():
    """A few slow ones do not press all others into the first bar."""
    found = spread(of_values([*np.linspace(0.01, 0.1, 900), *np.linspace(1, 60, 100)]))
    assert max(bar.count for bar in found.bars) < 250


def test_histograms_are_added_up_cell_by_cell():
    """Quantiles have bounds then; what fits nowhere is counted as left out."""
    sketches = np.array(
        [pack(Histogram(Classic((1.0, 3.0)), (4, 5, 1))), pack(Histogram(Classic((1.0,)), (6, 4)))], object
    )
    found = spread(of_values([np.nan, np.nan], sketches))
    assert (found.count, found.bars[0].count, found.bars[0].high) == (20, 10, 1.0)
    assert [(low <= high) for _, low, high in found.quantiles] == [True] * len(QUANTILES)


def test_what_has_no_values_is_spread_over_nothing():
    """A ratio has none, and neither has an empty series."""
    none = np.empty(0, np.int64)
    assert spread(Points(none, none, none)) is None
    assert spread(of_values([])) is None
