"""What OpenSLO or its Go SDK refuse is refused: same path, same word, in the right mode.

Each case changes a valid document in one place. `TEXT` marks what only the text of OpenSLO refuses: an error when
strict, a warning when compatible, since the Go SDK takes it.
"""

from __future__ import annotations

import pytest

from leeway.formats.openslo import Mode, read
from leeway.spec.finding import Severity

SOURCE = {"metricSource": {"metricSourceRef": "prom", "spec": {"query": "up"}}}
EMPTY = {"metricSource": {"metricSourceRef": "prom", "spec": {}}}
UNTYPED = {"metricSource": {"spec": {"query": "up"}}}
CALENDAR = {"startTime": "2026-01-01 00:00:00", "timeZone": "Europe/Berlin"}
QUERY = {"source": "prometheus", "queryType": "promql", "query": "up"}
CONDITION = {"kind": "burnrate", "op": "gt", "threshold": 14.4, "lookbackWindow": "1h"}
INLINE = {"kind": "AlertCondition", "metadata": {"name": "x"}, "spec": {"severity": "page", "condition": CONDITION}}
THRESHOLD = {"thresholdMetric": SOURCE}
OBJECTIVE = "spec.objectives[0]"
WINDOW = "spec.timeWindow[0]"
RATIO = "spec.ratioMetric"
COND = "spec.conditions[0]"
TEXT = "only the text of OpenSLO refuses it"

