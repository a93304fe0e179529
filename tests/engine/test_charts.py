"""What pages draw adds up: to the last event it is what the budget says."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.test_book import NOW, batches, goals, rows

from leeway.core.alerting.policy import Severity
from leeway.core.judge import judge, origin
from leeway.core.ledger.grid import HOUR_S
from leeway.core.objective import DAY_S, Method, Objective
from leeway.core.quality import Kind
from leeway.core.tally import units
from leeway.core.track import Track
from leeway.core.window import Calendar, Period, Rolling, Span
from leeway.engine import query
from leeway.engine.book import Book
from leeway.engine.book.increments import as_points
from leeway.engine.charts import calendar
from leeway.engine.charts.hours import hours
from leeway.engine.charts.ledger import MATTERS, ledger, told
from leeway.engine.goal import Goal
from leeway.errors import Invalid
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.points import Rows

AT = NOW - NOW % 60


def whole_track(goal, store):
    """Everything ever, judged at once."""
    extent = store.extent().get(goal.series)
    span = Span(0 if extent is None else extent.start - 90 * DAY_S, AT)
    grid = origin(goal.objective, goal.objective.window.at(AT))
    points = as_points(store.read(goal.series, span), goal)
    return Track.of(judge(goal.objective, points, span, born=extent and extent.start, grid=grid), points.time)


def counts(minutes_bad, minutes=3 * 1440, events=100):
    """A minute by minute past of counts that ends at AT; `minutes_bad` are (from, how many, bad of each)."""
    time = AT - 60 * np.arange(minutes, 0, -1, dtype=np.int64)
    bad = np.zeros(minutes, np.int64)
    for first, count, each in minutes_bad:
        bad[first : first + count] = each
    total = np.full(minutes, events)
    return Rows(np.ones(minutes, np.int32), time, (total - bad) * 10, total * 10, np.full(minutes, np.nan))


def goal_of(window=None, target="0.99"):
    objective = Objective("main", Method.OCCURRENCES, Fraction(target), window or Rolling(2 * DAY_S))
    return Goal(1, "checkout", "shop", objective, 1, Kind.COUNTS, 10)


def stored(*parts):
    store = MemoryPoints()
    for part in parts:
        store.append(part, known_at=AT)
    return store


@given(goals(), st.lists(batches, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_burns_and_background_are_all_that_was_consumed(wanted, history):
    """To the last quantum, for every method, window and policy; and what is in no row is the background."""
    store = stored(*(rows(batch, AT) for batch in history if batch))
    for goal in wanted:
        found, past = ledger(goal, store, AT), query.past(goal, store, AT, None).budget
        assert found.budget == past
        assert found.background + sum(one.spent for one in found.burns) == past.consumed
        track, lasts_s = whole_track(goal, store).within(Span(found.window.start, AT)), goal.objective.slice_s or 60
        quantum = units(goal.objective.method, goal.scale).bad
        spans = sorted((one.start, one.start + one.lasts_s) for one in found.burns)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        inside = np.zeros(len(track.start), np.bool_)
        for start, end in spans:
            inside |= (track.start >= start) & (track.start + lasts_s <= end)
        assert found.background == Fraction(int(np.diff(track.bad)[~inside].sum()), quantum)
        assert [one.spent for one in found.burns] == sorted((one.spent for one in found.burns), reverse=True)
        assert all(one.spent >= MATTERS * past.allowed for one in found.burns)


def test_an_outage_is_one_row_to_the_minute_and_one_that_goes_on_has_no_end():
    """The long one first, as it cost more."""
    store = stored(counts([(2_000, 90, 50), (4_300, 20, 100)]))
    going_on, over = sorted(ledger(goal_of(), store, AT).burns, key=lambda one: one.end is not None)
    assert (over.start, over.end, over.lasts_s) == (AT - 2_320 * 60, AT - 2_230 * 60, 90 * 60)
    assert (over.spent, over.worst) == (4_500, pytest.approx(50))
    assert (going_on.start, going_on.end, going_on.lasts_s) == (AT - 20 * 60, None, 20 * 60)
    assert going_on.spent == 2_000
    assert ledger(goal_of(), store, AT).burns == (over, going_on)


def alert(key, fired_at, resolved_at=None, *, sent=True, taken=False):
    return Alert(
        key, 1, "checkout", "main", "fast burn", Severity.PAGE, "", fired_at, resolved_at, None,
        fired_at if sent else None, None, fired_at + 60.0 if taken else None,
    )  # fmt: skip


def test_a_burn_recovered_alone_if_nobody_was_called_or_nobody_came():
    """Alerts that were up with it count, and those that fired soon after; what people wrote about its time is shown."""
    found = ledger(goal_of(), stored(counts([(2_000, 90, 50)])), AT)
    [burn] = found.burns
    before = alert("before", burn.start - 7_200, burn.start)
    much_later = alert("later", burn.end + 3_601)
    written = Annotation(1, "checkout", burn.start + 60.0, None, "release", "ann", 0.0)
    elsewhere = Annotation(2, "checkout", burn.end + 3_000.0, None, "lunch", "bob", 0.0)

    def alone(*alerts):
        [linked] = told(found, (before, *alerts, much_later), (written, elsewhere)).burns
        assert (linked.alerts, linked.annotations) == (alerts, (written,))
        return linked.alone

    up = burn.start + 600
    assert alone() is True
    assert alone(alert("quiet", up, sent=False)) is True
    assert alone(alert("nobody came", up, burn.end)) is True
    assert alone(alert("taken", up, burn.end, taken=True)) is False
    assert alone(alert("nobody came", up), alert("taken late", burn.end + 3_600, taken=True)) is False


@given(goals(), st.lists(batches, min_size=1, max_size=4), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_hour_is_what_its_slices_add(wanted, history, settled):
    """From ledger, roll-up or points, wherever it lies: the sums of the slices that begin in it."""
    store = stored(*(rows(batch, AT) for batch in history if batch))
    book = Book(store, AT)
    book.set_goals(wanted)
    if settled:
        book.settle(AT - AT % DAY_S - DAY_S)
    span = Span(AT // DAY_S * DAY_S - 80 * DAY_S, AT // DAY_S * DAY_S + DAY_S)
    for goal in wanted:
        found, track = hours(goal, book, store, span, AT), whole_track(goal, store)
        edges = np.append(found.at, span.end)
        places = np.searchsorted(track.start, edges)
        assert (found.bad == np.diff(track.bad[places])).all()
        assert (found.total == np.diff(track.total[places])).all()
        assert (found.covered == np.diff(np.searchsorted(track.row, edges))).all()
    book.close()


def of_days(goal, store, zone="UTC"):
    book = Book(store, AT)
    book.set_goals([goal])
    try:
        return calendar.days(goal, book, store, AT, zone)
    finally:
        book.close()


def test_days_of_thirteen_months_in_order_with_the_share_that_each_spent():
    """Unknown before the first row; in a window of two days half of its budget is due to each."""
    found = of_days(goal_of(), stored(counts([(3_000, 1, 100), (4_000, 10, 100)])))
    assert (
        found[0].day.day,
        (found[-1].day.year - found[0].day.year) * 12 + found[-1].day.month - found[0].day.month,
    ) == (1, 12)
    assert all(one.span.end == later.span.start for one, later in pairwise(found))
    *_, unknown, first, second, third, today = found
    assert (unknown.state, first.state) == ("unknown", "none")
    assert [one.covered for one in (first, second, third)] == [653, 1_440, 1_440]
    by_day = {one.span.start: one for one in found}
    one_bad = by_day[(AT - (4_320 - 3_000) * 60) // DAY_S * DAY_S]
    assert (one_bad.spent, one_bad.state, one_bad.even) == (100.0, "within", 0.5)
    many = by_day[(AT - (4_320 - 4_000) * 60) // DAY_S * DAY_S]
    assert many.state == "within" if many.ratio <= 0.5 else many.state == "over"
    assert sum(one.spent for one in found) == 1_100
    assert today.span.end > AT


def test_a_day_over_its_even_share_says_so():
    """An outage of an hour."""
    found = of_days(goal_of(), stored(counts([(4_000, 60, 100)])))
    assert [one.state for one in found if one.spent] == ["over"]


def test_days_begin_at_the_midnights_of_the_zone_also_when_clocks_change():
    """A day of 23 hours and one of 25; a zone that is none is refused with what was perhaps meant."""
    window = Calendar(Period.MONTH, 1, datetime(2026, 1, 1), "Europe/Berlin")  # noqa: DTZ001 - wall-clock time on purpose
    goal = goal_of(window)
    assert (calendar.zone_of(goal, None), calendar.zone_of(goal_of(), None)) == ("Europe/Berlin", "UTC")
    lengths = {one.span.length_s // HOUR_S for one in of_days(goal, stored(counts([])), "Europe/Berlin")}
    assert lengths == {23, 24, 25}
    with pytest.raises(Invalid) as refused:
        calendar.zone_of(goal, "Europe/Berlim")
    assert "Europe/Berlin" in refused.value.mend


@pytest.mark.parametrize("name", ["../etc/passwd", "/etc/passwd", "", "Europe", "x" * 300, "\x00"])
def test_what_is_no_zone_is_refused(name):
    """No path leads out of the zones; nothing said is the window's own."""
    if not name:
        assert calendar.zone_of(goal_of(), name) == "UTC"
        return
    with pytest.raises(Invalid):
        calendar.zone_of(goal_of(), name)


def test_the_week_shows_when_budget_goes_and_alerts_fire():
    """An outage in one hour of one day: in the zone's own time."""
    store, goal = stored(counts([(4_000, 10, 100)])), goal_of()
    book = Book(store, AT)
    book.set_goals([goal])
    when = AT - 320 * 60
    span = Span(AT // HOUR_S * HOUR_S - 2 * DAY_S, AT)
    cells = calendar.week(goal, book, store, span, "Asia/Tokyo", [alert("one", when), alert("old", AT - 30 * DAY_S)])
    book.close()
    there = datetime.fromtimestamp(when, UTC).hour + 9
    [spent] = [one for one in cells if one.spent]
    [paged] = [one for one in cells if one.pages]
    assert len(cells) == 168
    assert (spent.hour, spent.spent, spent.ratio) == (there % 24, 1_000.0, pytest.approx(1_000 / 2_887))
    assert (paged.weekday, paged.hour, paged.pages, paged.tickets) == (spent.weekday, spent.hour, 1, 0)
