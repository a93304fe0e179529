"""`leeway simulate`: what a person learns of policies without any history, or with one."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from leeway.cli.frame import leeway

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout}
spec:
  service: shop
  indicator:
    metadata: {name: answers}
    spec:
      ratioMetric:
        counter: false
        good: {metricSource: {type: csv, spec: {q: g}}}
        total: {metricSource: {type: csv, spec: {q: t}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: main, target: 0.99}]
"""
SMALL = ("--runs", "2", "--days", "2", "--fail", "100%", "--jobs", "1")


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    """A folder with an SLO and nine days of its history: a failure in each noon."""
    monkeypatch.chdir(tmp_path)
    Path("slo.yaml").write_text(SLO)
    rows = (
        f"{hour * 3_600 + minute * 60},checkout,{9 if hour % 24 == 12 and minute == 0 else 10},10\n"
        for hour in range(9 * 24)
        for minute in range(0, 60, 5)
    )
    Path("points.csv").write_text("time,slo,good,total\n" + "".join(rows))


def simulate(*more):
    """Exit code, answer, what was said aside."""
    done = CliRunner().invoke(leeway, ["simulate", *more])
    return done.exit_code, done.stdout, done.stderr


def test_figures_alone_are_enough():
    """Four events an hour and a target: the default set, told to a person."""
    code, text, _ = simulate("--rate", "4/h", "--target", "99%", *SMALL)
    assert code == 0
    assert text.startswith("simulated  99 % over 30 days, Occurrences\n")
    assert "4 events an hour, 1 % of them bad" in text
    for line in ("pages in 30 days", "2 days without a page", "all of it fails: a page after"):
        assert line in text


def test_an_slo_of_a_file_beside_a_preset():
    """JSON with the world, the SLO and both candidates."""
    code, text, _ = simulate("-f", "slo.yaml", "--rate", "1/s", "--try", "fast-burn", *SMALL, "-o", "json")
    answer = json.loads(text)
    assert code == 0
    assert answer["slo"] == {"name": "checkout", "target": 0.99, "window_s": 2_592_000, "method": "Occurrences"}
    assert answer["world"]["events_per_hour"] == 3_600
    assert [one["candidate"] for one in answer["candidates"]] == ["defined", "fast-burn"]
    assert answer["candidates"][0]["failures"][0]["part"] == 1
    assert answer["candidates"][0]["failures"][0]["paged_within_a_day"]["runs"] == 2


def test_a_history_lends_its_days():
    """10 of 120 events an hour, one bad in each day; a CSV of runs."""
    code, text, _ = simulate("-f", "slo.yaml", "--points", "points.csv", "--step", "5m", *SMALL, "-o", "json")
    assert code == 0
    assert json.loads(text)["world"]["events_per_hour"] == 120
    assert json.loads(text)["world"]["bad_share"] == pytest.approx(1 / 2_880)
    code, text, _ = simulate("-f", "slo.yaml", "--points", "points.csv", "--step", "5m", *SMALL, "-o", "csv")
    head, *lines = text.splitlines()
    assert head == "run,candidate,pages,tickets,page_s_at_1,ticket_s_at_1"
    assert [line.split(",")[:2] for line in lines] == [["0", "defined"], ["1", "defined"]]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ((), "Say what traffic there is"),
        (("--rate", "4"), "is no rate"),
        (("--rate", "0/h"), "is no rate"),
        (("--rate", "4/h", "--target", "100%"), "is no such share"),
        (("--rate", "4/h", "--errors", "-1%"), "is no such share"),
        (("--rate", "4/h", "--window", "soon"), "is no length of time"),
        (("--rate", "4/h", "--points", "points.csv"), "leave out --rate"),
        (("-f", "slo.yaml", "--points", "points.csv", "--errors", "1%"), "leave out --errors"),
        (("--points", "points.csv"), "Say which SLO"),
        (("-f", "slo.yaml", "--rate", "4/h", "--target", "99%"), "leave out --target"),
    ],
)
def test_wishes_that_do_not_fit_are_usage_errors(typed, said):
    """Before anything is drawn."""
    code, _, error = simulate(*typed)
    assert code == 2
    assert said in error
