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

from leeway.app import pulls, running, texts
from leeway.clock import SystemClock
from leeway.config import load
from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.core.assess import Assessment
from leeway.demo.history import DAY_S, DAYS, HOUR_S, NOON_S, STORIES, Minutes, Story, last_batch
from leeway.demo.past import past_alerts
from leeway.demo.seed import definitions, seed
from leeway.engine.catalog import Numbers, make_catalog
from leeway.engine.planning import make_plan
from leeway.errors import Invalid
from leeway.formats.points import Owner, Table
from leeway.lab.backtest import run
from leeway.ports.alerts import Alert
from leeway.ports.kit.memory_state import MemoryState
from leeway.ports.state import Edit
from leeway.spec import finding
from leeway.spec.library import Library
from leeway.spec.plan import compile_slo
from leeway.store import open_points, open_state

OPENED = 1_790_000_000
OPENINGS = st.integers(OPENED, OPENED + 10 * 365 * DAY_S)
"""Some moment of ten years."""


def named(slo: str) -> Story:
    return next(one for one in STORIES if one.slo == slo)


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


@given(OPENINGS)
def test_on_every_day_the_deploy_is_one_burn_of_25_minutes(opened: int) -> None:
    """Chance adds nothing to it: not a checkout fails in the hour before it and in the hour after."""
    deploy = opened // DAY_S * DAY_S - 2 * DAY_S + 14 * HOUR_S + 300
    told = named("checkout").told(deploy - HOUR_S, deploy + 2 * HOUR_S, opened)
    assert told.time[told.good < told.total].tolist() == list(range(deploy, deploy + 25 * 60, 60))


@given(OPENINGS)
def test_in_every_night_there_are_three_bad_minutes_and_by_day_none(opened: int) -> None:
    """On quiet weekends too, when one page is a larger part of all."""
    told = named("catalogue").told(opened - 7 * DAY_S, opened, opened)
    bad = told.time[told.good < 0.95 * told.total]
    warming = told.time % DAY_S // 60
    assert bad.tolist() == told.time[(warming >= 180) & (warming < 183)].tolist()


def test_the_last_batch_is_the_newest_noon() -> None:
    """One second before noon it is yesterday's, at noon it is today's."""
    noon = OPENED // DAY_S * DAY_S + NOON_S
    assert last_batch(noon - 1) == noon - DAY_S
    assert last_batch(noon) == noon


