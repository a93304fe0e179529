"""`leeway budget`: what a person gets for a definition and a CSV, good or bad."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from leeway.cli.frame import leeway, run

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: bar}}
spec:
  service: bar
  indicator:
    metadata: {{name: greeted}}
    spec:
      {metric}
  timeWindow: [{{duration: 1h, isRolling: true}}]
  budgetingMethod: {method}
  objectives: {objectives}
"""
METRIC = "{{metricSource: {{type: csv, spec: {{q: {}}}}}}}"
RATIO = f"ratioMetric: {{counter: false, good: {METRIC.format('g')}, total: {METRIC.format('t')}}}"
VALUE = "thresholdMetric: {metricSource: {type: csv, spec: {q: seconds}}}"
ONE = "[{displayName: main, target: 0.95}]"
TWO = "[{displayName: quick, op: lte, value: 30, target: 0.9}, {displayName: slow, op: lt, value: 60, target: 0.99}]"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    write(SLO.format(metric=RATIO, method="Occurrences", objectives=ONE))
    return tmp_path


def write(text, name="slo.yaml"):
    Path(name).write_text(text)


def budget(points, *more, name="points.csv"):
    """Exit code, the JSON answer, and what was said aside."""
    Path(name).write_bytes(points if isinstance(points, bytes) else points.encode())
    done = CliRunner().invoke(leeway, ["budget", "-f", "slo.yaml", "--points", name, "-o", "json", *more])
    return done.exit_code, json.loads(done.stdout) if done.stdout else None, done.stderr


def test_the_bar_on_a_busy_night(desk):
    """118 guests, 7 not greeted in time, 95 % wanted: 5.9 may, so the budget is gone and 1.1 below zero."""
    good, total = [2, 10, 12, 13, 13, 12, 13, 13, 12, 11], [4, 10, 12, 13, 14, 15, 14, 13, 12, 11]
    rows = "".join(f"2026-01-01T20:0{m}:00Z,bar,{g},{t}\n" for m, (g, t) in enumerate(zip(good, total, strict=True)))
    code, (answer,), said = budget("time,slo,good,total\n" + rows)
    assert (code, said) == (0, "")
    assert (answer["total"], answer["bad"]) == (118, 7)
    assert answer["budget"] == {
        "unit": "events",
        "allowed": 5.9,
        "consumed": 7,
        "remaining": pytest.approx(-1.1),
        "consumed_ratio": pytest.approx(7 / 5.9),
        "remaining_ratio": pytest.approx(-1.1 / 5.9),
    }
    assert answer["state"] == "exhausted"
    assert answer["as_of"] == "2026-01-01T20:10:00Z"
    assert answer["coverage"] == pytest.approx(10 / 60)
    assert answer["interval"]["low"] < 111 / 118 < answer["interval"]["high"]


@pytest.mark.parametrize(
    "points",
    [
        b"\xef\xbb\xbftime,slo,good,total\r\n1767297600,bar,9,10\r\n",
        b"time,slo,good,total\r1767297600,bar,9,10\r",
        b" time , slo , good , total \n 2026-01-01T20:00:00+00:00 , bar , 9.0 , 1e1 \n\n",
        b"time,slo,objective,bad,total\n2026-01-01T21:00:00+01:00,bar,,1,10\n",
        b'time,slo,objective,good,total\n"1767297600","bar","main","9","10"',
    ],
)
def test_a_table_says_the_same_however_it_was_saved(desk, points):
    """Byte order mark, CRLF, lone CR, blanks, zones, quotes, bad instead of good."""
    code, (answer,), said = budget(points)
    assert (code, said) == (0, "")
    assert (answer["good"], answer["total"]) == (9, 10)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("1767297630,bar,1,1", "time", "not the start of a step"),
        ("1767297600,bar,,1", "good", "empty, NaN or infinite"),
        ("1767297600,bar,nan,nan", "good, total", "empty, NaN or infinite"),
        ("1767297600,bar,1,inf", "total", "empty, NaN or infinite"),
        ("1767297600,bar,1_0,20", "good", "not written plainly"),
        ('1767297600,bar,"1,000",2000', "good", "not written plainly"),
        ("1767297600,bar,-1,1", "good", "below zero"),
        ("1767297600,bar,2,1", "good, total", "than events in total"),
        ("1767297600,bar,1,1e17", "total", "too large"),
        ("yesterday,bar,1,1", "time", "is no time"),
        ("1767297600000,bar,1,1", "time", "it looks like milliseconds"),
        ("2026-01-01T20:00:00,bar,1,1", "time", "is no time"),
        ("1767297600,bar,1", "total", "3 fields where the header has 4"),
    ],
)
def test_a_line_that_cannot_be_trusted_is_named_and_the_one_before_it_stands(desk, line, column, reason):
    """With file, row and column. Quarantine never repays budget and never overwrites."""
    code, (answer,), said = budget(f"time,slo,good,total\n1767297600,bar,7,10\n{line}\n")
    assert code == 0
    assert (answer["good"], answer["total"]) == (7, 10)
    assert f"points.csv:3: {column}: set aside: " in said
    assert reason in said


