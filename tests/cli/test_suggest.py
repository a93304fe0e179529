"""`leeway suggest`: what a team in a workshop learns from a CSV, and the draft that it takes home."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from leeway.cli import main

DAY = 86_400
KEYS = {"slo", "target", "method", "window", "evidence", "backtest", "caveats"}
EVIDENCE = {"days", "windows_independent", "events", "rolling_min", "rolling_q05", "bootstrap_q05"}


@pytest.fixture
def leeway(capsys, monkeypatch, tmp_path):
    """Run a verb in an empty folder: (exit code, what was printed, what was said aside)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def write(*rows, header="time,slo,good,total"):
    """A CSV in the folder."""
    Path("points.csv").write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")


def days(slo="checkout", count=90):
    """One row a day; every tenth day is bad."""
    return [(DAY * day, slo, 9_990 if day % 10 else 9_900, 10_000) for day in range(count)]


def test_json_has_the_agreed_shape_for_each_series(leeway):
    """One entry per series in the order of the file, numbers as numbers."""
    write(*days("b"), *days("a"))
    code, text, said = leeway("suggest", "--points", "points.csv", "-o", "json")
    answer = json.loads(text)
    assert (code, said) == (0, "")
    assert [one["slo"] for one in answer] == ["b", "a"]
    for one in answer:
        assert set(one) == KEYS
        assert set(one["evidence"]) == EVIDENCE
        assert one["method"] == "Occurrences"
        assert one["window"] == "28d"
        assert one["target"] == 0.997
        assert one["evidence"]["windows_independent"] == 3
        assert one["backtest"]["rolling_windows_breached"] == 0
        assert one["caveats"][-1].startswith("A target from present performance is a draft")


@pytest.mark.parametrize("header", ["time,slo,good,total", "time,slo,value", "time,slo,objective,good,total"])
def test_the_draft_lints_clean_and_carries_its_evidence(leeway, header):
    """Whatever was measured, and whatever the series is called."""
    if "value" in header:
        write(*((DAY * day, "Check-out: latency", day % 7 / 10) for day in range(60)), header=header)
    elif "objective" in header:
        write(*((DAY * day, "bar", name, 99, 100) for day in range(60) for name in ("a", "b")), header=header)
    else:
        write(*days(), header=header)
    code, text, _ = leeway("suggest", "--points", "points.csv", "--service", "shop")
    Path("slo.yaml").write_text(text)
    assert code == 0
    assert "leeway.dev/evidence:" in text
    assert "leeway.dev/evidence-backtest:" in text
    assert "leeway.dev/evidence-caveats:" in text
    code, text, _ = leeway("lint", "slo.yaml", "-o", "json")
    assert code == 0
    assert json.loads(text)["findings"] == []


def test_the_draft_can_be_used_at_once_on_the_same_points(leeway):
    """Its name is the series', so that budget and backtest find the rows."""
    write(*days())
    Path("slo.yaml").write_text(leeway("suggest", "--points", "points.csv")[1])
    code, text, said = leeway("budget", "-f", "slo.yaml", "--points", "points.csv", "--step", "1d", "-o", "json")
    (one,) = json.loads(text)
    assert (code, said) == (0, "")
    assert (one["slo"], one["target"], one["state"]) == ("checkout", 0.997, "healthy")


def test_a_series_that_openslo_cannot_call_by_its_name_is_told(leeway):
    """Else its rows would find no SLO."""
    write(*days("Check out"))
    code, text, said = leeway("suggest", "--points", "points.csv")
    assert code == 0
    assert "name: check-out" in text
    assert said == "points.csv: Check out became the SLO check-out: its rows must go by that name\n"


@pytest.mark.parametrize("form", ["yaml", "json", "table"])
def test_the_same_seed_is_the_same_answer_to_the_character(leeway, form):
    """Whoever repeats it can compare."""
    write(*days())
    ask = ("suggest", "--points", "points.csv", "-o", form)
    first, again, other = leeway(*ask, "--seed", "3"), leeway(*ask, "--seed", "3"), leeway(*ask, "--seed", "4")
    assert first == again
    assert first != other


def test_the_table_lays_targets_side_by_side_and_says_what_to_ask(leeway, monkeypatch):
    """The draft, one that users asked for, how often each would have been missed, whom it would have woken."""
    monkeypatch.setenv("COLUMNS", "140")
    write(*days())
    code, text, _ = leeway("suggest", "--points", "points.csv", "-o", "table", "--target", "99.5%")
    rows = {line.split("%")[0].strip(): line for line in text.splitlines() if "of 63" in line}
    assert code == 0
    assert list(rows) == ["99.5", "→ 99.7", "99.8", "99.9"]
    assert "asked for" in rows["99.5"]
    assert "63 of 63" in rows["99.9"]
    assert "chance to miss" in text
    assert "3 independent windows" in text
    assert "Ask your users" in text


def test_a_day_of_data_is_too_little_to_decide(leeway):
    """Exit code 4, an empty document, and the reason."""
    write(*((60 * minute, "bar", 1, 1) for minute in range(1_440)))
    code, text, said = leeway("suggest", "--points", "points.csv")
    assert (code, text) == (4, "")
    assert said.startswith("points.csv: no target for bar: Too little history: 1 day from the first row to the last")


def test_no_rows_at_all_is_too_little_too(leeway):
    """A header alone."""
    write()
    assert leeway("suggest", "--points", "points.csv", "-o", "json") == (
        4,
        "[]\n",
        "points.csv: no row of any series\n",
    )


def test_lines_that_cannot_be_trusted_are_named_and_the_rest_counts(leeway):
    """File, line, and what is wrong."""
    write(*days(), (90 * DAY, "checkout", 2, 1), ("yesterday", "checkout", 1, 1), (91 * DAY, "", 1, 1), (1, "checkout"))
    code, text, said = leeway("suggest", "--points", "points.csv", "-o", "json")
    assert code == 0
    assert json.loads(text)[0]["evidence"]["days"] == 90
    assert [line.split(": ")[0] for line in said.splitlines()] == [f"points.csv:{line}" for line in range(92, 96)]
    assert "more good or bad events than events in total" in said


@pytest.mark.parametrize(
    ("text", "arguments", "code", "said"),
    [
        ("time,slo,good,totl\n", (), 1, "points.csv:1: unknown column 'totl'"),
        ("", (), 1, "points.csv: the file is empty"),
        (None, (), 1, "points.csv: cannot be read"),
        ("time,slo,value\n0,a,1\n", ("--window", "36h"), 1, "1 day 12 hours is no whole number of 1 day"),
        ("time,slo,value\n", ("--window", "1M"), 2, "'1M': write days, weeks or hours"),
        ("time,slo,value\n", ("--window", "9999d"), 2, "not between an hour and a year"),
        ("time,slo,value\n", ("--step", "soon"), 2, "is no duration"),
        ("time,slo,value\n", ("--target", "1"), 2, "'1' is no target"),
        ("time,slo,value\n", ("--target", "1/0"), 2, "'1/0' is no target"),
        ("time,slo,value\n", ("--seed", "-1"), 2, "--seed"),
        ("time,slo,value\n", ("--threshold", "nan"), 2, "finite"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(leeway, text, arguments, code, said):
    """1: the file; 2: the call."""
    if text is not None:
        Path("points.csv").write_text(text)
    ended, printed, aside = leeway("suggest", "--points", "points.csv", *arguments)
    assert (ended, printed) == (code, "")
    assert said in aside


def test_its_help_waits_for_no_scipy():
    """It is loaded when there is something to compute, for it takes half a second."""
    code = "import sys, leeway.cli.suggest; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
