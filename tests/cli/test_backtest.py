"""`leeway backtest`: what a person learns of policies from a definition and a CSV."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from leeway.cli.frame import leeway
from leeway.errors import Invalid

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout}
spec:
  service: shop
  indicator:
    metadata: {name: worked}
    spec:
      ratioMetric:
        counter: false
        good: {metricSource: {type: csv, spec: {q: g}}}
        total: {metricSource: {type: csv, spec: {q: t}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: main, target: 0.999}]
"""
WATCHED = SLO + "  alertPolicies: [{alertPolicyRef: fast}]\n"
POLICY = """
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  alertWhenBreaching: true
  conditions:
    - kind: AlertCondition
      metadata: {name: ten-times}
      spec: {severity: page, condition: {kind: burnrate, op: gte, threshold: 10, lookbackWindow: 1h, alertAfter: 5m}}
  notificationTargets: [{targetRef: on-call}]
"""


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)


def backtest(definition, errors, *more):
    """Exit code, the JSON answer, what was said aside; one row a minute of 1,000 events each."""
    Path("slo.yaml").write_text(definition)
    rows = (f"{60 * minute},checkout,{1_000 - bad},1000\n" for minute, bad in enumerate(errors))
    Path("points.csv").write_text("time,slo,good,total\n" + "".join(rows))
    done = CliRunner().invoke(leeway, ["backtest", "-f", "slo.yaml", "--points", "points.csv", *more])
    return done.exit_code, done.stdout, done.stderr


def test_a_fast_burn_is_a_page_with_its_pair_its_times_and_its_reasons():
    """A clean day, then 20 minutes at 20 %: 4.32 minutes cross 2 % of the budget, the fifth minute's end tells."""
    errors = [0] * 1_440 + [200] * 20 + [0] * 400
    code, text, said = backtest(SLO, errors, "-o", "json")
    answer = json.loads(text)
    page, *others = answer["alerts"]
    assert (code, said) == (0, "")
    assert page["slo"] == "checkout"
    assert page["objective"] == "main"
    assert page["severity"] == "page"
    assert page["policy"] == "fast burn"
    assert page["condition"] == "burn rate above 14.4 over 1 hour and over 5 minutes"
    assert page["fired_at"] == "1970-01-02T00:05:00Z"
    assert page["resolved_at"] == "1970-01-02T00:50:00Z", "the pair of 6 hours and 30 minutes goes on for half an hour"
    assert page["suppressed_by"] is None
    assert page["reasons"] == ["burn rate 16.7 over 1 hour and 200 over 5 minutes"]
    assert page["budget_consumed_ratio_at_fire"] == pytest.approx(1_000 / 1_445)
    assert {(one["severity"], one["suppressed_by"]) for one in others} == {("ticket", "inhibition")}
    assert answer["summary"]["pages"] == 1


def test_the_policies_an_slo_names_replace_the_default_set():
    """At least ten times over an hour, for five minutes: 1 % of the hour at the sixth minute, told five later."""
    code, text, _ = backtest(WATCHED + POLICY, [0] * 1_440 + [100] * 60 + [0] * 120, "-o", "json")
    (page,) = json.loads(text)["alerts"]
    assert code == 0
    assert page["policy"] == "fast"
    assert page["condition"] == "burn rate at least 10 over 1 hour for 5 minutes"
    assert page["fired_at"] == "1970-01-02T00:11:00Z"


def test_a_quiet_past_has_no_alerts():
    """And says over how long."""
    code, text, _ = backtest(SLO, [0] * 1_440)
    assert code == 0
    assert text == "0 pages and 0 tickets in 1 day, 1 objective.\n"


def test_without_data_nothing_can_be_decided():
    """Exit code 4."""
    code, text, _ = backtest(SLO, [])
    assert code == 4
    assert text == "No objective has data.\n"


def test_slices_of_a_day_are_refused_with_the_reason():
    """They are aligned to the window."""
    definition = SLO.replace("Occurrences", "Timeslices").replace(
        "target: 0.999", "target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: 1d"
    )
    Path("slo.yaml").write_text(definition)
    Path("points.csv").write_text("time,slo,good,total\n0,checkout,1,1\n")
    done = CliRunner().invoke(leeway, ["backtest", "-f", "slo.yaml", "--points", "points.csv"])
    assert isinstance(done.exception, Invalid)
    assert "of a day or longer" in done.exception.message


OUTAGE = [0] * 1_440 + [500] * 30 + [0] * 1_000


def compared(*more, definition=SLO):
    """Exit code, text and what was said of a comparison over a day and an outage of half an hour."""
    return backtest(definition, OUTAGE, *more)


def scores(text):
    """The totals of each candidate, by name."""
    return {one["candidate"]: one for one in json.loads(text)["scores"] if one["slo"] is None}