def test_a_parquet_file_is_told_by_its_first_bytes(desk):
    """Whatever it is called; its rows are counted from 1, and a CSV may be called Parquet."""
    with duckdb.connect() as database:
        rows = "SELECT to_timestamp(1767297600 + 60 * i) AS time, 'bar' AS slo, 9 + 2 * i AS good, 10 AS total"
        database.execute(f"COPY ({rows} FROM range(2) t(i)) TO 'made' (FORMAT parquet)")
    code, (answer,), said = budget(Path("made").read_bytes())
    assert (code, answer["good"], answer["total"]) == (0, 9, 10)
    assert said.startswith("points.csv:2: good, total: set aside: there are more good or bad events")
    code, (answer,), said = budget("time,slo,good,total\n1767297600,bar,9,10\n", name="points.parquet")
    assert (code, answer["good"], said) == (0, 9, "")


def test_a_pipe_may_bring_a_csv_but_no_parquet(desk, capfd):
    """Parquet is read from its end, which a pipe does not have yet."""
    command = [
        Path(sys.executable).with_name("leeway"),
        "budget",
        "-f",
        "slo.yaml",
        "--points",
        "/dev/stdin",
        "-o",
        "json",
    ]
    done = subprocess.run(command, input=b"time,slo,good,total\n1767297600,bar,9,10\n", capture_output=True, check=True)
    assert json.loads(done.stdout)[0]["good"] == 9
    done = subprocess.run(command, input=b"PAR1" + bytes(100), capture_output=True, check=False)
    assert (done.returncode, b"cannot be read from a pipe" in done.stderr) == (1, True)


def test_lines_after_the_last_good_one_are_named_too(desk):
    """A file whose steps are not those of --step is not passed over in silence, and neither is its last line."""
    points = "time,slo,good,total\n1767297600,bar,7,10\n1767297660,bar,oops,10\n"
    assert "points.csv:3: good: set aside" in budget(points)[2]
    code, _, said = budget(points, "--step", "1d")
    assert (code, said.count("not the start of a step")) == (4, 2)


def test_of_two_lines_for_one_minute_the_later_stands(desk):
    """A correction in the same file."""
    _, (answer,), _ = budget("time,slo,good,total\n1767297600,bar,7,10\n1767297600,bar,9,10\n")
    assert answer["good"] == 9


def test_at_rounds_down_to_a_step_and_hides_what_comes_later(desk):
    """The row of 20:01 is not known at 20:01:59."""
    points = "time,slo,good,total\n1767297600,bar,7,10\n1767297660,bar,0,10\n1767301200,bar,oops,1\n"
    code, (answer,), said = budget(points, "--at", "2026-01-01T20:01:59Z")
    assert (code, answer["as_of"], answer["total"], said) == (0, "2026-01-01T20:01:00Z", 10, "")


def test_no_data_is_exit_4_and_never_a_hundred_percent(desk):
    """Nothing was seen: the SLI is null."""
    code, (answer,), said = budget("time,slo,good,total\n1767297600,baz,1,1\n", "--at", "1767297660")
    assert code == 4
    assert (answer["state"], answer["sli"], answer["interval"]) == ("no_data", None, None)
    assert "no SLO 'baz' is defined, its rows are ignored; did you mean `bar`?" in said


