"""The invented history: the same whenever it is told, and true to its stories."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.app import SystemClock, running, texts
from leeway.config import load
from leeway.core.assess import Assessment
from leeway.demo.history import DAY_S, NOON_S, STORIES, Minutes, Story, last_batch
from leeway.demo.seed import definitions, seed
from leeway.engine.planning import make_plan
from leeway.errors import Invalid
from leeway.ports.state import Edit
from leeway.store import open_points, open_state

OPENED = 1_790_000_000


def columns(told: Minutes) -> list[list[float]]:
    return [getattr(told, name).tolist() for name in ("time", "good", "total", "known")]


@given(st.sampled_from(STORIES), st.lists(st.integers(OPENED - 3 * DAY_S, OPENED + DAY_S), min_size=3, max_size=3))
def test_a_story_told_in_two_parts_is_the_story_told_at_once(story: Story, moments: list[int]) -> None:
    """History and what the running demo adds minute by minute are one: nothing twice, nothing left out."""
    first, middle, last = sorted(moments)
    early, late = (columns(story.told(*part, OPENED)) for part in ((first, middle), (middle, last)))
    whole = columns(story.told(first, last, OPENED))
    together = sorted(zip(*(one + other for one, other in zip(early, late, strict=True)), strict=True))
    assert together == sorted(zip(*whole, strict=True))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slo)
def test_a_story_has_sane_rows(story: Story) -> None:
    """Good is never more than total, times are whole minutes, and nothing is known before it is over."""
    told = story.told(OPENED - 10 * DAY_S, OPENED, OPENED)
    assert len(told.time)
    assert np.all((told.good >= 0) & (told.good <= told.total))
    assert np.all(told.time % 60 == 0)
    assert np.all((told.known >= told.time + 60) & (told.known <= OPENED))


def test_the_last_batch_is_the_newest_noon() -> None:
    """One second before noon it is yesterday's, at noon it is today's."""
    noon = OPENED // DAY_S * DAY_S + NOON_S
    assert last_batch(noon - 1) == noon - DAY_S
    assert last_batch(noon) == noon


def test_the_definitions_are_without_fault() -> None:
    """`leeway lint` has nothing to say about the demo, not even advice."""
    plan = make_plan((), definitions("http://127.0.0.1:9"), texts(), prune=False)
    assert plan.findings == ()
    assert {change.name for change in plan.changes if change.kind == "SLO"} == {story.slo for story in STORIES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the demo filled an hour ago, and once more just now."""
    data = tmp_path_factory.mktemp("demo") / "data"
    now = SystemClock().now()
    seed(data, "http://127.0.0.1:8", now - 3_600)
    seed(data, "http://127.0.0.1:9", now)
    return data


def asked(folder: Path, slo: str, as_of: int | None = None, known_at: float | None = None) -> Assessment:
    async def ask() -> Assessment:
        async with running(load(None, {}, {"data": folder}), SystemClock()) as leeway:
            return (await leeway.engine.budget(slo, as_of=as_of, known_at=known_at))[0]

    return asyncio.run(ask())


def test_a_folder_that_was_kept_goes_on_where_it_ended(folder: Path) -> None:
    """A second start, with the bar at another address, adds the missing hour to the same series, and nothing twice."""
    points, state = open_points(folder), open_state(folder)
    try:
        assert len(state.all_series()) == len(STORIES)
        for series in state.all_series():
            span = points.extent()[series.id]
            rows = points.read(series.id, span)
            assert len(np.unique(rows.time)) == len(rows.time)
            if series.slo in {"bar", "checkout"}:
                assert np.all(np.diff(rows.time) == 60)
    finally:
        points.close()
        state.close()


def test_the_late_batch_changed_what_was_known(folder: Path) -> None:
    """The budget of the morning is counted anew with the batch, and the old answer can still be had."""
    nine = last_batch(int(SystemClock().now())) - 3 * 3_600
    assert datetime.fromtimestamp(nine, UTC).hour == 9
    then = asked(folder, "daily-report", nine, nine)
    now = asked(folder, "daily-report", nine)
    assert now.budget.bad == then.budget.bad + 5
    assert now.budget.total > then.budget.total


def test_the_slow_burn_runs_three_times_too_fast(folder: Path) -> None:
    """0.3 % errors against a target of 99.9 %."""
    burn = asked(folder, "search").burn_rates["3d"]
    assert burn is not None
    assert Fraction(25, 10) < burn < Fraction(35, 10)


def test_the_nightly_warming_costs_a_hundredth_of_the_budget(folder: Path) -> None:
    """Three minutes of every night, and no other."""
    budget = asked(folder, "catalogue").budget
    assert Fraction(85, 100) <= budget.consumed / 90 <= Fraction(115, 100)
    assert Fraction(9, 1000) < 3 / budget.allowed < Fraction(11, 1000)


def test_four_points_an_hour_are_too_few_to_tell(folder: Path) -> None:
    """The number is below the target, and the interval holds the target."""
    told = asked(folder, "invoices")
    assert told.budget.sli is not None
    assert told.budget.sli < told.objective.target
    assert told.interval is not None
    assert told.interval.low < told.objective.target < told.interval.high


def test_the_demo_does_not_write_into_the_folder_of_somebody_else(tmp_path: Path) -> None:
    """A folder with other definitions is refused, untouched."""
    state = open_state(tmp_path)
    state.apply([Edit("Service", "shop", "kind: Service", 0)], by="somebody", at=0.0)
    state.close()
    with pytest.raises(Invalid, match="not the demo's"):
        seed(tmp_path, "http://127.0.0.1:9", OPENED)
