"""Pieces in which a budget went, where nobody marked incidents."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.past import DAY, MINUTE, objective, outage

from leeway.core.alerting.sums import PastSums
from leeway.core.judge import judge
from leeway.core.points import Points
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.lab.backtest.incident import stretches


def pieces(total, bad):
    """Minutes from and to, and the cost of each piece."""
    goal, time = objective(), np.arange(len(total)) * MINUTE
    end = len(total) * MINUTE
    track = Track.of(judge(goal, Points(time, total - bad, total), Span(0, end), born=0), time)
    at = np.append(time[1:], end)
    sums = PastSums.of(goal, track, at, born=0, step_s=MINUTE, scale=1, reach_s=DAY)
    return [(one.start // MINUTE, one.end // MINUTE, one.cost) for one in stretches("shop", "main", track, sums)]


def test_an_outage_is_one_piece_to_the_minute():
    """Half an hour of nothing: 30 of the 43.2 minutes of a month's budget."""
    total, bad = outage(20 * 1_440, 9 * 1_440, 30, "1")
    assert pieces(total, bad) == [(9 * 1_440, 9 * 1_440 + 30, pytest.approx(30 / 43.2))]


def test_noise_around_an_outage_does_not_move_its_edges():
    """Every minute has a bad event or two."""
    total, bad = outage(20 * 1_440, 9 * 1_440, 30, "1")
    noise = np.random.default_rng(1).poisson(50, len(total))
    ((begin, end, _),) = pieces(total, np.minimum(total, bad + noise))
    assert (begin, end) == (9 * 1_440, 9 * 1_440 + 30)


def test_what_costs_less_than_a_tenth_is_no_incident():
    """Four minutes are 9.3 %, five 11.6 %."""
    assert pieces(*outage(20 * 1_440, 9 * 1_440, 4, "1")) == []
    assert len(pieces(*outage(20 * 1_440, 9 * 1_440, 5, "1"))) == 1


def test_even_spending_is_no_incident_however_long():
    """Exactly on target for twenty days."""
    total = np.full(20 * 1_440, 100_000)
    assert pieces(total, np.full(len(total), 100)) == []


def test_one_failure_of_few_events_is_none_and_a_run_of_three_is_one():
    """Four events an hour: one failure is more than a third of a budget of 99.9 %, and says nothing."""
    total = np.tile([1, *[0] * 14], 20 * 96)
    bad = np.zeros(len(total), np.int64)
    bad[9_000] = 1
    assert pieces(total, bad) == []
    bad[[9_015, 9_030]] = 1
    assert [(begin, end) for begin, end, _ in pieces(total, bad)] == [(9_000, 9_031)]


def test_a_service_without_events_has_none():
    """There is nothing to divide by."""
    total = np.zeros(3 * 1_440, np.int64)
    assert pieces(total, total) == []
