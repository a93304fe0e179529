"""Laws of the book: whatever arrives, in whatever order, its look-ups equal what the store alone gives."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leeway.core.histogram import Classic, Histogram, pack
from leeway.core.objective import DAY_S, Method, NoData, Objective, Op, Threshold
from leeway.core.quality import Kind
from leeway.core.window import Calendar, Period, Rolling, Span
from leeway.engine import query
from leeway.engine.book import Book
from leeway.engine.goal import Goal
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.points import Rows

NOW = 20_500 * DAY_S + 13 * 3_600 + 7 * 60
MONTH = Calendar(Period.MONTH, 1, datetime(2026, 1, 31), "Australia/Lord_Howe")  # noqa: DTZ001 - wall-clock time on purpose
WINDOWS = [Rolling(3_600), Rolling(2 * DAY_S), Rolling(28 * DAY_S + 60), Rolling(60 * DAY_S), MONTH]
SHAPES = [
    (Method.OCCURRENCES, None, None),
    (Method.TIMESLICES, 60, Fraction(1, 2)),
    (Method.TIMESLICES, 300, Fraction(9, 10)),
    (Method.RATIO_TIMESLICES, 600, None),
    (Method.TRAFFIC_WEIGHTED_TIMESLICES, 60, Fraction(9, 10)),
    (Method.TIMESLICES, DAY_S, Fraction(1, 2)),
    (Method.TIMESLICES, 420, Fraction(1, 2)),
]


@st.composite
def goals(draw):
    """A few goals over two series: one of counts, one of values and histograms."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        method, slice_s, slice_target = draw(st.sampled_from(SHAPES))
        values = draw(st.booleans())
        objective = Objective(
            f"objective {number}",
            method,
            Fraction(99, 100),
            draw(st.sampled_from(WINDOWS)),
            slice_s,
            slice_target,
            Threshold(Op.LTE, 2.0) if values else None,
            draw(st.sampled_from(NoData)),
            draw(st.sampled_from([60, 300, 3_600])),
        )
        kind = Kind.VALUE if values else Kind.COUNTS
        made.append(Goal(number, f"slo {number}", "bar", objective, 1 + values, kind, 1 if values else 10))
    return made


minutes = st.one_of(st.integers(-6, 30), st.integers(0, 3_000), st.integers(0, 70 * 1440))
batches = st.lists(st.tuples(st.integers(1, 2), minutes, st.integers(0, 3), st.integers(0, 3)), max_size=12)


def rows(batch, at):
    """(series, minutes ago, good, more) as rows; counts in tenths of events. Some of the values are histograms.

    Of these the threshold of 2 lies inside a bucket, which holds `more`.
    """
    series, ago, good, more = (np.array(column, np.int64) for column in zip(*batch, strict=True))
    time, held = at - at % 60 - 60 - ago * 60, (series == 2) & (more >= 2)
    value = np.where((series == 2) & ~held, good.astype(float), np.nan)
    total = np.where(held, good + more + 1, (good + more) * 10)
    sketch = np.full(len(series), None, object)
    for place in np.flatnonzero(held):
        sketch[place] = pack(Histogram(Classic((1.0, 3.0)), (int(good[place]), int(more[place]), 1)))
    return Rows(series.astype(np.int32), time, good * 10, total, value, sketch if held.any() else None)


waits = st.one_of(st.integers(0, 200), st.integers(0, 8 * 1440))
fates = st.sampled_from(
    ["goes on", "settles", "settles, is killed", "is killed", "is killed before it looks", "forgets one, settles"]
)


def from_the_store(goal, store, at):
    """As the store alone gives it; the exact interval aside, which a running server works out once an hour."""
    return replace(query.past(goal, store, at, None), adjusted=None)


OVER_MIDNIGHT = Objective(
    "slices that midnight parts",
    Method.TIMESLICES,
    Fraction(99, 100),
    Rolling(28 * DAY_S + 60),
    420,
    Fraction(1, 2),
    no_data=NoData.EXCLUDE,
)


