"""Windows: which span of time a budget covers, in every zone and on every odd day."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leeway.core.window import Calendar, EndOfMonth, Period, Rolling, Span

DATA = Path(__file__).parents[1] / "data"
SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}


def epoch(text):
    """From an RFC 3339 time; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def span(start, end):
    return Span(epoch(start), epoch(end))


def calendar(period, anchor, zone="UTC", count=1, end_of_month=EndOfMonth.CLAMP):
    return Calendar(Period(period), count, datetime.fromisoformat(anchor), zone, end_of_month)


def rows(name):
    with (DATA / name).open() as file:
        return list(csv.DictReader(file))


def wall(time, zone):
    """What a clock on the wall shows."""
    return datetime.fromtimestamp(time, ZoneInfo(zone)).replace(tzinfo=None).isoformat()


# ---- published cases ----


@pytest.mark.parametrize("row", rows("windows.csv"), ids=lambda row: "-".join(row.values()))
def test_windows_that_roll_over_month_ends_are_those_of_nobl9(row):
    """57 cases: rolling windows, and every calendar unit before, at and after its anchor."""
    if row["anchor"]:
        window = calendar(row["period"], row["anchor"], row["zone"], int(row["count"]), EndOfMonth.ROLL_OVER)
    else:
        window = Rolling(int(row["count"]) * SECONDS[row["period"]])
    assert window.at(epoch(row["time"])) == span(row["start"], row["end"])


@pytest.mark.parametrize("row", rows("months_2026.csv"), ids=lambda row: f"{row['zone']} {row['month']}")
def test_a_month_is_as_long_as_its_zone_makes_it(row):
    """All months of 2026 in five zones: an hour shorter in spring, an hour or half an hour longer in autumn."""
    month = calendar("month", "2024-01-01", row["zone"])
    expected = span(row["start"], row["end"])
    assert expected.length_s == int(row["seconds"])
    for time in (expected.start, expected.start + 1, expected.end - 1):
        assert month.at(time) == expected


# ---- month ends ----


@pytest.mark.parametrize(
    ("period", "anchor", "time", "start", "end"),
    [
        ("month", "2026-01-31", "2026-02-27", "2026-01-31", "2026-02-28"),
        ("month", "2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31"),
        ("month", "2026-01-31", "2026-03-30", "2026-02-28", "2026-03-31"),
        ("month", "2026-01-31", "2026-03-31", "2026-03-31", "2026-04-30"),
        ("month", "2026-01-31", "2025-12-30", "2025-11-30", "2025-12-31"),
        ("month", "2024-01-30", "2024-02-29", "2024-02-29", "2024-03-30"),
        ("month", "2025-01-30", "2025-02-28", "2025-02-28", "2025-03-30"),
        ("month", "2024-01-29", "2024-03-01", "2024-02-29", "2024-03-29"),
        ("month", "2025-01-29", "2025-03-01", "2025-02-28", "2025-03-29"),
        ("quarter", "2025-11-30", "2026-03-01", "2026-02-28", "2026-05-30"),
        ("quarter", "2025-08-31", "2025-11-30", "2025-11-30", "2026-02-28"),
        ("quarter", "2025-08-31", "2025-08-30", "2025-05-31", "2025-08-31"),
        ("year", "2024-02-29", "2025-02-27", "2024-02-29", "2025-02-28"),
        ("year", "2024-02-29", "2025-02-28", "2025-02-28", "2026-02-28"),
        ("year", "2024-02-29", "2028-02-28", "2027-02-28", "2028-02-29"),
        ("year", "2024-02-29", "2028-02-29", "2028-02-29", "2029-02-28"),
        ("year", "2024-02-29", "2023-03-01", "2023-02-28", "2024-02-29"),
        ("year", "2024-02-29", "1899-12-31", "1899-02-28", "1900-02-28"),
    ],
)
def test_a_day_that_a_month_lacks_is_its_last_day_and_comes_back(period, anchor, time, start, end):
    """Each period is counted from the anchor, so the 31st is not forgotten after a February."""
    assert calendar(period, anchor).at(epoch(time)) == span(start, end)


def test_clamping_and_rolling_over_differ_only_where_a_month_lacks_the_day():
    """The 1st of March is clamped's March and rolled-over's January."""
    clamped, rolled = (calendar("month", "2025-01-31", end_of_month=rule) for rule in EndOfMonth)
    assert clamped.at(epoch("2025-03-01")) == span("2025-02-28", "2025-03-31")
    assert rolled.at(epoch("2025-03-01")) == span("2025-01-31", "2025-03-03")
    assert clamped.at(epoch("2025-07-31")) == span("2025-07-31", "2025-08-31") == rolled.at(epoch("2025-07-31"))


# ---- before the anchor, boundaries, multiples ----


@pytest.mark.parametrize("period", Period)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
def test_a_boundary_belongs_to_the_period_that_begins_there(period, zone):
    """One second before it is still the old period."""
    window = calendar(period, "2026-03-01T06:30:00", zone, count=2)
    here = window.at(epoch("2026-03-29T12:00:00"))
    assert window.at(here.end).start == here.end
    assert window.at(here.end - 1) == here == window.at(here.start)
    assert window.at(here.start - 1).end == here.start