def test_two_policies_stand_side_by_side():
    """The defined ones, and a preset that the SLO does not name."""
    code, text, _ = compared("--try", "slow-budget-drop", "-o", "json")
    found = scores(text)
    assert code == 0
    assert (found["defined"]["pages"], found["defined"]["paged"]) == (1, 1)
    assert (found["slow-budget-drop"]["pages"], found["slow-budget-drop"]["ticketed"]) == (0, 1)
    assert {one["candidate"] for one in json.loads(text)["alerts"]} == {"defined", "slow-budget-drop"}
    _, table, _ = compared("--try", "slow-budget-drop")
    assert "time to page" in table
    assert "slow-budget-drop" in table


def test_policies_of_the_files_can_be_tried_together():
    """By name, joined by commas; `default` is the set without any."""
    _, text, _ = compared("--try", "fast,default", "--try", "fast", "-o", "json", definition=SLO + POLICY)
    found = scores(text)
    assert list(found) == ["defined", "fast,default", "fast"]
    assert found["fast,default"]["pages"] == 2
    assert found["fast"]["pages"] == 1


def test_a_policy_that_nobody_has_is_refused_with_what_was_meant():
    """A slip of the keyboard."""
    with pytest.raises(Invalid, match="no alert policy 'fast-brun'") as caught:
        _ = CliRunner(catch_exceptions=False).invoke(leeway, _typed("--try", "fast-brun"), standalone_mode=False)
    assert "did you mean `fast-burn`?" in caught.value.mend


def _typed(*more):
    Path("slo.yaml").write_text(SLO)
    Path("points.csv").write_text("time,slo,good,total\n0,checkout,1,1\n")
    return ["backtest", "-f", "slo.yaml", "--points", "points.csv", *more]


def test_what_pages_people_today_is_scored_beside_the_policies():
    """One page in the outage, one on another day, one of an SLO that is not here."""
    Path("pages.csv").write_text("time,slo,resolved\n86700,checkout,90000\n3600,checkout,3900\n60,unknown,120\n")
    code, text, said = compared("--pages", "pages.csv", "-o", "json")
    present = scores(text)["present"]
    assert code == 0
    assert (present["pages"], present["false_pages"], present["paged"], present["detection_s"]) == (2, 1, 1, 300)
    assert present["budget_at_page"] == pytest.approx(5 * 500 / (1_445 * 1_000) / 0.001)
    assert "1 × an alert of 'unknown', an SLO that has no data here" in said


def test_marked_incidents_give_precision_and_recall():
    """The outage is marked, and another that no data shows; one lies outside, one line is none."""
    Path("incidents.csv").write_text(
        "start,end,slo,title\n86400,88200,checkout,outage\n3600,7200,,by phone\n900000,900060,,later\nx,1,,\n"
    )
    code, text, said = compared("--incidents", "incidents.csv", "-o", "json")
    answer, total = json.loads(text), scores(text)["defined"]
    assert code == 0
    assert (total["incidents"], total["paged"], total["missed"]) == (2, 1, 1)
    assert (total["precision"], total["recall"]) == (1.0, 0.5)
    assert answer["incidents"]["marked"] is True
    assert [one["title"] for one in answer["incidents"]["list"]] == ["by phone", "outage"]
    assert "incidents.csv:5: start: set aside" in said
    assert "1 × an incident from before or after the points" in said


def test_the_csv_has_a_line_for_each_alert_and_no_formula():
    """A spreadsheet must not run what somebody called their objective."""
    _, text, _ = compared("-o", "csv", definition=SLO.replace("displayName: main", "displayName: '=1+1'"))
    head, first, *_ = text.splitlines()
    assert head.startswith("time,slo,objective,severity,resolved,candidate")
    assert first.startswith("1970-01-02T00:02:00Z,checkout,'=1+1,page,")


def test_the_page_needs_nothing_else_and_runs_nothing():
    """No address, no script; names are text whatever stands in them."""
    evil = SLO.replace("displayName: main", "displayName: '<script>alert(1)</script>'")
    code, text, _ = compared("--try", "fast-burn", "-o", "html", definition=evil)
    assert code == 0
    assert text.startswith("<!doctype html>")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "http://" not in text
    assert "https://" not in text
    assert text.count("<svg") == 3


def test_an_interrupted_backtest_goes_on_from_its_file():
    """The second run says the same; a stranger's file is refused."""
    _, first, _ = compared("--resume", "done.ndjson", "-o", "json")
    assert len(Path("done.ndjson").read_text().splitlines()) == 2
    _, second, _ = compared("--resume", "done.ndjson", "-o", "json")
    assert second == first


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", ""])
def test_a_zone_that_is_none_is_a_usage_error(zone):
    """Before anything is read."""
    done = CliRunner().invoke(leeway, _typed("--zone", zone))
    assert done.exit_code == 2
    assert "is no time zone" in done.stderr
