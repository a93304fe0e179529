"""`leeway policies explain`: what a policy watches, when it fires, and whom it tells."""

from __future__ import annotations

import json

import pytest

from leeway.cli import main

TEXT = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop}
spec:
  service: checkout
  indicator:
    metadata: {name: requests}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: prometheus, spec: {query: 'ok_total'}}}
        total: {metricSource: {type: prometheus, spec: {query: 'all_total'}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: main, target: 0.999}]
  alertPolicies:
  - alertPolicyRef: urgent
  - kind: AlertPolicy
    metadata: {name: within}
    spec:
      alertWhenBreaching: true
      conditions:
      - kind: AlertCondition
        metadata: {name: fast}
        spec: {severity: page, condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h}}
      notificationTargets:
      - {kind: AlertNotificationTarget, metadata: {name: on-call}, spec: {target: pagerduty}}
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: urgent}
spec:
  severity: page
  conditions: [{burnRate: 13.44, long: 1h, short: 5m}]
  notify: [on-call]
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: idle}
spec: {preset: fast-burn, notify: [mail]}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: inbox, people: 1, fallback: mail, escalation: {to: mail, after: 20m}}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: mail}
spec: {channel: inbox, people: 3}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(TEXT)
    return str(path)


def test_a_policy_is_told_with_what_it_watches_and_the_whole_way_of_its_messages(file, capsys):
    """The outage is reckoned for the objective that it watches."""
    assert main(["policies", "explain", "-f", file, "urgent", "-o", "json"]) == 0
    ((policy,),) = [json.loads(capsys.readouterr().out)]
    assert policy["policy"] == "urgent"
    said = policy["sentences"]
    assert said[0] == "It watches shop."
    assert "urgent pages if burn rate above 13.4 over 1 hour and over 5 minutes." in said
    assert said[-2].startswith("Told: on-call (inbox, 1 person, mail if that fails for a minute, mail too if nobody")
    assert said[-1] == "shop / main: If everything fails and traffic is even, it would page after 48 seconds."


def test_without_a_name_all_are_told_also_those_within_an_slo_and_those_that_watch_nothing(file, capsys):
    """In the order in which they stand."""
    assert main(["policies", "explain", "-f", file]) == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line and not line.startswith(" ")] == ["urgent", "idle", "within"]
    assert "No SLO of these names it, so it watches nothing." in out


def test_a_name_that_nobody_has_is_answered_with_the_one_that_was_meant(file, capsys):
    """And the verb ends as one that could not run."""
    assert main(["policies", "explain", "-f", file, "urgnt"]) == 1
    assert "did you mean `urgent`?" in capsys.readouterr().err
