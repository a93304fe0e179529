"""`leeway explain`: an SLO in words that need no other knowledge, and in figures that are right."""

from __future__ import annotations

import json

import pytest

from leeway.cli import main

SHOP = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop, displayName: Checkouts go through}
spec:
  service: checkout
  indicator:
    metadata: {name: requests}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {metricSourceRef: prom, spec: {query: 'ok_total'}}}
        total: {metricSource: {metricSourceRef: prom, spec: {query: 'all_total'}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: main, target: 0.999}]
  alertPolicies:
  - kind: AlertPolicy
    metadata: {name: fast-burn}
    spec:
      alertWhenBreaching: true
      conditions:
      - kind: AlertCondition
        metadata: {name: fast}
        spec: {severity: page, condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h}}
      notificationTargets:
      - {kind: AlertNotificationTarget, metadata: {name: on-call}, spec: {target: pagerduty}}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: prom}
spec: {type: Prometheus, connectionDetails: {url: "http://localhost:9090"}}
"""
POLICY = """\
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: shop-alerts}
spec:
  severity: page
  cooldown: 15m
  conditions:
  - {burnRate: 14.4, long: 1h, short: 5m}
  - all: [{budgetLeft: 20%}, {noData: 10m}]
  notify: [on-call, all]
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: pagerduty, people: 3}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: all}
spec: {channel: email}
"""
BAR = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: greeting
  annotations: {leeway.dev/no-data: carry, leeway.dev/carry-limit: 10m}
spec:
  service: bar
  description: Guests are greeted within 30 seconds
  indicator:
    metadata: {name: delay}
    spec: {thresholdMetric: {metricSource: {type: csv, spec: {query: delay}}}}
  timeWindow: [{duration: 1M, calendar: {startTime: "2026-01-31 00:00:00", timeZone: Europe/Berlin}}]
  budgetingMethod: Timeslices
  objectives: [{op: lte, value: 30, target: 0.95, timeSliceTarget: 0.9, timeSliceWindow: 5m}]
"""


@pytest.fixture
def explain(capsys, monkeypatch, tmp_path):
    """Run `leeway explain` beside two SLOs: (exit code, printed text on one line, complaints)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "bar.yaml").write_text(BAR)

    def run(*arguments):
        code = main(["explain", "-f", ".", *arguments])
        printed = capsys.readouterr()
        return code, " ".join(printed.out.split()), printed.err

    return run


def test_events_are_explained_with_their_budget_in_events_and_minutes(explain):
    """1 in 1,000; 100 of 100,000 a day; 40 minutes 19 seconds of full outage in 28 days."""
    code, text, _ = explain("shop")
    assert code == 0
    for words in (
        "shop — Checkouts go through",
        "SLO of the service checkout",
        "Good events: ok_total [Prometheus (prom)]",
        "All events: all_total [Prometheus (prom)]",
        "The last 28 days, ending now.",
        "99.9 % of the events in the window have to be good.",
        "1 in 1,000 may fail.",
        "At 100,000 a day that is 100 a day, 2,800 in the window.",
        "the budget lasts 40 minutes 19 seconds.",
    ):
        assert words in text


def test_slices_are_explained_with_their_budget_in_slices_and_time(explain):
    """5 % of 8,640 slices of five minutes are 432, a day and a half."""
    _, text, _ = explain("greeting")
    for words in (
        "greeting — Guests are greeted within 30 seconds",
        "A reading is good if it is at most 30.",
        "every month, counted from 2026-01-31 00:00:00 as clocks show it in Europe/Berlin.",
        "In a month without a day 31 the window begins on its last day.",
        "slices of 5 minutes. A slice is good if at least 90 % of its events are good",
        "432 of the 8,640 slices in the window of 30 days may be bad, 1 day 12 hours in all.",
        "counts as the last one that had events, for at most 10 minutes.",
        "Leeway's own set watches it; its alerts are kept and shown, but nobody is named to be told.",
        "Fast burn pages if burn rate above 14.4 over 1 hour and over 5 minutes, or if burn rate above 6",
        "`leeway backtest` shows what this would have led to",
    ):
        assert words in text


def test_alerts_are_explained_by_what_they_cost(explain):
    """Burn 14.4 empties 28 days in 1 day 22 hours; an hour of it costs 2.14 %."""
    _, text, _ = explain("shop")
    assert "fast-burn pages if burn rate above 14.4 over 1 hour." in text
    assert "a whole budget is gone in 1 day 22 hours, and 2.14 % of it is spent within 1 hour." in text
    assert "Told: nobody (no Recipient is called on-call). It does not say when it is over." in text
    assert "If everything fails and traffic is even, it would page after 52 seconds." in text


def test_policies_of_leeway_are_explained_with_those_they_tell(explain, tmp_path):
    """Every group of conditions, the recipients with their number, how soon a total outage is known."""
    head, _, tail = SHOP.partition("  - kind: AlertPolicy\n")
    text = head + "  - alertPolicyRef: shop-alerts\n---" + tail.partition("\n---")[2] + POLICY
    (tmp_path / "shop.yaml").write_text(text)
    said = explain("shop")[1]
    for words in (
        "shop-alerts pages if burn rate above 14.4 over 1 hour and over 5 minutes, or if budget left below 20 % and no",
        "It stays up for 15 minutes after that",
        "Told: on-call (pagerduty, 3 people), all (email, of unknown number).",
    ):
        assert words in said


def test_what_is_easily_misunderstood_is_said(explain):
    """For every SLO."""
    for name in ("shop", "greeting"):
        text = explain(name)[1]
        assert "exactly on target breaches about half of its windows" in text
        assert "Reliability is not availability" in text
        assert "No data is not good" in text


def test_every_word_of_the_trade_that_is_used_is_explained(explain):
    """At the end, and only those."""
    words = explain("shop")[1].split(" Words ")[1]
    assert "burn rate How fast the budget is spent." in words
    assert "Timeslices" not in words


def test_json_has_the_same_in_figures(explain):
    """All SLOs, in the order of the files."""
    code, text, _ = explain("-o", "json")
    bar, shop = json.loads(text)
    assert (code, bar["slo"], shop["slo"]) == (0, "greeting", "shop")
    assert shop["budgets"][0] == {
        "objective": "main",
        "target": 0.999,
        "allowed_ratio": 0.001,
        "unit": "events",
        "outage_s": 2419.2,
        "slices": None,
        "one_in": "1 in 1,000",
        "example_events_per_day": 100000,
        "example_allowed_per_day": 100.0,
    }
    assert (bar["budgets"][0]["unit"], bar["budgets"][0]["slices"]) == ("slices", 432.0)


def test_a_name_that_is_not_there_is_answered_with_the_nearest(explain):
    """And exit code 1."""
    code, _, complaint = explain("greting")
    assert code == 1
    assert "did you mean `greeting`?" in complaint


def test_a_file_with_errors_is_refused_with_the_place_and_the_command_that_lists_all(explain, tmp_path):
    """The first error in full."""
    (tmp_path / "shop.yaml").write_text(SHOP.replace("target: 0.999", "taget: 0.999").replace("28d", "28D"))
    code, _, complaint = explain()
    assert code == 1
    assert "shop.yaml:13:27: `28D` is no duration" in complaint
    assert "2 more: `leeway lint shop.yaml` lists them" in complaint
