"""Story 6, four points an hour: one failure wakes nobody, a run of three does, weeks of a few more open a ticket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from leeway.cli.frame import leeway

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata:
  name: signup
  annotations: {{{annotation}}}
spec:
  service: shop
  indicator:
    metadata: {{name: done}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: push, spec: {{what: good}}}}}}
        total: {{metricSource: {{type: push, spec: {{what: all}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, target: 0.99}}]
"""
DAY = 24 * 4
"""Events a day; there is one every quarter of an hour."""


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)


def told(failed, days, annotation=""):
    """Severities of what is sent, with the event at which it was; `failed` are the numbers of events that fail."""
    Path("slo.yaml").write_text(SLO.format(annotation=annotation))
    rows = ["time,slo,good,total"]
    for minute in range(days * 1_440):
        event, late = divmod(minute, 15)
        total = 0 if late else 1
        rows.append(f"{minute * 60},signup,{0 if event in failed else total},{total}")
    Path("points.csv").write_text("\n".join(rows))
    asked = ["backtest", "-f", "slo.yaml", "--points", "points.csv", "-o", "json"]
    found = json.loads(CliRunner().invoke(leeway, asked).stdout)["alerts"]
    return [one["severity"] for one in found if one["suppressed_by"] is None]


def test_one_failure_wakes_nobody():
    """75 % of an hour: a service that keeps 99 % has such an hour every day."""
    assert told({5 * DAY}, 8) == []


def test_without_the_gate_it_would_have_paged():
    """The annotation turns it off, and leaves the plain rule."""
    assert "page" in told({5 * DAY}, 8, 'leeway.dev/low-traffic: "off"')


def test_a_run_of_three_pages():
    """That is no chance any more."""
    assert "page" in told({5 * DAY, 5 * DAY + 1, 5 * DAY + 2}, 8)


def test_twenty_days_of_two_in_a_hundred_open_a_ticket():
    """One, although no hour of it looks alarming, and hours without a failure lie between."""
    assert told(set(range(5 * DAY, 25 * DAY, 50)), 26) == ["ticket"]