ENVELOPE = [
    ("Service", {"apiVersion": "openslo/v2"}, "apiVersion", "unsupported-version"),
    ("Service", {"apiVersion": "openslo.com/v1"}, "apiVersion", "unsupported-version"),
    ("Service", {"apiVersion": "GONE"}, "", "unsupported-version"),
    ("Service", {"kind": "service"}, "kind", "unsupported-kind"),
    ("Service", {"kind": "GONE"}, "", "unsupported-kind"),
    ("v1alpha SLO", {"kind": "SLI"}, "kind", "unsupported-kind"),
    ("Service", {"metadata": "GONE"}, "metadata", "required"),
    ("Service", {"metadata": {}}, "metadata", "required"),
    ("Service", {"metadata.name": "GONE"}, "metadata", "required"),
    ("Service", {"metadata.name": "GONE", "metadata.displayName": "x"}, "metadata.name", "required"),
    ("Service", {"metadata.name": "Shop"}, "metadata.name", "string_dns_label"),
    ("Service", {"metadata.name": "a_b"}, "metadata.name", "string_dns_label"),
    ("Service", {"metadata.name": "a\n"}, "metadata.name", "string_dns_label"),
    ("Service", {"metadata.name": "x" * 64}, "metadata.name", "string_dns_label"),
    ("Service", {"metadata.name": 17}, "metadata.name", "wrong-type"),
    ("Service", {"metadata.displayName": "é" * 64}, "metadata.displayName", "string_max_length"),
    ("Service", {"metadata.labels": {"net_": "x"}}, "metadata.labels.net_", "string_match_regexp"),
    ("Service", {"metadata.labels": {"-net": "x"}}, "metadata.labels['-net']", "string_match_regexp"),
    ("Service", {"metadata.labels": {"a": 1}}, "metadata.labels.a", "wrong-type"),
    ("Service", {"metadata.annotations": {"a..b/c": "x"}}, "metadata.annotations['a..b/c']", "string_match_regexp"),
    ("Service", {"metadata.annotations": {"a.b/": "x"}}, "metadata.annotations['a.b/']", "string_match_regexp"),
    ("Service", {"metadata.annotations": {"a": 1}}, "metadata.annotations.a", "wrong-type"),
    ("Service", {"metadata.namespace": "x"}, "metadata.namespace", "unknown-field"),
    ("Service", {"spec.description": "é" * 1051}, "spec.description", "string_max_length"),
    ("Service", {"spec.Description": "x"}, "spec.Description", "key-case", TEXT),
    ("DataSource", {"spec.type": ""}, "spec.type", "required"),
    ("DataSource", {"spec.connectionDetails": "GONE"}, "spec.connectionDetails", "required"),
]
INDICATORS = [
    ("SLI", {"spec.ratioMetric": "GONE"}, "spec", "required"),
    ("SLI", {"spec.description": "x", "spec.ratioMetric": "GONE"}, "spec", "mutually_exclusive"),
    ("SLI", {"spec.thresholdMetric": SOURCE}, "spec", "mutually_exclusive"),
    ("SLI", {f"{RATIO}.total": "GONE"}, RATIO, "mutually_exclusive"),
    ("SLI", {f"{RATIO}.good": "GONE"}, RATIO, "one_of_properties"),
    ("SLI", {f"{RATIO}.bad": SOURCE}, RATIO, "mutually_exclusive"),
    ("SLI", {f"{RATIO}.raw": SOURCE, f"{RATIO}.rawType": "success"}, RATIO, "mutually_exclusive"),
    ("SLI", {RATIO: {"raw": SOURCE}}, f"{RATIO}.rawType", "required"),
    ("SLI", {RATIO: {"raw": SOURCE, "rawType": "good"}}, f"{RATIO}.rawType", "one_of"),
    ("SLI", {f"{RATIO}.rawType": "success"}, f"{RATIO}.rawType", "forbidden", TEXT),
    ("SLI", {f"{RATIO}.counter": "true"}, f"{RATIO}.counter", "wrong-type"),
    ("SLI", {f"{RATIO}.good": {}}, f"{RATIO}.good.metricSource", "required"),
    ("SLI", {f"{RATIO}.good": EMPTY}, f"{RATIO}.good.metricSource.spec", "map_min_length"),
    ("SLI", {f"{RATIO}.good": UNTYPED}, f"{RATIO}.good.metricSource.type", "required", TEXT),
    ("SLI", {f"{RATIO}.good.metricSource.spec": ["up"]}, f"{RATIO}.good.metricSource.spec", "wrong-type"),
    (
        "SLI",
        {f"{RATIO}.good.metricSource.metricSourceRef": "My Prom"},
        f"{RATIO}.good.metricSource.metricSourceRef",
        "string_dns_label",
    ),
]
SLOS = [
    ("SLO", {"spec": "GONE"}, "spec", "required"),
    ("SLO", {"spec.service": ""}, "spec.service", "required"),
    ("SLO", {"spec.indicatorRef": "x"}, "spec", "mutually_exclusive"),
    ("SLO", {"spec.indicator": "GONE"}, "spec", "mutually_exclusive"),
    ("SLO", {"spec.indicator": "GONE", "spec.indicatorRef": "A"}, "spec.indicatorRef", "string_dns_label"),
    ("SLO", {f"{OBJECTIVE}.indicatorRef": "x"}, "spec", "mutually_exclusive"),
    ("SLO", {"spec.budgetingMethod": "GONE"}, "spec.budgetingMethod", "required"),
    ("SLO", {"spec.budgetingMethod": "TimeSlices"}, "spec.budgetingMethod", "one_of"),
    ("SLO", {"spec.timeWindow": "GONE"}, "spec.timeWindow", "slice_length"),
    ("SLO", {"spec.timeWindow[1]": {"duration": "1d", "isRolling": True}}, "spec.timeWindow", "slice_length"),
    ("SLO", {f"{WINDOW}.calendar": CALENDAR}, f"{WINDOW}.calendar", "calendar"),
    ("SLO", {f"{WINDOW}.isRolling": False}, WINDOW, "calendar"),
    ("SLO", {f"{WINDOW}.isRolling": "GONE"}, WINDOW, "calendar"),
    ("SLO", {f"{WINDOW}.isRolling": "true"}, f"{WINDOW}.isRolling", "wrong-type"),
    ("SLO", {f"{WINDOW}.duration": "GONE"}, f"{WINDOW}.duration", "required"),
    ("SLO", {"spec.objectives": "GONE"}, "spec.objectives", "slice_min_length", TEXT),
    ("SLO", {"spec.objectives": []}, "spec.objectives", "slice_min_length", TEXT),
    ("SLO", {f"{OBJECTIVE}.target": "GONE"}, OBJECTIVE, "mutually_exclusive"),
    ("SLO", {f"{OBJECTIVE}.targetPercent": 99}, OBJECTIVE, "mutually_exclusive"),
    ("SLO", {f"{OBJECTIVE}.target": 1}, f"{OBJECTIVE}.target", "less_than"),
    ("SLO", {f"{OBJECTIVE}.target": -0.1}, f"{OBJECTIVE}.target", "greater_than_or_equal_to"),
    ("SLO", {f"{OBJECTIVE}.target": "0.99"}, f"{OBJECTIVE}.target", "wrong-type"),
    ("SLO", {f"{OBJECTIVE}.target": True}, f"{OBJECTIVE}.target", "wrong-type"),
    (
        "SLO",
        {f"{OBJECTIVE}.target": "GONE", f"{OBJECTIVE}.targetPercent": 100},
        f"{OBJECTIVE}.targetPercent",
        "less_than",
    ),
    ("SLO", {f"{OBJECTIVE}.timeSliceTarget": "GONE"}, f"{OBJECTIVE}.timeSliceTarget", "required"),
    ("SLO", {f"{OBJECTIVE}.timeSliceTarget": 0}, f"{OBJECTIVE}.timeSliceTarget", "greater_than"),
    ("SLO", {f"{OBJECTIVE}.timeSliceTarget": 1.1}, f"{OBJECTIVE}.timeSliceTarget", "less_than_or_equal_to"),
    ("SLO", {f"{OBJECTIVE}.timeSliceWindow": "GONE"}, f"{OBJECTIVE}.timeSliceWindow", "required"),
    ("SLO", {f"{OBJECTIVE}.timeSliceWindow": 5}, f"{OBJECTIVE}.timeSliceWindow", "wrong-type"),
    ("SLO", {f"{OBJECTIVE}.op": "lte"}, f"{OBJECTIVE}.op", "forbidden"),
    ("SLO", {f"{OBJECTIVE}.value": 5}, f"{OBJECTIVE}.value", "forbidden"),
    ("SLO", {f"{OBJECTIVE}.compositeWeight": 0}, f"{OBJECTIVE}.compositeWeight", "greater_than", TEXT),
    (
        "SLO",
        {"spec.indicator": "GONE", f"{OBJECTIVE}.indicatorRef": "x", f"{OBJECTIVE}.compositeWeight": -1},
        f"{OBJECTIVE}.compositeWeight",
        "greater_than",
    ),
    ("SLO", {"spec.indicator.spec": THRESHOLD, f"{OBJECTIVE}.op": "lte"}, f"{OBJECTIVE}.value", "required"),
    ("SLO", {"spec.indicator.spec": THRESHOLD, f"{OBJECTIVE}.value": 5}, f"{OBJECTIVE}.op", "required"),
    (
        "SLO",
        {"spec.indicator.spec": THRESHOLD, f"{OBJECTIVE}.value": 5, f"{OBJECTIVE}.op": "<="},
        f"{OBJECTIVE}.op",
        "one_of",
    ),
    (
        "SLO",
        {
            "spec.indicator.spec": THRESHOLD,
            "spec.budgetingMethod": "Occurrences",
            "spec.objectives": [{"op": "lt", "value": 5, "target": 0.9}, {"op": "lt", "value": 9, "target": 0.99}],
        },
        "spec.objectives[1]",
        "single-objective",
        TEXT,
    ),
    ("SLO", {"spec.alertPolicies": ["fast"]}, "spec.alertPolicies[0]", "wrong-type"),
    ("SLO", {"spec.alertPolicies": [{}]}, "spec.alertPolicies[0]", "mutually_exclusive"),
    ("SLO", {"spec.alertPolicies": [None]}, "spec.alertPolicies[0]", "mutually_exclusive"),
    ("SLO", {"spec.alertPolicies": [{"alertPolicyRef": ""}]}, "spec.alertPolicies[0].alertPolicyRef", "required"),
]
ALERTS = [
    ("AlertPolicy", {"spec.conditions": []}, "spec.conditions", "slice_length"),
    ("AlertPolicy", {"spec.conditions[1]": {"conditionRef": "b"}}, "spec.conditions", "slice_length"),
    ("AlertPolicy", {"spec.notificationTargets": "GONE"}, "spec.notificationTargets", "slice_min_length"),
    ("AlertPolicy", {"spec.conditions[0]": {**INLINE, "conditionRef": "x"}}, COND, "mutually_exclusive"),
    (
        "AlertPolicy",
        {"spec.conditions[0]": {**INLINE, "kind": "Condition"}},
        "spec.conditions[0].kind",
        "equal_to",
    ),
    (
        "AlertPolicy",
        {"spec.conditions[0]": {"metadata": INLINE["metadata"], "spec": INLINE["spec"]}},
        "spec.conditions[0].kind",
        "required",
    ),
    ("AlertPolicy", {"spec.notificationTargets[0].targetRef": "A"}, "spec.notificationTargets[0].targetRef",
     "string_dns_label"),
    ("AlertCondition", {"spec.severity": "GONE"}, "spec.severity", "required"),
    ("AlertCondition", {"spec.condition": {}}, "spec.condition", "required"),
    ("AlertCondition", {"spec.condition.kind": "BurnRate"}, "spec.condition.kind", "one_of"),
    ("AlertCondition", {"spec.condition.kind": "GONE"}, "spec.condition.kind", "required"),
    ("AlertCondition", {"spec.condition.op": ">"}, "spec.condition.op", "one_of"),
    ("AlertCondition", {"spec.condition.threshold": "GONE"}, "spec.condition.threshold", "required"),
    ("AlertCondition", {"spec.condition.lookbackWindow": "1H"}, "spec.condition.lookbackWindow", "duration"),
    ("AlertNotificationTarget", {"spec.target": ""}, "spec.target", "required"),
]  # fmt: skip
MOMENTS = [
    *(
        ("SLO", {f"{WINDOW}.duration": duration}, f"{WINDOW}.duration", "duration")
        for duration in ("1W", "1h30m", "1.5h", "1s", "-1d", "d", "1", "0x10m", "１w", "9" * 20 + "d")
    ),
    *(
        ("SLO", {f"{WINDOW}.duration": duration}, f"{WINDOW}.duration", "duration", TEXT)
        for duration in ("0d", "+1w", " 1w", "1 w", "1w\n", "1w 2d")
    ),
    *(
        (
            "SLO",
            {WINDOW: {"duration": "1M", "calendar": {**CALENDAR, "startTime": time}}},
            f"{WINDOW}.calendar.startTime",
            "string_date_time",
        )
        for time in ("", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30 00:00:00", "2026-01-01 24:00:00")
    ),
    *(
        (
            "SLO",
            {WINDOW: {"duration": "1M", "calendar": {**CALENDAR, "startTime": time}}},
            f"{WINDOW}.calendar.startTime",
            "string_date_time",
            TEXT,
        )
        for time in ("2026-01-01 9:00:00", "2026-01-01 09:00:00.5")
    ),
    *(
        (
            "SLO",
            {WINDOW: {"duration": "1M", "calendar": {**CALENDAR, "timeZone": zone}}},
            f"{WINDOW}.calendar.timeZone",
            "string_time_zone",
        )
        for zone in ("", "Local", "Europe/Berlinn", "America", "../etc/passwd", "CESTT")
    ),
]
ALPHAS = [
    ("v1alpha SLO", {"spec.timeWindows": []}, "spec.timeWindows", "slice_length"),
    ("v1alpha SLO", {"spec.timeWindows[0].unit": "day"}, "spec.timeWindows[0].unit", "one_of"),
    ("v1alpha SLO", {"spec.timeWindows[0].count": 0}, "spec.timeWindows[0].count", "greater_than"),
    ("v1alpha SLO", {"spec.timeWindows[0].count": 1.5}, "spec.timeWindows[0].count", "wrong-type"),
    ("v1alpha SLO", {"spec.budgetingMethod": "RatioTimeslices"}, "spec.budgetingMethod", "one_of"),
    ("v1alpha SLO", {"spec.budgetingMethod": "Timeslices"}, f"{OBJECTIVE}.timeSliceTarget", "required"),
    ("v1alpha SLO", {f"{OBJECTIVE}.value": "GONE"}, f"{OBJECTIVE}.value", "required"),
    ("v1alpha SLO", {f"{OBJECTIVE}.op": "GONE"}, f"{OBJECTIVE}.op", "required"),
    ("v1alpha SLO", {"spec.indicator": "GONE"}, "spec", "mutually_exclusive"),
    ("v1alpha SLO", {"spec.indicator.thresholdMetric": {}}, "spec.indicator.thresholdMetric", "required"),
    (
        "v1alpha SLO",
        {f"{OBJECTIVE}.ratioMetrics": {"good": QUERY, "total": QUERY}},
        "spec",
        "mutually_exclusive",
    ),
    (
        "v1alpha SLO",
        {"spec.indicator": "GONE", f"{OBJECTIVE}.ratioMetrics": {"good": QUERY, "total": QUERY}},
        f"{OBJECTIVE}.op",
        "forbidden",
    ),
    (
        "v1alpha SLO",
        {"spec.indicator.thresholdMetric.source": "prom-1"},
        "spec.indicator.thresholdMetric.source",
        "string_match_regexp",
    ),
    ("v2alpha SLO", {"metadata.displayName": "x"}, "metadata.displayName", "unknown-field"),
    ("v2alpha SLO", {"spec.serviceRef": "GONE"}, "spec.serviceRef", "required"),
    ("v2alpha SLO", {"spec.service": "shop"}, "spec", "mutually_exclusive"),
    ("v2alpha SLO", {f"{WINDOW}.duration": "1M"}, f"{WINDOW}.duration", "duration"),
    (
        "v2alpha SLO",
        {"spec.sli.spec.ratioMetric.good": {"spec": {"query": "up"}}},
        "spec.sli.spec.ratioMetric.good",
        "mutually_exclusive",
    ),
    ("v2alpha AlertCondition", {"spec.condition.alertAfter": "GONE"}, "spec.condition.alertAfter", "required"),
    ("v2alpha Service", {"metadata.labels": {"a": "Upper"}}, "metadata.labels.a", "string_match_regexp"),
    ("v2alpha Service", {"metadata.labels": {"a": ["x"]}}, "metadata.labels.a", "wrong-type"),
    (
        "v2alpha Service",
        {"metadata.labels": {"a_b.org/x": "x"}},
        "metadata.labels['a_b.org/x']",
        "string_kubernetes_qualified_name",
    ),
]
CASES = [*ENVELOPE, *INDICATORS, *SLOS, *ALERTS, *MOMENTS, *ALPHAS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}: {case[1]!s:.70}")
def test_a_fault_is_found_at_its_path_with_its_word(case, edit):
    """The one error of a document with one fault is that fault."""
    name, changes, path, code, *only_text = case
    assert _errors(read(edit(name, changes), "x.yaml")) == [(path, code)]
    compatible = read(edit(name, changes), "x.yaml", mode=Mode.COMPAT)
    assert compatible.is_valid == bool(only_text)
    assert (path, code) in {(one.path, one.code) for one in compatible.findings}


ACCEPTED = [
    ("Service", {"spec": "GONE"}),
    ("Service", {"spec": None}),
    ("Service", {"metadata.displayName": "é" * 63, "spec.description": "é" * 1050}),
    ("Service", {"metadata.labels": {"team": ["a", "b"], "env": "prod", "empty": []}}),
    ("Service", {"metadata.annotations": {"leeway.example/a.b_c-d": "x", "plain": ""}}),
    ("DataSource", {"spec.connectionDetails": None}),
    ("DataSource", {"spec.connectionDetails": "http://localhost"}),
    ("SLI", {f"{RATIO}.counter": "GONE"}),
    ("SLI", {RATIO: {"raw": SOURCE, "rawType": "failure"}}),
    ("SLI", {"spec": THRESHOLD}),
    ("SLO", {"spec.alertPolicies": None}),
    ("SLO", {"spec.service": "Any Text"}),
    ("SLO", {f"{OBJECTIVE}.target": 0}),
    ("SLO", {"spec.budgetingMethod": "RatioTimeslices", f"{OBJECTIVE}.timeSliceTarget": "GONE"}),
    ("SLO", {WINDOW: {"duration": "1Q", "calendar": CALENDAR}}),
    ("SLO", {"spec.indicator": "GONE", f"{OBJECTIVE}.indicatorRef": "x", f"{OBJECTIVE}.compositeWeight": 2}),
    ("SLO", {"spec.alertPolicies": [{"alertPolicyRef": "x"}]}),
    ("AlertPolicy", {"spec.conditions[0]": INLINE}),
    ("AlertCondition", {"spec.condition.alertAfter": "GONE", "spec.condition.threshold": -1}),
    ("v1alpha SLO", {"spec.timeWindows[0]": {"unit": "Month", "count": 1, "calendar": CALENDAR}}),
    ("v2alpha Service", {"metadata.labels": {"team.example/x": "a-b_c.d", "b": ""}}),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: f"{case[0]}: {case[1]!s:.70}")
def test_what_openslo_allows_is_no_error(case, edit):
    """Edges of the allowed have no error in either mode, and become a document."""
    for mode in Mode:
        sheet = read(edit(*case), "x.yaml", mode=mode)
        assert _errors(sheet) == []
        assert len(sheet.documents) == 1


def test_every_plain_document_is_valid(every, edit):
    """The documents that the cases change have no finding themselves."""
    for name in every:
        assert read(edit(name, {}), "x.yaml").findings == ()


def test_the_old_word_of_v2alpha_is_read_and_named(edit):
    """Text and SDK contradict each other on `service`: it is read with a warning; compat refuses it, like the SDK."""
    data = edit("v2alpha SLO", {"spec.serviceRef": "GONE", "spec.service": "shop"})
    sheet = read(data, "x.yaml")
    assert [(one.code, one.severity) for one in sheet.findings] == [("renamed-field", Severity.WARNING)]
    assert sheet.documents[0].service == "shop"
    assert not read(data, "x.yaml", mode=Mode.COMPAT).is_valid


def test_all_faults_are_told_at_once(edit):
    """Three faults, three findings, in the order of the file."""
    data = edit("SLO", {"metadata.name": "A", "spec.service": "", f"{OBJECTIVE}.target": 2})
    assert [code for _, code in _errors(read(data, "x.yaml"))] == ["string_dns_label", "required", "less_than"]


def _errors(sheet):
    return [(one.path, one.code) for one in sheet.findings if one.severity is Severity.ERROR]