def test_periods_repeat_before_the_anchor_too():
    """An SLO that starts next month has a period now."""
    assert calendar("month", "2026-05-01").at(epoch("2026-03-15")) == span("2026-03-01", "2026-04-01")
    assert calendar("week", "2026-05-04", count=2).at(epoch("2026-05-03")) == span("2026-04-20", "2026-05-04")
    assert calendar("day", "2026-05-04T09:00:00").at(epoch("2026-05-04T08:59:59")).end == epoch("2026-05-04T09:00:00")


def test_multiples_are_counted_from_the_anchor():
    """Not from the year, the epoch or the evaluation."""
    assert calendar("month", "2025-11-15", count=5).at(epoch("2026-05-01")) == span("2026-04-15", "2026-09-15")
    assert calendar("quarter", "2025-11-15", count=3).at(epoch("2025-11-14")) == span("2025-02-15", "2025-11-15")
    assert calendar("year", "2025-11-15", count=4).at(epoch("2026-05-01")) == span("2025-11-15", "2029-11-15")


def test_a_week_begins_on_the_anchor_s_weekday():
    """Weeks from a Wednesday in Berlin keep midnight on both sides of the clock change: 167 hours."""
    week = calendar("week", "2026-01-07", "Europe/Berlin").at(epoch("2026-03-29T12:00:00"))
    assert week == span("2026-03-25T00:00:00+01:00", "2026-04-01T00:00:00+02:00")
    assert week.length_s == 167 * 3600


# ---- clock changes ----


