"""What is written lints clean and reads back as what it was."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Of, Remaining, Severity
from leeway.core.alerting.presets import NOBL9
from leeway.core.objective import Op
from leeway.errors import Invalid
from leeway.formats.openslo import read, write
from leeway.spec.documents import (
    SLI,
    SLO,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    BudgetingMethod,
    Clause,
    DataSource,
    Escalation,
    LeewayPolicy,
    Metadata,
    Metric,
    Objective,
    Ratio,
    RawRatio,
    RawType,
    RawValue,
    Recipient,
    Reference,
    Service,
    Start,
    Template,
    TimeWindow,
)
from leeway.spec.duration import Duration, Unit

names = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)
words = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("äß→日\n"), max_size=40)
some = words.filter(bool)
keys = st.from_regex(r"[a-zA-Z0-9]([-._a-zA-Z0-9]{0,10}[a-zA-Z0-9])?", fullmatch=True)
numbers = st.decimals(min_value=-1000, max_value=1000, allow_nan=False, allow_infinity=False, places=4)
shares = st.decimals(min_value=0, max_value=Decimal("0.999999"), places=6)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
durations = st.builds(Duration, st.integers(1, 400), st.sampled_from([one for one in Unit if one is not Unit.SECOND]))
metadata = st.builds(
    Metadata,
    names,
    words.map(lambda text: text[:63]),
    st.dictionaries(keys, st.lists(words, max_size=2).map(tuple), max_size=2),
    st.dictionaries(keys, words, max_size=2),
)
references = st.builds(Reference, names)
metrics = st.builds(
    Metric, st.dictionaries(words, plain, min_size=1, max_size=3), references, st.sampled_from(["", "Prometheus"])
)
ratios = st.builds(Ratio, metrics, good=metrics, counter=st.booleans()) | st.builds(Ratio, metrics, bad=metrics)
slis = st.builds(SLI, metadata, ratios | st.builds(RawRatio, metrics, st.sampled_from(RawType)), words)
thresholds = st.builds(SLI, metadata, st.builds(RawValue, metrics), words)
conditions = st.builds(
    AlertCondition, metadata, some, st.sampled_from(Op), numbers, durations, st.none() | durations, words
)
targets = st.builds(AlertNotificationTarget, metadata, some, words)
policies = st.builds(
    AlertPolicy,
    metadata,
    (conditions | references).map(lambda one: (one,)),
    st.lists(targets | references, min_size=1, max_size=2).map(tuple),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    words,
)
minutes = st.integers(1, 100_000).map(lambda count: count * 60)
lasting = {"op": st.sampled_from(Op), "lasts_s": st.just(0) | minutes}
parts = st.integers(1, 10**12).map(lambda part: Fraction(part, 10**12))
clauses = st.builds(
    Clause,
    st.builds(Burn, numbers.map(abs).map(Fraction), long_s=minutes, short_s=st.none() | minutes, **lasting)
    | st.builds(Remaining, parts | numbers.map(lambda number: Fraction(-abs(number))), **lasting)
    | st.builds(Exhaustion, minutes, over_s=minutes, of=st.sampled_from(Of), **lasting)
    | st.builds(Drop, parts, over_s=minutes, **lasting)
    | st.builds(Coverage, parts, over_s=minutes, **lasting)
    | st.builds(Coverage, st.just(Fraction(0)), over_s=minutes, op=st.just(Op.LTE), lasts_s=lasting["lasts_s"]),
)
leeway_policies = st.builds(
    LeewayPolicy,
    metadata,
    st.lists(st.lists(clauses, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
    severity=st.sampled_from(Severity),
    cooldown_s=st.none() | minutes,
    notify=st.lists(references, max_size=2).map(tuple),
    description=words,
) | st.builds(LeewayPolicy, metadata, preset=st.sampled_from(["default", *NOBL9]), cooldown_s=st.none() | minutes)
recipients = st.builds(
    Recipient,
    metadata,
    names,
    st.dictionaries(words, plain, max_size=3),
    st.none() | st.integers(1, 10**6),
    words,
    st.none() | st.builds(Reference, names),
    st.none() | st.builds(Escalation, st.builds(Reference, names), minutes),
    st.none()
    | st.sampled_from([Template("{{ title }}"), Template("", "- {{ lines[0] }}\n"), Template("a: b", "{{slo}}")]),
    words,
)
starts = st.builds(
    Start,
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda time: time.replace(microsecond=0, fold=0)),  # noqa: DTZ001 - wall-clock
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
)
slices = {"slice_target": st.just(Decimal("0.9")), "slice_window": durations}


@st.composite
def slos(draw):
    """An SLO of any shape: ratio, threshold, composite; any method, rolling or calendar."""
    composite, threshold = draw(st.booleans()), draw(st.booleans())
    own = references | slis if composite else st.none()
    ops = {"op": st.sampled_from(Op), "value": numbers} if threshold and not composite else {}
    weight = st.none() | st.decimals(min_value=1, max_value=9, places=1)
    objective = st.builds(Objective, shares, words, indicator=own, weight=weight, **slices, **ops)
    several = 1 if ops else 3
    return SLO(
        draw(metadata),
        draw(some),
        TimeWindow(draw(durations), draw(st.none() | starts)),
        draw(st.sampled_from(BudgetingMethod)),
        tuple(draw(st.lists(objective, min_size=1, max_size=several))),
        None if composite else draw(thresholds if threshold else references | slis),
        tuple(draw(st.lists(policies | references, max_size=2))),
        draw(words),
    )


documents = (
    st.builds(Service, metadata, words)
    | st.builds(DataSource, metadata, some, plain, words)
    | slis
    | thresholds
    | slos()
    | policies
    | conditions
    | targets
    | leeway_policies
    | recipients
)


@given(st.lists(documents, min_size=1, max_size=3))
def test_what_is_written_lints_clean_and_reads_back_equal(written):
    """For any documents that v1 can say."""
    text = write(written)
    sheet = read(text.encode(), "written.yaml")
    assert sheet.findings == ()
    assert list(sheet.documents) == written


def test_the_text_is_what_a_person_would_write():
    """Bare words where they are safe, quotes where not, blocks for long texts, plain digits."""
    sli = SLI(
        Metadata("checkout", annotations={"a": "on"}),
        RawRatio(Metric({"query": 'sum(rate(x{a="b"}[5m]))\n/\ncount(y)'}, None, "Prometheus"), RawType.SUCCESS),
    )
    assert write([sli]) == (
        "---\n"
        "apiVersion: openslo/v1\n"
        "kind: SLI\n"
        "metadata:\n"
        "  name: checkout\n"
        "  annotations:\n"
        '    a: "on"\n'
        "spec:\n"
        "  ratioMetric:\n"
        "    raw:\n"
        "      metricSource:\n"
        "        type: Prometheus\n"
        "        spec:\n"
        "          query: |-\n"
        '            sum(rate(x{a="b"}[5m]))\n'
        "            /\n"
        "            count(y)\n"
        "    rawType: success\n"
    )


def test_a_source_written_into_a_metric_becomes_a_document_of_its_own(edit):
    """v1 cannot say it otherwise."""
    inline = {
        "dataSourceSpec": {"type": "Prometheus", "connectionDetails": {"url": "http://p"}},
        "spec": {"query": "up"},
    }
    changes = {f"spec.sli.spec.ratioMetric.{one}": inline for one in ("good", "total")}
    again = read(write(read(edit("v2alpha SLO", changes), "x").documents).encode(), "y")
    assert again.is_valid
    *sources, slo = again.documents
    assert [one.metadata.name for one in sources] == ["sli-good", "sli-total"]
    assert slo.indicator.metric.total.source == Reference("sli-total")


def test_what_v1_cannot_say_is_refused(edit):
    """Windows of seconds, labels with a prefix, metrics without a question: earlier or later versions have them."""
    seconds = edit("v1alpha SLO", {"spec.timeWindows[0]": {"unit": "Second", "count": 90, "isRolling": True}})
    label = edit("v2alpha Service", {"metadata.labels": {"team.example/name": "x"}})
    silent = edit("v2alpha SLO", {"spec.sli.spec.ratioMetric.good.spec": {}})
    for data, words in ((seconds, "90 seconds"), (label, "team.example/name"), (silent, "at least one entry")):
        with pytest.raises(Invalid, match=words):
            write(read(data, "x").documents)
