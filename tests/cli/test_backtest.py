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