def test_one_value_feeds_several_thresholds(desk):
    """Greeted within 30 s, and at least within a minute; a row may speak for one objective only."""
    write(SLO.format(metric=VALUE, method="Occurrences", objectives=TWO))
    rows = "1767297600,bar,,30\n1767297660,bar,,45\n1767297720,bar,,60\n1767297780,bar,slow,59.9\n"
    _, (quick, slow), _ = budget(f"time,slo,objective,value\n{rows}")
    assert (quick["objective"], quick["good"], quick["total"]) == ("quick", 1, 3)
    assert (slow["objective"], slow["good"], slow["total"]) == ("slow", 3, 4)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ("", "the file is empty"),
        ("time,slo,goood,total\n", "did you mean good?"),
        ("time;slo;good;total\n", "part the columns by commas, not by semicolons"),
        ("time,slo,good,good,total\n", "stands twice"),
        ("time,good,total\n", "without slo"),
        (b"PK\x03\x04" + bytes(40), "this file is a workbook or a zip"),
        (b"\x1f\x8b" + bytes(40), "packed by gzip"),
        (b"PAR1" + bytes(40), "cannot be read as Parquet"),
        ("time,slo,good,bad,total\n", "write time,slo,good,total"),
        ("time,slo,value\n1767297600,bar,1\n", "counts events"),
        (b"time,slo,good,total\n\xff\n", "is not UTF-8"),
    ],
)
def test_what_is_no_table_of_points_is_refused_with_place_and_mend(desk, capsys, points, message):
    """Exit 1 and a sentence, never a stack trace."""
    Path("points.csv").write_bytes(points if isinstance(points, bytes) else points.encode())
    assert run(["budget", "-f", "slo.yaml", "--points", "points.csv"]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_slices_that_steps_cannot_fill_are_refused(desk, capsys):
    """Steps of 10 minutes cannot judge slices of one."""
    objectives = "[{displayName: main, target: 0.95, timeSliceTarget: 0.9, timeSliceWindow: 1m}]"
    write(SLO.format(metric=RATIO, method="Timeslices", objectives=objectives))
    Path("points.csv").write_text("time,slo,good,total\n1767297600,bar,9,10\n")
    assert run(["budget", "-f", "slo.yaml", "--points", "points.csv", "--step", "10m"]) == 1
    assert "--step" in capsys.readouterr().err


@pytest.mark.parametrize("width", ["80", "180"])
def test_people_see_coverage_interval_and_method_beside_the_number(desk, monkeypatch, width):
    """The same figures in words, on a narrow terminal and on a wide one."""
    monkeypatch.setenv("COLUMNS", width)
    Path("points.csv").write_text("time,slo,good,total\n1767297600,bar,99,100\n")
    done = CliRunner().invoke(leeway, ["budget", "-f", "slo.yaml", "--points", "points.csv"])
    assert done.exit_code == 0
    for words in (
        "healthy",
        "99 %",
        "80 %",
        "4 of 5 events",
        "94.6 % … 99.975 %",
        "Occurrences",
        "1.6 %",
        "last 1 h",
        "as of 2026-01-01",
    ):
        assert words in done.stdout.replace("\N{NO-BREAK SPACE}", " ")
    assert max(map(len, done.stdout.splitlines())) <= int(width)


def test_one_table_may_hold_counts_of_some_and_values_of_others(desk):
    """A row leaves empty what it does not say, and is not blamed for it."""
    write(SLO.format(metric=VALUE, method="Occurrences", objectives=TWO).replace("name: bar", "name: quick"), "v.yaml")
    points = (
        "time,slo,objective,good,total,value\n1767297600,bar,,9,10,\n1767297600,quick,,,,31\n1767297660,bar,,9,,7\n"
    )
    code, (bar, quick, slow), said = budget(points, "-f", "v.yaml")
    assert (code, bar["good"], bar["total"]) == (0, 9, 10)
    assert (quick["good"], slow["good"]) == (0, 1)
    assert said.splitlines() == [
        "points.csv:4: total: set aside: a number is empty, NaN or infinite, or not written plainly, as in 1000 or 0.5"
    ]


def test_a_threshold_inside_a_bucket_leaves_a_share_in_doubt(desk):
    """600 of 1,000 within 0.1 s and 950 within 0.5 s: of 0.3 s nobody knows more. Falling counts are set aside."""
    objectives = TWO.replace("30", "0.3").replace("op: lt, value: 60", "op: lte, value: 0.5")
    write(SLO.format(metric=VALUE, method="Occurrences", objectives=objectives))
    rows = "1767297600,bar,0.1:600 0.5:950 +Inf:1000\n1767297660,bar,0.1:600 0.5:500 +Inf:1000\n1767297720,bar,fast\n"
    code, (quick, slow), said = budget(f"time,slo,histogram\n{rows}")
    assert code == 0
    assert (quick["good"], quick["total"]) == (600, 1000)
    assert (slow["good"], slow["total"]) == (950, 1000)
    assert said.splitlines()[0].startswith("points.csv:3: histogram: set aside: the buckets contradict each other")
    assert said.splitlines()[1].startswith("points.csv:4: histogram: set aside: this is no histogram: write the counts")


def test_where_nothing_is_known_the_budget_is_as_of_now(desk):
    """A header alone has no last step."""
    code, (answer,), said = budget("time,slo,good,total\n")
    assert (code, answer["state"], said) == (4, "no_data", "")
    assert answer["as_of"] > "2026"
