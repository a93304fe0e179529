"""Files of every form are read, and every finding points at the key or value at fault."""

from __future__ import annotations

from decimal import Decimal

import pytest

from leeway.formats.openslo import Mode, read
from leeway.spec.documents import SLI, Kind, Ratio, RawRatio, RawType, RawValue, Reference
from leeway.spec.duration import Duration, Unit
from leeway.spec.finding import Mark, Severity

SERVICE = "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: {}\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (SERVICE.format("a"), ["a"]),
        (SERVICE.format("a") + "---\n" + SERVICE.format("b"), ["a", "b"]),
        ("- {apiVersion: openslo/v1, kind: Service, metadata: {name: a}}\n" * 2, ["a", "a"]),
        ('[{"apiVersion": "openslo/v1", "kind": "Service", "metadata": {"name": "a"}}]', ["a"]),
        (SERVICE.format("a").replace("\n", "\r\n"), ["a"]),
        ("\ufeff" + SERVICE.format("a"), ["a"]),
        (SERVICE.format("a") + "...\n", ["a"]),
    ],
)
def test_one_document_several_or_lists_of_them_are_read(text, names):
    """YAML and JSON, one document, many, lists, Windows line ends and a byte order mark."""
    sheet = read(text.encode(), "x.yaml")
    assert sheet.is_valid
    assert [one.metadata.name for one in sheet.documents] == names
    assert sheet.count == len(names)


@pytest.mark.parametrize("text", ["# only a comment\n", "---\n---\n" + SERVICE.format("a"), "[]\n---\n- 5\n", "hello"])
def test_what_holds_no_object_where_one_should_be_is_an_error(text):
    """As in the Go SDK."""
    assert not read(text.encode(), "x.yaml").is_valid


def test_an_empty_file_is_valid_and_says_so():
    """It may not be what was meant."""
    (finding,) = read(b"", "x.yaml").findings
    assert (finding.code, finding.severity) == ("no-documents", Severity.WARNING)


def test_findings_point_at_the_value_or_the_key_at_fault():
    """A wrong value at the value, an unknown key at the key, a missing one at what should hold it."""
    text = "apiVersion: openslo/v1\nkind: DataSource\nmetadata:\n  name: A\nspec:\n  typ: x\n"
    found = {one.code: one.mark for one in read(text.encode(), "x.yaml").findings}
    assert found["string_dns_label"] == Mark(4, 9)
    assert found["unknown-field"] == Mark(6, 3)
    assert found["required"] == Mark(6, 3)


def test_a_list_of_documents_says_which_one_is_meant():
    """The path begins with the index."""
    text = "- {apiVersion: openslo/v1, kind: Service, metadata: {name: a}}\n- {apiVersion: openslo/v1, kind: Servise}\n"
    (finding,) = read(text.encode(), "x.yaml").findings
    assert (finding.path, finding.mark, finding.hint) == ("[1].kind", Mark(2, 34), "did you mean `Service`?")


def test_one_bad_document_does_not_hide_the_good_ones():
    """The good one is read, the bad one is known by name, so that references to it are not called dangling."""
    sheet = read((SERVICE.format("a") + "---\n" + SERVICE.format("b") + "spec: {x: 1}\n").encode(), "x.yaml")
    assert [one.metadata.name for one in sheet.documents] == ["a"]
    assert (Kind.SERVICE, "b") in sheet.names
    assert not sheet.is_valid


@pytest.mark.parametrize("word", ["on", "No", "yes", "y", "OFF"])
def test_words_that_the_sdk_takes_for_booleans_are_refused_as_names_unless_quoted(word):
    """YAML 1.1, which the Go SDK reads, turns them into true and false."""
    (finding,) = read(SERVICE.format(word).encode(), "x.yaml").findings
    assert finding.code == "wrong-type"
    assert finding.hint == f'put it in quotes: "{word}"'
    quoted = read(SERVICE.format(f'"{word.lower()}"').encode(), "x.yaml")
    assert quoted.documents[0].metadata.name == word.lower()


def test_such_words_are_booleans_where_one_is_asked_for_and_text_inside_queries():
    """`counter: yes` counts, as in the SDK; a query keeps the word."""
    metric = "{metricSource: {type: x, spec: {flag: on}}}"
    text = f"""
apiVersion: openslo/v1
kind: SLI
metadata: {{name: a}}
spec: {{ratioMetric: {{counter: yes, good: {metric}, total: {metric}}}}}
"""
    (sli,) = read(text.encode(), "x.yaml").documents
    assert sli.metric.counter is True
    assert sli.metric.total.spec == {"flag": "on"}


@pytest.mark.parametrize(("code", "mode"), [(Severity.ERROR, Mode.STRICT), (Severity.WARNING, Mode.COMPAT)])
def test_a_duplicate_key_is_an_error_unless_compatible(code, mode):
    """YAML forbids it, the Go SDK takes the last."""
    text = SERVICE.format("a") + "kind: Service\n"
    (finding,) = read(text.encode(), "x.yaml", mode=mode).findings
    assert (finding.code, finding.severity) == ("duplicate-key", code)