def test_the_definitions_are_without_fault() -> None:
    """`leeway lint` has nothing to mend in the demo; it only tells what the alerts would do."""
    plan = make_plan(
        (), definitions("http://127.0.0.1:9", Path("/nowhere")), texts(), lambda *_: None, lambda _: None, prune=False
    )
    assert [one for one in plan.findings if one.severity is not finding.Severity.INFO] == []
    assert {change.name for change in plan.changes if change.kind == "SLO"} == {story.slo for story in STORIES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the demo filled an hour ago, and once more just now."""
    data = tmp_path_factory.mktemp("demo") / "data"
    now = SystemClock().now()
    seed(data, data, "http://127.0.0.1:8", now - 3_600)
    seed(data, data, "http://127.0.0.1:9", now)
    return data


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Assessment]:
    """The budgets by SLO; `then` and `since` are those of the morning before the last batch, as known then and now."""
    nine = last_batch(int(SystemClock().now())) - 3 * HOUR_S

    async def ask() -> dict[str, Assessment]:
        async with running(load(None, {}, {"data": folder}), SystemClock()) as leeway:
            found = {status.slo: status.assessment for status in await leeway.engine.statuses()}
            for name, known_at in (("then", nine), ("since", None)):
                (found[name],) = await leeway.engine.budget("daily-report", as_of=nine, known_at=known_at)
            return found

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


def test_the_late_batch_changed_what_was_known(told: dict[str, Assessment]) -> None:
    """The budget of the morning is counted anew with the five bad hours of the batch; the old answer is still there."""
    then, since = told["then"].budget, told["since"].budget
    assert datetime.fromtimestamp(told["then"].as_of, UTC).hour == 9
    assert (since.total, since.bad) == (then.total + 24, then.bad + 5)


def test_the_slow_burn_runs_three_times_too_fast(told: dict[str, Assessment]) -> None:
    """0.3 % errors against a target of 99.9 %."""
    burn = told["search"].burn_rates["3d"]
    assert burn is not None
    assert Fraction(25, 10) < burn < Fraction(35, 10)


def test_the_deploy_took_a_good_part_of_the_budget(told: dict[str, Assessment]) -> None:
    """Over three days it burned faster than it may, and yet 28 days can afford it."""
    burn, budget = told["checkout"].burn_rates["3d"], told["checkout"].budget
    assert burn is not None
    assert burn > 1
    assert 0 < budget.remaining < budget.allowed


def test_the_nightly_warming_costs_a_hundredth_of_the_budget(told: dict[str, Assessment]) -> None:
    """Three minutes of every night, and no others; those of a night more or less are as far as a window can differ."""
    budget = told["catalogue"].budget
    assert 87 <= budget.consumed <= 93
    assert Fraction(9, 1000) < 3 / budget.allowed < Fraction(11, 1000)


def test_four_points_an_hour_are_too_few_to_tell(told: dict[str, Assessment]) -> None:
    """The number is below the target, and the interval holds the target."""
    sli, interval = told["invoices"].budget.sli, told["invoices"].interval
    assert sli is not None
    assert interval is not None
    assert interval.low < sli < told["invoices"].objective.target < interval.high


def test_the_demo_does_not_write_into_the_folder_of_somebody_else(tmp_path: Path) -> None:
    """A folder with other definitions is refused, untouched."""
    state = open_state(tmp_path)
    state.apply([Edit("Service", "shop", "kind: Service", 0)], by="somebody", at=0.0)
    state.close()
    with pytest.raises(Invalid, match="not the demo's"):
        seed(tmp_path, tmp_path, "http://127.0.0.1:9", OPENED)


@pytest.fixture(scope="module")
def alerts() -> list[Alert]:
    """Every alert that the stories' policies would have led to in 90 days."""
    now = SystemClock().now()
    files = definitions("http://127.0.0.1:9", Path("/nowhere"))
    documents, _ = texts().judge(files, Library.of(()))
    library = Library.of(documents)
    state = MemoryState()
    catalog = make_catalog(library, Numbers(state), now, pulls)
    return [alert for alert, _ in past_alerts(catalog, now - DAYS * DAY_S, now)]


def test_the_stories_page_open_a_ticket_or_stay_silent_as_they_are_told(alerts: list[Alert]) -> None:
    """The deploy pages once, and its ticket says nothing; nights page for a month, and from then on nobody is woken."""
    deploy = [one for one in alerts if one.slo == "checkout"]
    assert {(one.severity, one.suppressed_by) for one in deploy} == {
        (Severity.PAGE, None),
        (Severity.TICKET, Suppression.INHIBITION),
    }
    nights = [one.suppressed_by for one in alerts if one.slo == "catalogue"]
    learned = nights.index(Suppression.HOLD)
    assert 25 <= learned <= 30
    assert set(nights[:learned]) == {None}
    assert set(nights[learned:]) == {Suppression.HOLD}
    assert len(nights) >= 75


def test_four_points_an_hour_page_for_three_in_a_row_and_for_one_nobody_is_woken(alerts: list[Alert]) -> None:
    """The run of three pages once, twenty days at 2 % are a ticket, and the one failure of today is chance."""
    now = SystemClock().now()
    runs = [one for one in alerts if one.slo == "invoices-this-month"]
    pages = [one.fired_at for one in runs if one.severity is Severity.PAGE]
    assert len(pages) == 1
    assert 11 * DAY_S < now - pages[0] < 13 * DAY_S
    tickets = [one.fired_at for one in runs if one.severity is Severity.TICKET and one.suppressed_by is None]
    assert len(tickets) == 1
    assert tickets[0] < pages[0]


def test_the_slow_burn_has_one_ticket_and_no_page() -> None:
    """Eight days of 0.3 %, as a backtest of its definition tells."""
    now = int(SystemClock().now())
    files = definitions("http://127.0.0.1:9", Path("/nowhere"))
    library = Library.of(texts().judge(files, Library.of(()))[0])
    (slo,) = (one for one in library.slos if one.metadata.name == "search")
    rows = named("search").told(now - 30 * DAY_S, now, now)
    table = Table.of_one(Owner("search"), rows.time, good=rows.good, total=rows.total)
    told = run([compile_slo(slo, library)], library, table, step_s=60).told
    burning = [one for one in told if one.fired_at > now - 8 * DAY_S]
    assert {one.severity for one in burning} == {Severity.TICKET}
    assert [one.resolved_at for one in burning][-1] is None
