"""Simulated traffic is what it says: so much of it, at such hours, with such errors, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from leeway.lab.streams import DAY, Traffic, arrivals, bursty, errors, stepped


def dice(seed=1):
    return np.random.default_rng(seed)


def test_the_same_seed_gives_the_same_events():
    """And another seed others."""

    def stream(seed):
        thrown = dice(seed)
        total = arrivals(thrown, Traffic(60), 3, DAY)
        return total, errors(thrown, total, bursty(thrown, 0.1, 3, DAY))

    assert all((one == other).all() for one, other in zip(stream(1), stream(1), strict=True))
    assert any((one != other).any() for one, other in zip(stream(1), stream(2), strict=True))


@pytest.mark.parametrize("per_hour", [4, 600])
def test_the_mean_is_as_asked_and_the_day_swings(per_hour):
    """Over 200 days; the busiest hour has about three times the quietest's events, at an hour of each service's own."""
    total = arrivals(dice(), Traffic(per_hour), 10, 200 * DAY)
    assert total.mean() * 60 == pytest.approx(per_hour, rel=0.02)
    by_hour = total.reshape(10, 200, 24, 60).mean(axis=(1, 3))
    assert by_hour.max(axis=1) / by_hour.min(axis=1) == pytest.approx(np.full(10, 2.95), rel=0.25)
    assert len(set(by_hour.argmax(axis=1).tolist())) > 3


def test_minutes_are_poisson():
    """Without a swing the variance is the mean."""
    total = arrivals(dice(), Traffic(90, swing=0), 4, 30 * DAY)
    assert total.var() == pytest.approx(total.mean(), rel=0.02)


@pytest.mark.parametrize("share", [0.0005, 0.01, 0.2])
def test_bursts_are_half_bad_last_half_an_hour_and_make_the_share(share):
    """Runs of minutes that are nothing but chance 0 or .5."""
    chances = bursty(dice(), share, 100, 200 * DAY)
    assert set(np.unique(chances).tolist()) == {0.0, 0.5}
    assert chances.mean() == pytest.approx(share, rel=0.1)
    begins = (np.diff(chances, axis=1) > 0).sum()
    assert (chances > 0).sum() / begins == pytest.approx(30, rel=0.1)


def test_bursts_that_cannot_be_are_refused():
    """Half of the events of bursts cannot be two thirds of all."""
    with pytest.raises(ValueError, match="bursts"):
        bursty(dice(), 2 / 3, 1, DAY)
    assert not bursty(dice(), 0, 1, DAY).any()


def test_a_step_raises_the_chance_from_its_minute_on():
    """And never lowers it."""
    chances = stepped(np.full((2, 10), 0.3, np.float32), 2, 10, at=4, share=0.2)
    assert (chances == np.float32(0.3)).all()
    chances = stepped(0.01, 2, 10, at=4, share=0.2)
    assert chances[:, :4] == pytest.approx(np.full((2, 4), 0.01))
    assert chances[:, 4:] == pytest.approx(np.full((2, 6), 0.2))


def test_errors_are_a_part_of_events():
    """Never more than there were, all of them where all fail, none where none does, the share on average."""
    thrown = dice()
    total = arrivals(thrown, Traffic(60), 5, 20 * DAY)
    assert (errors(thrown, total, 1.0) == total).all()
    assert not errors(thrown, total, 0.0).any()
    some = errors(thrown, total, np.full(total.shape, 0.1, np.float32))
    assert (some <= total).all()
    assert some.sum() / total.sum() == pytest.approx(0.1, rel=0.05)
