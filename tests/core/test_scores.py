"""Scores of forecasts: what they are by definition, and what they are best for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from leeway.core.forecast.scores import brier, crps, crps_each

amounts = st.floats(0, 2).map(lambda share: round(share, 6))
draws = nps.arrays(np.float64, st.integers(1, 30), elements=amounts)


@given(draws, st.lists(amounts, min_size=1, max_size=5))
def test_crps_is_what_its_definition_says(outcomes, observed):
    """E|X − y| − E|X − X'| / 2, by all pairs."""
    pairs = np.abs(outcomes[:, None] - outcomes).mean() / 2
    wanted = [np.abs(outcomes - one).mean() - pairs for one in observed]
    np.testing.assert_allclose(crps(outcomes, np.array(observed)), wanted, atol=1e-12)
    each = crps_each(np.tile(outcomes, (len(observed), 1)), np.array(observed))
    np.testing.assert_allclose(each, wanted, atol=1e-12)


@given(amounts, amounts)
def test_crps_of_one_number_is_how_far_off_it_is(said, observed):
    """A forecast without any doubt."""
    assert crps(np.array([said]), np.array([observed]))[0] == pytest.approx(abs(said - observed))


def test_brier_is_best_for_the_truth():
    """Of an event that happens in 3 of 10 cases, no other chance scores better than 0.3."""
    happened = np.repeat([1.0, 0.0], [3, 7])
    scores = [brier(np.full(10, chance), happened).mean() for chance in np.linspace(0, 1, 11)]
    assert np.argmin(scores) == 3
    assert min(scores) == pytest.approx(0.21)