@example(
    [Goal(0, "slo 0", "bar", OVER_MIDNIGHT, 1, Kind.COUNTS, 10)],
    [(0, [(1, 6, 1, 1), (1, 23 * 1440 + NOW % DAY_S // 60 - 1, 0, 3)], "is killed")],
)
@given(goals(), st.lists(st.tuples(waits, batches, fates), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_live_ledgers_agree_with_the_store_after_any_arrivals(wanted, history):
    """Late and early data, corrections, births in the past, days passing, kills, goals that come and go: all equal."""
    store, at = MemoryPoints(), NOW
    book = Book(store, at)
    book.set_goals(wanted)
    for wait, batch, fate in history:
        at += wait * 60
        if batch:
            store.append(rows(batch, at), known_at=at)
        if fate != "is killed before it looks":
            book.catch_up(at)
        if fate.startswith("forgets"):
            book.set_goals(wanted[1:])
            book.catch_up(at)
        if "settles" in fate:
            book.settle(at - at % DAY_S - DAY_S)
        if fate.startswith("forgets"):
            book.set_goals(wanted)
        if "is killed" in fate:
            book.close()
            book = Book(store, at)
            book.set_goals(wanted)
        for goal in wanted:
            live = replace(query.live(goal, book, store, book.head), adjusted=None)
            assert live == replace(from_the_store(goal, store, book.head), edges=live.edges), goal
    book.close()


@pytest.mark.parametrize("looked_before", [False, True])
def test_who_looks_before_what_arrived_is_judged_sees_sums_that_fit(looked_before):
    """The hour in whose middle the window begins is read when somebody asks: never more of it than the sums hold."""
    objective = Objective("o", Method.OCCURRENCES, Fraction(99, 100), Rolling(28 * DAY_S))
    goal, store = Goal(0, "slo", "bar", objective, 1, Kind.COUNTS, 10), MemoryPoints()
    book = Book(store, NOW)
    book.set_goals([goal])
    look = book.tally(goal)
    edge = 28 * 1440
    assert NOW // 60 % 60 == 7  # the window begins seven minutes into an hour
    if looked_before:
        assert look(Span(NOW - 28 * DAY_S, NOW)).total == 0
    store.append(rows([(1, ago, 2, 1) for ago in range(edge + 6, edge - 60, -1)], NOW), known_at=NOW)
    seen = look(Span(NOW - 28 * DAY_S, NOW))
    assert 0 <= seen.bad <= seen.total
    assert seen.covered >= 0
    book.catch_up(NOW)
    assert query.live(goal, book, store, NOW) == from_the_store(goal, store, NOW)
    book.close()


def test_a_correction_of_a_settled_day_outlives_a_restart():
    """Saved, corrected while its minutes are held, marked as known, restarted as hours: the correction holds."""
    wanted = Goal(
        1,
        "bar",
        "bar",
        Objective("x", Method.OCCURRENCES, Fraction(99, 100), Rolling(28 * DAY_S)),
        1,
        Kind.COUNTS,
        10,
    )
    store, midnight = MemoryPoints(), NOW - NOW % DAY_S
    book = Book(store, NOW)
    book.set_goals([wanted])
    for minutes_ago, good in ((15 * 60, 1), (14 * 60, 0)):
        store.append(rows([(1, minutes_ago, good, 1)], NOW), known_at=NOW)
        book.catch_up(NOW)
        book.settle(midnight - DAY_S)
    store.append(rows([(1, 14 * 60, 0, 3)], NOW), known_at=NOW)
    for day in range(8):
        book.catch_up(NOW + day * DAY_S)
        if day:
            book.settle(midnight + (day - 1) * DAY_S)
    before = query.live(wanted, book, store, book.head)
    book.close()
    book = Book(store, NOW + 7 * DAY_S)
    book.set_goals([wanted])
    assert query.live(wanted, book, store, book.head) == before == from_the_store(wanted, store, book.head)
    book.close()


def test_what_a_start_had_missed_is_not_missed_by_the_next():
    """Killed with points behind the mark, started, settled: the next start finds nothing to judge again."""
    store, midnight = MemoryPoints(), NOW - NOW % DAY_S
    store.append(rows([(1, 20 * 1440, 1, 1)], NOW), known_at=NOW)
    wanted = Goal(1, "bar", "bar", Objective("x", Method.OCCURRENCES, Fraction(1, 2), WINDOWS[2]), 1, Kind.COUNTS, 10)
    book = Book(store, NOW)
    book.set_goals([wanted])
    book.catch_up(NOW)
    book.settle(midnight - DAY_S)
    book.close()
    assert store.changes(store.hours_mark()) == ()


def test_a_pulse_says_what_the_assessments_say():
    """The fleet's arrays and the exact numbers of one objective are the same figures."""
    store = MemoryPoints()
    batch = [(1, ago, ago % 3, 2) for ago in range(4_000)]
    store.append(rows(batch, NOW), known_at=NOW)
    wanted = [
        Goal(
            place,
            f"slo {place}",
            "bar",
            Objective("x", method, Fraction(9, 10), window, slice_s, target),
            1,
            Kind.COUNTS,
            10,
        )
        for place, ((method, slice_s, target), window) in enumerate(
            (shape, window) for shape in SHAPES[:5] for window in WINDOWS
        )
    ]
    book = Book(store, NOW)
    book.set_goals(wanted)
    downs = book.burn_downs()
    seen = 0
    for order, pulse in book.pulses():
        for place, goal in enumerate(order):
            shown = query.live(goal, book, store, book.head)
            assert pulse.bad[place] == pytest.approx(float(shown.budget.bad))
            assert pulse.allowed[place] == pytest.approx(float(shown.budget.allowed))
            assert pulse.remaining_ratio[place] == pytest.approx(float(shown.budget.remaining_ratio))
            rates = [np.nan if rate is None else float(rate) for rate in shown.burn_rates.values()]
            assert pulse.burn[:, place] == pytest.approx(rates, nan_ok=True)
            assert downs[goal.number][-1] == pytest.approx(pulse.remaining_ratio[place])
            seen += 1
    assert seen == len(wanted)
