"""Starter SLOs: windows of a history, targets drawn from them, what each would have meant, and what is not known."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.targets import TARGETS, snap
from leeway.errors import Invalid
from leeway.formats.points import Owner, read_csv
from leeway.lab.backtest import run
from leeway.lab.suggest import Asked, Blocks, History, as_json, documents, friendly, names_of, series_of, suggest
from leeway.lab.suggest.candidates import tried
from leeway.lab.suggest.series import step_of
from leeway.spec.documents import SLO
from leeway.spec.duration import Duration
from leeway.spec.library import Library
from leeway.spec.plan import compile_all

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTH = Duration.parse("28d")
WEEK = Duration.parse("7d")

# 90 days of about 20,000 events each, of which five in a day are bad, and three incidents
TOTAL = [
    *(20120, 20173, 19778, 20113, 19815, 19947, 20059, 19977, 20022, 20151, 20111, 20122, 19987, 19836, 19928, 19988),
    *(19817, 19881, 19975, 20084, 20154, 19954, 20076, 19866, 20127, 20086, 19984, 19825, 20069, 20026, 20055, 20024),
    *(19874, 20169, 19707, 19913, 20023, 20068, 20142, 20094, 19841, 19835, 19978, 19917, 19944, 19806, 20226, 20122),
    *(19980, 19781, 19982, 19919, 19852, 20112, 19973, 20034, 19764, 19641, 19930, 19790, 19848, 20032, 20036, 20360),
    *(20124, 19995, 20282, 19989, 19931, 19976, 20150, 19825, 19796, 19908, 20096, 19795, 19882, 20022, 20153, 19924),
    *(19912, 19896, 19844, 19974, 20204, 20203, 20007, 20119, 19949, 20106),
]
BAD = [
    *(
        10,
        4,
        3,
        8,
        3,
        4,
        6,
        9,
        4,
        5,
        8,
        11,
        6,
        3,
        1,
        4,
        3,
        431,
        6,
        7,
        6,
        4,
        8,
        7,
        8,
        3,
        3,
        10,
        5,
        5,
        6,
        7,
        10,
        5,
        10,
        2,
    ),
    *(6, 7, 3, 3, 5, 11, 6, 10, 166, 8, 2, 3, 8, 8, 4, 6, 6, 9, 6, 5, 5, 5, 7, 9, 6, 4, 4, 8, 8, 3, 3, 6, 3, 8, 5),
    *(559, 4, 4, 4, 3, 2, 2, 4, 2, 6, 7, 5, 5, 6, 9, 9, 2, 4, 4),
]


def table(*rows, header="time,slo,bad,total"):
    """Rows of a CSV as a table of points."""
    return read_bytes("\n".join([header, *(",".join(map(str, row)) for row in rows)]).encode())


def read_bytes(data):
    """As `leeway suggest` reads a file."""
    return read_csv(io.BytesIO(data), "points.csv")


def daily(bad=BAD, total=TOTAL, slo="checkout"):
    """A row for each day."""
    return table(*((DAY * day, slo, *counts) for day, counts in enumerate(zip(bad, total, strict=True))))


def only(points, asked=None):
    """The suggestion for the one series of a table."""
    (one,) = suggest(points, asked or Asked(MONTH)).found
    return one


def history(points, window=MONTH, **more):
    """The one history of a table."""
    (series,) = series_of(points)
    return History.of(series, window, more.pop("seed", 0), **more)


def test_the_figures_of_a_known_history_are_those_that_were_computed_elsewhere():
    """What is exact, to 1e-9: overall, the rolling windows, their quantiles, the independent ones."""
    answer = as_json(only(daily()))
    evidence, found = answer["evidence"], answer["backtest"]["distribution"]
    assert (evidence["days"], evidence["windows_independent"], evidence["events"]) == (90, 3, sum(TOTAL))
    assert evidence["rolling_min"] == pytest.approx(0.9984376228986565, abs=1e-9)
    assert evidence["rolling_q05"] == pytest.approx(0.9987297240766461, abs=1e-9)
    assert found["overall"] == pytest.approx(0.9990872123565431, abs=1e-9)
    assert found["rolling_median"] == pytest.approx(0.9989572080316409, abs=1e-9)
    assert found["rolling_windows"] == 63
    assert answer["target"] == 0.997


@pytest.mark.parametrize("seed", range(3))
def test_what_chance_has_a_part_in_is_right_within_its_error(seed):
    """Two runs of 20,000 windows each; the margins are five standard errors of the difference, as seeds differ."""
    answer = as_json(only(daily(), Asked(MONTH, seed=seed, targets=(Fraction("0.9985"),))))
    found = answer["backtest"]["distribution"]
    assert answer["evidence"]["bootstrap_q05"] == pytest.approx(0.9977264585895254, abs=6e-5)
    assert found["bootstrap_q01"] == pytest.approx(0.9969022054283311, abs=1.5e-4)
    assert found["bootstrap_q10"] == pytest.approx(0.9979841952069323, abs=6e-5)
    assert found["bootstrap_median"] == pytest.approx(0.9994014955463292, abs=2e-5)
    assert found["headroom_k2"] == pytest.approx(0.9988029910926584, abs=4e-5)
    assert found["headroom_k1.5"] == pytest.approx(0.9991022433194938, abs=3e-5)
    tries = {one["target"]: one for one in answer["backtest"]["candidates"]}
    known = {
        0.998: (0, 0.10665, 0.2993, 1.1368),
        0.9985: (1, 0.18045, 0.399, 1.5157),
        0.999: (37, 0.46675, 0.5985, 2.2735),
    }
    known |= {0.9995: (63, 0.61545, 1.197, 4.5471)}
    for target, (missed, chance, middle, worst) in known.items():
        assert tries[target]["rolling_windows_breached"] == missed
        assert tries[target]["share"] == pytest.approx(missed / 63, abs=1e-9)
        assert tries[target]["p_breach_bootstrap"] == pytest.approx(chance, abs=0.025)
        assert tries[target]["median_budget_consumed"] == pytest.approx(middle, rel=0.04)
        assert tries[target]["p95_budget_consumed"] == pytest.approx(worst, rel=0.03)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 50), st.booleans()), min_size=1, max_size=40),
    st.integers(1, 9),
)
def test_rolling_windows_are_the_naive_sums_of_neighbouring_blocks(days, count):
    """Those with events, of which at least half the blocks are known; the rest tells nothing."""
    known = [(day, min(bad, total), total) for day, (bad, total, there) in enumerate(days) if there]
    time, bad, total = (np.array([row[place] for row in known], np.int64) for place in range(3))
    windows = Blocks.of(time * DAY, bad, total, end=len(days) * DAY, length_s=DAY).rolling(count)
    first = known[0][0] if known else len(days)
    naive = []
    for begin in range(first, len(days) - count + 1):
        inside = [row for row in known if begin <= row[0] < begin + count]
        if 2 * len(inside) >= count and sum(row[2] for row in inside):
            naive.append((sum(row[1] for row in inside), sum(row[2] for row in inside)))
    assert list(zip(windows.bad.tolist(), windows.total.tolist(), strict=True)) == naive


def test_what_is_exactly_at_the_target_has_not_missed_it():
    """One bad of a thousand, day by day: 99.9 % is met by every window, however floats round."""
    past = history(daily([1] * 60, [1000] * 60))
    at, above = (tried(past, Fraction(target)) for target in ("0.999", "0.9991"))
    assert (at.missed, at.missed_share) == (0, 0)
    assert (above.missed, above.missed_share) == (33, 1)


@given(st.floats(0, 1))
def test_a_target_is_snapped_down_to_the_nearest_one_that_people_say(reliability):
    """Never above the figure by more than a rounding, and no other lies between."""
    target = snap(reliability)
    between = [one for one in TARGETS if (target or 0) < one and float(one) <= reliability]
    assert between == []
    assert target is None or float(target) <= reliability + 1e-12


@given(st.floats(1e-9, 1e12) | st.floats(-1e12, -1e-9), st.booleans())
def test_a_round_threshold_lies_on_the_side_that_is_asked_for_and_not_far_away(value, up):
    """Within half of the value, and rounding again changes nothing."""
    found = friendly(value, up=up)
    assert found >= value if up else found <= value
    assert abs(found - value) <= 0.5 * abs(value)
    assert friendly(found, up=up) == found


def test_a_steady_history_makes_windows_that_are_all_alike():
    """Whatever days are drawn, two in a hundred are bad."""
    past = history(daily([2] * 30, [100] * 30))
    assert np.ptp(past.resampled.reliability) == 0
    assert past.resampled.quantile(0.05) == pytest.approx(0.98, abs=1e-12)


def test_no_failure_among_few_events_is_no_promise():
    """Four events a day for 90 days, all good: 360 events show 99.25 % at 95 % confidence, so 99 % and not 99.999."""
    one = only(daily([0] * 90, [4] * 90))
    assert float(one.chosen.target) == 0.99
    assert any(said.startswith("360 events show no more than 99.2") for said in one.caveats)
    assert any(said.startswith("Only 0 bad events in all") for said in one.caveats)


def test_a_series_is_suggested_the_same_whatever_stands_beside_it():
    """The same seed, the same answer, for each series alone."""
    rows = [
        (DAY * day, slo, bad, total)
        for slo in ("a", "b")
        for day, (bad, total) in enumerate(zip(BAD, TOTAL, strict=True))
    ]
    both = [as_json(one) for one in suggest(table(*rows), Asked(MONTH)).found]
    alone = [as_json(only(daily(slo=slo))) for slo in ("a", "b")]
    assert both == alone
    assert as_json(only(daily(), Asked(MONTH, seed=1))) != as_json(only(daily()))


def test_series_come_in_the_order_of_the_file():
    """By their first row, whatever stands above them and however a table keeps them."""
    points = table(*(["none"] * 9), (0, "z", 1, 10), (0, "m", 1, 10), (60, "z", 1, 10), (0, "a", 1, 10))
    assert [one.owner.slo for one in suggest(points, Asked(MONTH)).found] == ["z", "m", "a"]


@pytest.mark.parametrize(
    ("time", "step_s"),
    [
        ([0], MINUTE),
        (range(0, DAY, 10), 10),
        (range(0, DAY, HOUR), HOUR),
        (range(0, 50 * DAY, DAY), DAY),
        ([*range(0, DAY, HOUR), *range(5 * DAY, 6 * DAY, HOUR)], HOUR),
        ([*range(0, 4 * DAY, HOUR), 60], HOUR),
        ([60, 120, 840, 1020, 5040, 5100], MINUTE),
        (range(5 * HOUR, 50 * DAY, DAY), MINUTE),
        (range(0, 7 * 420, 420), MINUTE),
    ],
    ids=["one", "10s", "1h", "1d", "gap", "a stray row", "events", "not at midnight", "fits no day"],
)
def test_how_long_rows_last_is_told_from_their_times(time, step_s):
    """Their usual distance if nearly all are on its grid and it fits a day; else a minute."""
    assert step_of(np.array(time)) == step_s


def test_days_without_data_are_neither_good_nor_resampled():
    """Half the days are missing: 45 known days, one independent window of four weeks, and it is said."""
    rows = [(DAY * day, "checkout", 1, 100) for day in range(90) if day % 2 == 0]
    one = only(table(*rows), Asked(MONTH, step_s=DAY))
    assert (one.history.days, one.history.independent) == (45, 1)
    assert set(one.history.resampled.total.tolist()) == {2800}
    assert any(said.startswith("Nothing is known of 44 days") for said in one.caveats)


def test_a_row_without_an_objective_is_a_row_of_each():
    """As everywhere; of two rows with one time the later line stands."""
    rows = [(0, "bar", "fast", 1, 10), (0, "bar", "slow", 2, 10), (DAY, "bar", "", 3, 10), (DAY, "bar", "slow", 4, 10)]
    found = list(series_of(table(*rows, header="time,slo,objective,bad,total"), DAY))
    counts = {one.owner: (one.points.total - one.points.good).tolist() for one in found}
    assert counts == {Owner("bar", "fast"): [1, 3], Owner("bar", "slow"): [2, 4]}


def test_rows_that_cannot_be_trusted_are_set_aside_with_their_line():
    """A line without an SLO, more bad than total, a word for a number."""
    points = table((0, "bar", 1, 10), (60, "", 1, 10), (120, "bar", 11, 10), (180, "bar", "x", 10))
    refused = suggest(points, Asked(MONTH)).quarantined
    assert [one.line for one in refused] == [3, 4, 5]
    assert refused[0].message == "no SLO is named"


def minutes(days, burns=()):
    """A row for each minute, one of 10,000 bad, and burns: (first minute, length, bad share)."""
    rng = np.random.default_rng(5)
    share = np.full(days * 1440, 1e-4)
    for begin, length, bad in burns:
        share[begin : begin + length] = bad
    total = rng.poisson(100, len(share))
    bad = rng.binomial(total, share)
    return table(*((MINUTE * place, "checkout", *row) for place, row in enumerate(zip(bad, total, strict=True))))


def test_pages_and_tickets_are_those_of_a_backtest_of_the_suggested_document():
    """What is told in the workshop is what `leeway backtest` tells of the YAML afterwards."""
    points = minutes(21, [(4_000, 30, 0.5), (12_000, 900, 0.02), (22_000, 60, 1.0)])
    one = only(points, Asked(WEEK))
    made = list(documents([one]))
    library = Library.of(made)
    report = run(compile_all([each for each in made if isinstance(each, SLO)], library), library, points, step_s=MINUTE)
    summary = report.as_json()["summary"]
    assert one.chosen.woken.pages == summary["pages"] > 0
    assert one.chosen.woken.tickets == summary["tickets"]


@pytest.mark.parametrize(("step_s", "pages", "tickets"), [(HOUR, False, True), (DAY, False, False)])
def test_rows_too_coarse_for_an_alert_make_no_quiet_night(step_s, pages, tickets):
    """Rows of an hour tell nothing of five minutes: unknown, never zero."""
    rows = ((step_s * place, "checkout", 1, 1000) for place in range(30 * DAY // step_s))
    told = only(table(*rows)).chosen.woken
    assert (told.pages is not None, told.tickets is not None) == (pages, tickets)


def test_rows_for_few_minutes_only_are_too_few_to_try_alerts_on():
    """Events one by one, without rows for the silence between them."""
    rng = np.random.default_rng(1)
    rows = ((MINUTE * int(place), "bar", 0, 1) for place in np.sort(rng.choice(20 * 1440, 1_000, replace=False)))
    one = only(table(*rows), Asked(WEEK))
    assert (one.chosen.woken.pages, one.chosen.woken.tickets) == (None, None)
    assert any("too few to try alerts on" in said for said in one.caveats)


@pytest.mark.parametrize(("higher", "op"), [(False, "lte"), (True, "gte")])
def test_a_threshold_for_values_is_round_and_at_least_its_share_is_good(higher, op):
    """95 % keep the one that is suggested; the others stand beside it with their own targets."""
    values = np.round(np.random.default_rng(2).lognormal(-1.5, 0.5, 30 * 24), 3)
    points = table(*((HOUR * place, "bar", value) for place, value in enumerate(values)), header="time,slo,value")
    answer = as_json(only(points, Asked(WEEK, higher=higher)))
    threshold = answer["threshold"]
    good = values >= threshold["value"] if higher else values <= threshold["value"]
    assert threshold["op"] == op
    assert good.mean() >= 0.95
    assert answer["backtest"]["distribution"]["overall"] == pytest.approx(good.mean(), abs=1e-9)
    assert answer["target"] <= good.mean()
    assert threshold["value"] in [one["value"] for one in answer["backtest"]["thresholds"]]


def test_a_threshold_that_a_person_names_is_taken():
    """It is what users said; nothing is drawn."""
    points = table(*((HOUR * place, "bar", place % 10) for place in range(24 * 30)), header="time,slo,value")
    answer = as_json(only(points, Asked(WEEK, threshold=6.5)))
    assert answer["threshold"] == {"op": "lte", "value": 6.5}
    assert answer["backtest"]["distribution"]["overall"] == pytest.approx(0.7, abs=1e-9)


def test_overlapping_windows_are_not_taken_for_evidence():
    """63 rolling windows over 90 days are three: that their worst is one in twenty is 14 % sure."""
    few, uneven, coarse, ask = only(daily()).caveats
    assert "90 days hold only 3 independent windows of 28 days; the 63 rolling ones overlap" in few
    assert "14 % sure" in few
    assert "59 windows" in few
    assert uneven.startswith("Half of all that went bad fell on 2 days of 90 days")
    assert coarse.startswith("Rows last 1 day")
    assert "ask your users what they need" in ask


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (daily([0] * 6, [100] * 6), "Too little history: 6 days"),
        (daily([0] * 60, [0] * 60), "Too little history"),
        (daily([60] * 60, [100] * 60), "Not even a target of 50 %"),
        (table((0, "bar", 2, 1)), "No row of this series can be used"),
    ],
    ids=["days", "events", "bad", "rows"],
)
def test_without_enough_to_go_by_there_is_no_target_and_it_is_said_why(points, said):
    """Null is an answer."""
    one = only(points)
    assert one.chosen is None
    assert one.caveats[0].startswith(said)
    assert as_json(one)["target"] is None


def test_a_history_shorter_than_the_window_is_told():
    """Ten days speak for four weeks only by putting days together."""
    one = only(daily(BAD[:10], TOTAL[:10]))
    assert one.history.independent == 0
    assert as_json(one)["evidence"]["rolling_min"] is None
    assert one.caveats[0].startswith("The history is shorter than one window of 28 days")


def test_a_window_that_days_do_not_fit_into_is_refused():
    """36 hours would cut days in half."""
    with pytest.raises(Invalid, match="1 day 12 hours is no whole number of 1 day"):
        only(daily(), Asked(Duration.parse("36h")))


def test_every_document_has_a_name_of_its_own_that_openslo_takes():
    """Whatever a CSV calls its series."""
    owners = [Owner("a b"), Owner("A.B"), Owner("x" * 80), Owner("ü"), Owner("s", "1"), Owner("s", "2")]
    assert names_of(owners) == ["a-b", "a-b-2", "x" * 63, "unnamed", "s-1", "s-2"]


def test_of_histograms_the_edges_of_buckets_are_offered():
    """So that no event is in doubt: 60 in 100 within 0.1 s, 96 within 0.25 s, all within a second; rows of one kind."""
    start, rows = 1_767_225_600, ["time,slo,histogram"]
    rows += [f"{start + HOUR * n},web,0.1:60 0.25:96 1:100 +Inf:100" for n in range(24 * 20)]
    (found,) = suggest(read_csv(io.BytesIO("\n".join(rows).encode()), "points.csv"), Asked(WEEK)).found
    assert found.history.events == 24 * 20 * 100
    assert [(one.limit.threshold.value, one.overall) for one in found.choices] == [(0.1, 0.6), (0.25, 0.96), (1.0, 1.0)]
    assert found.limit is not None
    assert found.limit.threshold.value == 0.25
    table = read_csv(io.BytesIO(f"{rows[0]}\n{rows[1]}\n{start},web,+Inf:7\n".encode()), "points.csv")
    assert [one.limit for one in suggest(table, Asked(WEEK)).found] == [None]
