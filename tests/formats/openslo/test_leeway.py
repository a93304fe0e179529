"""The kinds of `leeway.dev/v1`: read as they are meant, refused with the place and the mend."""

from __future__ import annotations

from fractions import Fraction

import pytest

from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Of, Remaining, Severity
from leeway.core.objective import Op
from leeway.formats.openslo import Mode, read
from leeway.spec.documents import Kind, Reference, kind_of

COND = "spec.conditions[0]"
EMPTY = {"name": "one"}
CASES = [
    ({"spec.severity": "critical"}, "spec.severity", "one_of"),
    ({"spec.severity": "GONE"}, "spec.severity", "required"),
    ({"spec.preset": "fast-burn"}, "spec", "mutually_exclusive"),
    ({"spec.conditions": "GONE"}, "spec", "mutually_exclusive"),
    ({"spec.conditions": []}, "spec.conditions", "slice_min_length"),
    ({"spec.conditions": ["fast"]}, COND, "wrong-type"),
    ({COND: {}}, COND, "mutually_exclusive"),
    ({COND: None}, COND, "mutually_exclusive"),
    ({COND: {"long": "1h"}}, COND, "mutually_exclusive"),
    ({COND: {"burnRate": 2, "noData": "5m"}}, COND, "mutually_exclusive"),
    ({COND: {"burnRate": 2}}, f"{COND}.long", "required"),
    ({COND: {"budgetDrop": "5%"}}, f"{COND}.over", "required"),
    ({COND: {"coverage": "5%"}}, f"{COND}.over", "required"),
    ({f"{COND}.over": "1h"}, f"{COND}.over", "forbidden"),
    ({COND: {"noData": "5m", "op": "lt"}}, f"{COND}.op", "forbidden"),
    ({f"{COND}.burnRate": -1}, f"{COND}.burnRate", "greater_than_or_equal_to"),
    ({f"{COND}.burnRate": "14.4"}, f"{COND}.burnRate", "wrong-type"),
    ({f"{COND}.op": ">"}, f"{COND}.op", "one_of"),
    ({f"{COND}.Op": "gt"}, f"{COND}.Op", "key-case"),
    *(
        ({f"{COND}.long": text}, f"{COND}.long", "duration")
        for text in ("0m", "1M", "1h30m", "1w 2d", "60", "60s", " 1h")
    ),
    ({COND: {"all": []}}, f"{COND}.all", "slice_min_length"),
    ({COND: {"all": [{"noData": "5m"}], "op": "lt"}}, f"{COND}.op", "forbidden"),
    ({COND: {"all": [{"all": [{"noData": "5m"}]}]}}, f"{COND}.all[0].all", "unknown-field"),
    ({COND: {"all": [{"noData": "5x"}]}}, f"{COND}.all[0].noData", "duration"),
    ({COND: {"budgetLeft": 20}}, f"{COND}.budgetLeft", "less_than_or_equal_to"),
    ({COND: {"budgetLeft": "101%"}}, f"{COND}.budgetLeft", "less_than_or_equal_to"),
    ({COND: {"budgetLeft": "20"}}, f"{COND}.budgetLeft", "wrong-type"),
    ({COND: {"budgetLeft": True}}, f"{COND}.budgetLeft", "wrong-type"),
    ({COND: {"budgetDrop": 0, "over": "1h"}}, f"{COND}.budgetDrop", "greater_than"),
    ({COND: {"coverage": "0%", "over": "1h"}}, f"{COND}.coverage", "greater_than"),
    ({COND: {"exhaustion": "1h", "of": "all"}}, f"{COND}.of", "one_of"),
    ({"spec.notify": "on-call"}, "spec.notify", "wrong-type"),
    ({"spec.notify": ["On Call"]}, "spec.notify[0]", "string_dns_label"),
    ({"spec.notify": ["on-call", ""]}, "spec.notify[1]", "required"),
    ({"spec.notify": ["on-call", None]}, "spec.notify[1]", "required"),
    ({"spec.cooldown": 15}, "spec.cooldown", "wrong-type"),
    ({"spec.alertWhenBreaching": True}, "spec.alertWhenBreaching", "unknown-field"),
    ({"kind": "SLO"}, "kind", "unsupported-kind"),
]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("changes", "path", "code"), CASES)
def test_a_fault_of_a_policy_is_told_at_its_place(edit, changes, path, code, mode):
    """Whatever the mode: OpenSLO has no say here; only the case of a key is forgiven, as everywhere."""
    found = [(one.path, one.code) for one in read(edit("leeway AlertPolicy", changes), "x.yaml", mode=mode).findings]
    assert (path, code) in found


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"spec": {"people": 3}}, "spec.channel", "required"),
        ({"spec.channel": "Pager Duty"}, "spec.channel", "string_dns_label"),
        ({"spec.people": 0}, "spec.people", "greater_than_or_equal_to"),
        ({"spec.people": 2.5}, "spec.people", "wrong-type"),
        ({"spec.people": "three"}, "spec.people", "wrong-type"),
        ({"spec.settings": ["to"]}, "spec.settings", "wrong-type"),
        ({"spec.target": "x"}, "spec.target", "unknown-field"),
        ({"spec.fallback": "Pager Duty"}, "spec.fallback", "string_dns_label"),
        ({"spec.escalation": {"after": "5m"}}, "spec.escalation.to", "required"),
        ({"spec.escalation.after": "soon"}, "spec.escalation.after", "duration"),
        ({"spec.escalation": "lead"}, "spec.escalation", "wrong-type"),
        ({"spec.template": "{{ title }}"}, "spec.template", "wrong-type"),
        ({"spec.template": {"body": "{{ title }}"}}, "spec.template.body", "unknown-field"),
        ({"spec.template": {"title": "{{ titel }}"}}, "spec.template.title", "template-flaw"),
        ({"spec.template": {"text": "{{ title"}}, "spec.template.text", "template-flaw"),
        ({"spec.template": {"text": "x" * 2_001}}, "spec.template.text", "template-flaw"),
        ({"apiVersion": "openslo/v1"}, "kind", "unsupported-kind"),
    ],
)
def test_a_fault_of_a_recipient_is_told_at_its_place(edit, changes, path, code):
    """What the settings have to be is the channel's to say."""
    assert (path, code) in [(one.path, one.code) for one in read(edit("Recipient", changes), "x.yaml").findings]