def test_what_the_sdk_misreads_is_refused_where_it_would_be_computed(edit):
    """`1w 2d` is one week to the SDK: lenient reading, for computing, takes `1 w` but not that."""
    path = "spec.timeWindow[0].duration"
    assert read(edit("SLO", {path: "1 w"}), "x", mode=Mode.LENIENT).documents[0].window.duration == Duration(
        1, Unit.WEEK
    )
    assert not read(edit("SLO", {path: "1w 2d"}), "x", mode=Mode.LENIENT).is_valid
    assert read(edit("SLO", {path: "1w 2d"}), "x", mode=Mode.COMPAT).is_valid


def test_numbers_are_exact(edit):
    """A percentage and a share of the same size are the same target."""
    by_share = read(edit("SLO", {"spec.objectives[0].target": 0.9995}), "x").documents[0]
    changes = {"spec.objectives[0].target": "GONE", "spec.objectives[0].targetPercent": 99.95}
    by_percent = read(edit("SLO", changes), "x").documents[0]
    assert by_share.objectives[0].target == Decimal("0.9995")
    assert by_share == by_percent


def test_v2alpha_is_the_same_document_under_other_names(edit):
    """sli, serviceRef and dataSourceRef mean what v1 calls indicator, service and metricSourceRef."""
    changes = {
        "spec.budgetingMethod": "Occurrences",
        "spec.objectives[0]": {"displayName": "main", "target": 0.99},
        "spec.indicator.spec.ratioMetric.counter": False,
    }
    assert read(edit("v2alpha SLO", {}), "x").documents == read(edit("SLO", changes), "x").documents


def test_a_source_written_into_a_metric_of_v2alpha_is_kept(edit):
    """dataSourceSpec gives type and connection."""
    inline = {
        "dataSourceSpec": {"type": "Prometheus", "connectionDetails": {"url": "http://p"}},
        "spec": {"query": "up"},
    }
    (slo,) = read(edit("v2alpha SLO", {"spec.sli.spec": {"thresholdMetric": inline}, "spec.objectives[0].op": "lt",
                                       "spec.objectives[0].value": 5}), "x").documents  # fmt: skip
    assert slo.indicator.metric.value.type == "Prometheus"
    assert slo.indicator.metric.value.connection == {"url": "http://p"}


def test_v1alpha_queries_become_an_indicator(edit):
    """A threshold metric with type, query and queryType; the window in days."""
    (slo,) = read(edit("v1alpha SLO", {}), "x").documents
    assert isinstance(slo.indicator.metric, RawValue)
    assert slo.indicator.metric.value.type == "prometheus"
    assert slo.indicator.metric.value.spec == {"query": "latency", "queryType": "promql"}
    assert slo.window.duration == Duration(28, Unit.DAY)


def ratio(query="up"):
    one = {"source": "prometheus", "queryType": "promql", "query": query}
    return {
        "value": 1,
        "target": 0.99,
        "timeSliceTarget": 0.9,
        "ratioMetrics": {"incremental": True, "good": one, "total": one},
    }


def test_ratios_of_v1alpha_that_are_alike_become_the_indicator_of_the_slo(edit):
    """One indicator, two objectives; slices of a minute, since v1alpha cannot say."""
    changes = {"spec.indicator": "GONE", "spec.budgetingMethod": "Timeslices", "spec.objectives": [ratio(), ratio()]}
    (slo,) = read(edit("v1alpha SLO", changes), "x").documents
    assert isinstance(slo.indicator, SLI)
    assert isinstance(slo.indicator.metric, Ratio)
    assert slo.indicator.metric.counter is True
    assert [one.indicator for one in slo.objectives] == [None, None]
    assert slo.objectives[0].slice_window == Duration(1, Unit.MINUTE)


def test_ratios_of_v1alpha_that_differ_stay_with_their_objectives(edit):
    """Each objective has its own indicator then."""
    changes = {"spec.indicator": "GONE", "spec.objectives": [ratio("a"), ratio("b")]}
    (slo,) = read(edit("v1alpha SLO", changes), "x").documents
    assert slo.indicator is None
    assert [one.indicator.metric.total.spec["query"] for one in slo.objectives] == ["a", "b"]


def test_raw_ratios_and_references_are_read(edit):
    """A raw ratio keeps its type; a reference keeps its name and place."""
    raw = {"raw": {"metricSource": {"type": "x", "spec": {"q": 1}}}, "rawType": "failure"}
    (sli,) = read(edit("SLI", {"spec.ratioMetric": raw}), "x").documents
    assert isinstance(sli.metric, RawRatio)
    assert sli.metric.type is RawType.FAILURE
    (policy,) = read(edit("AlertPolicy", {}), "x").documents
    assert policy.conditions == (Reference("fast"),)
    assert policy.conditions[0].path == "spec.conditions[0].conditionRef"


@pytest.mark.parametrize(
    "text",
    [
        SERVICE.format("a") + "spec:\n" + "".join(f"  key{n}: x\n" for n in range(40_000)),
        SERVICE.format("a") + "  labels:\n" + "".join(f"    key{n}: 1\n" for n in range(40_000)),
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec: {objectives: ["
        + "{compositeWeight: 0}," * 15_000
        + "]}\n",
    ],
    ids=["unknown fields", "labels", "objectives"],
)
def test_a_file_of_nothing_but_faults_is_told_in_a_list_that_ends(text):
    """Two hundred findings, and one that says there are more; the work does not grow with their square."""
    sheet = read(text.encode(), "x.yaml")
    assert len(sheet.findings) == 201
    assert "too-many-findings" in {one.code for one in sheet.findings}
    assert not sheet.documents
