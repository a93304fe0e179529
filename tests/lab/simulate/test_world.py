"""Where simulated events come from."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.past import DAY, objective

from leeway.core.objective import Op, Threshold
from leeway.core.points import Points
from leeway.errors import Invalid
from leeway.lab.simulate import Drawn, Resampled
from leeway.lab.simulate.world import Events
from leeway.lab.streams import Traffic


def dice(seed=1):
    """A generator."""
    return np.random.default_rng(seed)


@pytest.mark.parametrize("burst_s", [None, 1_800])
def test_drawn_events_have_the_rate_and_the_share_that_was_asked_for(burst_s):
    """A year of 100 events an hour, 2 % bad, evenly or in bursts of half an hour."""
    found = Drawn(Traffic(100), 0.02, burst_s).stream(dice(), 365)
    assert found.total.sum() / 365 / 24 == pytest.approx(100, rel=0.01)
    assert found.bad.sum() / found.total.sum() == pytest.approx(0.02, rel=0.02 if burst_s is None else 0.2)
    assert (found.bad <= found.total).all()


def test_bursts_come_together():
    """Half of the events of a burst are bad, so bad minutes have bad neighbours."""
    even, bursty = (Drawn(Traffic(60), 0.02, each).stream(dice(), 60) for each in (None, 1_800))

    def together(events):
        bad = events.bad > 0
        return (bad[1:] & bad[:-1]).sum() / bad.sum()

    assert together(bursty) > 10 * together(even)


def test_bursts_cannot_be_milder_than_the_whole():
    """60 % bad on average is more than bursts of 50 % can make."""
    with pytest.raises(Invalid, match=r"cannot make 0\.6"):
        Drawn(Traffic(1), 0.6, 60)


def history(days, *, step_s=3_600, gap=()):
    """Day n has n bad events in each step, of 100; steps of `gap` have no row."""
    steps = DAY // step_s
    place = np.setdiff1d(np.arange(days * steps), gap)
    bad = place // steps
    return Points(place * step_s, 100 - bad, np.full(len(place), 100))


def test_resampled_days_are_whole_days_of_the_history():
    """Every day of the stream is one of them, and all of them come."""
    world = Resampled.of(objective(), history(10), 3_600)
    stream = world.stream(dice(), 500)
    days = stream.bad.reshape(500, 24)
    assert (days == days[:, :1]).all()
    assert set(days[:, 0]) == set(range(10))
    assert (world.share, world.per_hour) == (pytest.approx(0.045), 100)


def test_gaps_stay_gaps_and_days_that_are_hardly_known_are_left_out():
    """The third day lacks one hour, the fourth thirteen."""
    gap = [2 * 24 + 5, *range(3 * 24, 3 * 24 + 13)]
    world = Resampled.of(objective(), history(10, gap=gap), 3_600)
    assert len(world.total) == 9
    assert np.isnan(world.total).sum() == 1
    assert 3 not in world.bad[:, 0]


def test_values_count_by_their_threshold_and_parts_of_events_by_their_scale():
    """20 ms is fast enough, 30 ms is not."""
    goal = objective()
    goal = type(goal)("main", goal.method, goal.target, goal.window, threshold=Threshold(Op.LTE, 25.0))
    time = np.arange(7 * 24) * 3_600
    one = np.full(len(time), 1_000)
    points = Points(time, one, one, np.where(time % DAY == 0, 30.0, 20.0), scale=1_000)
    assert Resampled.of(goal, points, 3_600).share == pytest.approx(1 / 24)


@pytest.mark.parametrize(("days", "step_s", "why"), [(6, 3_600, "6 days"), (0, 3_600, "0 days"), (7, 7_000, "do not")])
def test_too_little_history_is_refused(days, step_s, why):
    """With what would do."""
    with pytest.raises(Invalid, match=why) as caught:
        Resampled.of(objective(), history(days), step_s)
    assert caught.value.mend


def test_what_fails_fails_from_its_step_on():
    """All of it: no good event is left; a half: about a half."""
    before = Drawn(Traffic(600), 0.0).stream(dice(), 3)
    for part in (1.0, 0.5):
        after = before.failing(1_000, part, dice())
        assert (after.bad[:1_000] == 0).all()
        assert after.bad[1_000:].sum() / after.total[1_000:].sum() == pytest.approx(part, abs=0.01)


def test_parts_of_events_fail_too_and_what_is_unknown_stays_so():
    """A resampled history has them."""
    found = Events(np.array([0.5, 0.0, 0.0]), np.array([1.5, np.nan, 0.25])).failing(0, 1.0, dice())
    assert found.bad.tolist() == [1.5, 0.0, 0.25]
    assert np.isnan(found.total[1])