def test_a_kind_of_the_other_language_is_answered_with_its_version(edit):
    """Both languages stand in one file; each kind says its own."""
    for name, changes, version in (
        ("SLO", {"apiVersion": "leeway.dev/v1"}, "openslo/v1"),
        ("Recipient", {"apiVersion": "openslo/v1"}, "leeway.dev/v1"),
    ):
        (finding,) = read(edit(name, changes), "x.yaml").findings
        assert finding.hint == f"write `apiVersion: {version}`"


def test_the_default_set_takes_no_severity(edit):
    """It has two of its own; a preset of one severity may be given another."""
    (finding,) = read(edit("leeway preset", {"spec.preset": "default", "spec.severity": "page"}), "x").findings
    assert (finding.path, finding.code) == ("spec.severity", "forbidden")
    (policy,) = read(edit("leeway preset", {"spec.severity": "ticket"}), "x").documents
    assert (policy.preset, policy.severity) == ("fast-burn", Severity.TICKET)


def test_every_condition_is_read_as_it_is_meant(edit):
    """Shares in per cent or as numbers, defaults as the trade has them, groups by or and by and."""
    written = [
        {"burnRate": 14.4, "long": "1h"},
        {"budgetLeft": "2.5 %"},
        {"budgetLeft": -1, "op": "lte", "lastsFor": "10m"},
        {"exhaustion": "12h"},
        {"exhaustion": "3d", "of": "whole", "over": "6h", "op": "lte"},
        {"budgetDrop": 0.1, "over": "15m"},
        {"all": [{"coverage": "50%", "over": "1d"}, {"noData": "10m"}]},
    ]
    (policy,) = read(edit("leeway AlertPolicy", {"spec.conditions": written}), "x").documents
    assert [tuple(one.condition for one in group) for group in policy.groups] == [
        (Burn(Fraction(72, 5), 3_600),),
        (Remaining(Fraction(1, 40)),),
        (Remaining(Fraction(-1), Op.LTE, 600),),
        (Exhaustion(43_200),),
        (Exhaustion(259_200, 21_600, Of.WHOLE, Op.LTE),),
        (Drop(Fraction(1, 10), 900),),
        (Coverage(Fraction(1, 2), 86_400), Coverage(Fraction(0), 600, Op.LTE)),
    ]
    assert [one.path for one in policy.groups[6]] == ["spec.conditions[6].all[0]", "spec.conditions[6].all[1]"]
    assert (policy.severity, policy.cooldown_s, policy.notify) == (Severity.PAGE, 900, (Reference("on-call"),))


def test_both_alert_policies_are_of_one_kind(edit):
    """So they share one space of names, and a reference finds either."""
    found = [read(edit(name, {}), "x").documents[0] for name in ("AlertPolicy", "leeway AlertPolicy")]
    assert {kind_of(one) for one in found} == {Kind.ALERT_POLICY}


def test_a_flaw_of_a_template_says_in_which_line_of_it(edit):
    """Beside its place in the file, which is where the text begins."""
    text = "{{ title }}\n{{ lines|join }}\n{{ range(9) }}\n"
    (finding,) = read(edit("Recipient", {"spec.template": {"text": text}}), "x.yaml").findings
    assert finding.message == "line 3 of the template: a call cannot stand in the template of a message"