@pytest.mark.parametrize(
    ("zone", "noon", "hours"),
    [
        ("Europe/Berlin", "2026-03-29T12:00:00+02:00", 23),
        ("Europe/Berlin", "2026-10-25T12:00:00+01:00", 25),
        ("America/New_York", "2026-03-08T12:00:00-04:00", 23),
        ("America/New_York", "2026-11-01T12:00:00-05:00", 25),
        ("Australia/Lord_Howe", "2026-04-05T12:00:00+10:30", 24.5),
        ("Australia/Lord_Howe", "2026-10-04T12:00:00+11:00", 23.5),
        ("Asia/Kolkata", "2026-03-29T12:00:00+05:30", 24),
        ("Asia/Kathmandu", "2026-03-29T12:00:00+05:45", 24),
        ("America/Sao_Paulo", "2018-11-04T12:00:00-02:00", 23),  # midnight itself was skipped
        ("Pacific/Apia", "2011-12-29T12:00:00-10:00", 24),  # the 30th was skipped
        ("Pacific/Apia", "2011-12-31T12:00:00+14:00", 24),
        ("Pacific/Kwajalein", "1993-08-20T12:00:00-12:00", 24),  # the 21st was skipped
        ("Pacific/Kwajalein", "1993-08-22T12:00:00+12:00", 24),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_however_long_that_is(zone, noon, hours):
    """Local days where clocks change by an hour, by half an hour, by a whole day, or not at all."""
    day = calendar("day", "2026-01-01", zone).at(epoch(noon))
    assert day.length_s == hours * 3600
    assert day.holds(epoch(noon))
    date = noon[:10]
    assert wall(day.start, zone) == (f"{date}T01:00:00" if zone == "America/Sao_Paulo" else f"{date}T00:00:00")


def test_a_start_that_the_clocks_skip_is_read_with_the_offset_before():
    """02:30 does not exist on that Sunday in Berlin: the day begins at 03:30 summer time, 24 hours after the last."""
    window = calendar("day", "2026-03-01T02:30:00", "Europe/Berlin")
    assert window.at(epoch("2026-03-29T12:00:00")) == span("2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00")
    assert window.at(epoch("2026-03-29T03:29:59+02:00")).end == epoch("2026-03-29T03:30:00+02:00")


def test_a_start_that_happens_twice_is_the_first_of_the_two():
    """02:30 comes twice on that Sunday in Berlin; the day begins in summer time and lasts 25 hours."""
    window = calendar("day", "2026-03-01T02:30:00", "Europe/Berlin")
    assert window.at(epoch("2026-10-25T02:45:00+01:00")) == span(
        "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"
    )
    assert window.at(epoch("2026-10-25T02:15:00+01:00")) == window.at(epoch("2026-10-25T12:00:00"))


def test_no_period_is_empty_where_a_zone_skipped_a_day():
    """Samoa had no 30 December 2011: the 29th is followed by the 31st."""
    days = calendar("day", "2011-12-01", "Pacific/Apia")
    last = days.at(epoch("2011-12-29T12:00:00-10:00"))
    following = days.at(last.end)
    assert last.length_s == following.length_s == 86_400
    assert wall(following.start, "Pacific/Apia") == "2011-12-31T00:00:00"


def test_hours_and_minutes_follow_the_clock_on_the_wall():
    """Where an hour comes twice, its window lasts for both; where one is skipped, there is none."""
    hours = calendar("hour", "2026-01-01", "Europe/Berlin")
    assert hours.at(epoch("2026-10-25T02:10:00+01:00")) == span(
        "2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00"
    )
    assert hours.at(epoch("2026-03-29T00:59:59")) == span("2026-03-29T00:00:00", "2026-03-29T01:00:00")
    assert hours.at(epoch("2026-03-29T01:00:00")) == span("2026-03-29T01:00:00", "2026-03-29T02:00:00")


def test_short_periods_touch_where_their_starts_would_be_out_of_order():
    """Seven minutes do not divide the skipped hour: 02:55 is read as 03:55, after 03:02."""
    window = calendar("minute", "2026-03-29T00:00:00", "Europe/Berlin", count=7)
    time = epoch("2026-03-29T00:55:00")
    while time < epoch("2026-03-29T03:00:00"):
        here = window.at(time)
        assert here.holds(time)
        assert 0 < here.length_s <= 420
        assert window.at(here.end).start == here.end
        time = here.end


# ---- rolling ----


def test_a_rolling_window_ends_now_and_knows_no_clock_change():
    """A day is 86,400 seconds, also on the day that has 23 hours."""
    now = epoch("2026-03-29T12:00:00+02:00")
    assert Rolling(86_400).at(now) == Span(now - 86_400, now)
    assert not Rolling(86_400).at(now).holds(now)


# ---- refusals ----


def test_a_window_without_length_or_with_two_zones_is_refused():
    """What cannot be a window is refused when it is made, not when it is used."""
    with pytest.raises(ValueError, match="length above zero"):
        Rolling(0)
    with pytest.raises(ValueError, match="at least one period"):
        calendar("day", "2026-01-01", count=0)
    with pytest.raises(ValueError, match="wall-clock"):
        Calendar(Period.DAY, 1, datetime.fromisoformat("2026-01-01T00:00:00+01:00"), "Europe/Berlin")
    with pytest.raises(ValueError, match="end before it starts"):
        Span(2, 1)


# ---- laws ----

ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Pacific/Chatham",
    "Antarctica/Troll",
]
ODD_MOMENTS = [
    "2011-12-30T10:00",
    "1993-08-21T12:00",
    "1969-09-30T13:00",
    "2018-11-04T03:00",
    "2026-03-29T01:00",
    "2026-10-25T01:00",
    "2026-03-08T07:00",
    "2026-11-01T06:00",
    "2026-04-04T15:00",
    "2026-10-03T15:30",
    "2026-02-28T00:00",
    "2024-02-29T23:59",
]
moments = st.one_of(
    st.integers(epoch("1960-01-01"), epoch("2037-01-01")),
    st.builds(lambda moment, off: epoch(moment) + off, st.sampled_from(ODD_MOMENTS), st.integers(-200_000, 200_000)),
)
anchors = st.integers(epoch("1960-01-01"), epoch("2037-01-01")).map(
    lambda time: datetime.fromtimestamp(time, UTC).replace(tzinfo=None)
)
month_ends = st.builds(
    lambda year, day, hour: datetime.fromisoformat(f"{year}-{day}T{hour:02}:30:00"),
    st.integers(1990, 2030),
    st.sampled_from(["01-29", "01-30", "01-31", "02-28", "03-31", "08-31", "11-30", "12-31"]),
    st.integers(0, 23),
)
calendars = st.builds(
    Calendar,
    st.sampled_from(Period),
    st.one_of(st.integers(1, 4), st.sampled_from([5, 7, 13, 90])),
    st.one_of(anchors, month_ends, st.just(datetime.fromisoformat("2024-02-29"))),
    st.sampled_from(ZONES),
    st.sampled_from(EndOfMonth),
)


@given(st.one_of(calendars, st.integers(1, 10**8).map(Rolling)), moments)
def test_the_window_at_a_time_reaches_up_to_it(window, time):
    """A calendar period holds the time; a rolling window ends there. Neither is ever empty."""
    here = window.at(time)
    assert here.length_s > 0
    assert here.end == time if isinstance(window, Rolling) else here.holds(time)


@given(calendars, moments)
def test_periods_tile_time(window, time):
    """No gap, no overlap: whatever moment of a period is asked for, the answer is that period; neighbours touch."""
    here = window.at(time)
    for inside in (here.start, here.end - 1, (here.start + here.end) // 2, time - 1, time + 1):
        if here.holds(inside):
            assert window.at(inside) == here
    assert window.at(here.end).start == here.end
    assert window.at(here.start - 1).end == here.start


@given(calendars, moments, moments)
def test_periods_of_two_moments_are_the_same_or_apart(window, one, other):
    """Periods never interleave, and they come in the order of their moments."""
    first, second = window.at(min(one, other)), window.at(max(one, other))
    assert first == second or first.end <= second.start


@given(calendars, moments)
def test_a_period_starts_where_the_wall_clock_says(window, time):
    """Its start shows the anchor's time of day, or a time that the clocks skipped past it."""
    assume(window.period not in (Period.MINUTE, Period.HOUR))
    start = datetime.fromisoformat(wall(window.at(time).start, window.zone))
    ahead = (start - window.anchor) % timedelta(days=1)
    assert ahead in (timedelta(0), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
