"""Which words are counted by us, which are left to the server, and which are refused with the key at fault."""

from __future__ import annotations

import pytest

from leeway.core.window import Span
from leeway.errors import Invalid
from leeway.ports.source import Metric, Role
from leeway.sources.prometheus.query import (
    Counter,
    Instant,
    Range,
    Written,
    edge,
    parts,
    samples,
    understand,
    up_of,
    values,
)


def understood(query, *, counter=False, role=Role.TOTAL, **spec):
    return understand(Metric(role, {"query": query, **spec}, counter))


@pytest.mark.parametrize(
    ("query", "selector"),
    [
        ("rate(http_requests_total[5m])", "http_requests_total"),
        ("increase(m[1h])", "m"),
        ("sum(rate(m[5m]))", "m"),
        ("sum by (code) (rate(m[5m]))", "m"),
        ("sum(increase(m[5m])) without (pod)", "m"),
        ("sum(sum by (job) (rate(m[5m])))", "m"),
        ("(sum((rate((m[5m])))))", "m"),
        ("sum(rate(m[{{.window}}]))", "m"),
        ("sum(rate(m[{{ .window }}]))", "m"),
        ('sum(rate(m{code=~"5..|429",job!="a"}[5m])) # errors', 'm{code=~"5..|429",job!="a"}'),
        ('rate({__name__="m"}[5m])', '{__name__="m"}'),
        ("rate(m{a='q\"uo\\\\te'}[5m])", 'm{a="q\\"uo\\\\te"}'),
        ("rate(m{path=~`/api/v\\d+`}[5m])", 'm{path=~"/api/v\\\\d+"}'),
    ],
)
def test_a_rate_or_increase_of_counters_is_counted_by_us(query, selector):
    """With any sums around it; the range it names does not matter, since samples are fetched raw."""
    assert understood(query) == Counter(selector, query)


@pytest.mark.parametrize("query", ["m", "sum(m)", "sum by (x) (m)", "(m)"])
def test_a_plain_selector_is_a_counter_only_if_it_is_said_to_be(query):
    """`counter: true` makes the difference between a running total and a number per step."""
    assert understood(query, counter=True) == Counter("m", "sum(increase(m[{{.window}}]))")
    assert understood(query) == Written(query)


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(m[5m])) or vector(0)",
        "sum(rate(m[5m])) * 60",
        "avg(rate(m[5m]))",
        "irate(m[5m])",
        "sum(rate(m[5m] offset 5m))",
        "sum(rate(m[5m] @ 1700000000))",
        "sum(rate(m[5m:1m]))",
        "histogram_quantile(0.9, sum by (le) (rate(m[5m])))",
        'rate({"with.dots", "a.b"="c"}[5m])',
        "1",
    ],
)
def test_everything_else_is_evaluated_as_written(query):
    """Nothing is guessed: what is not exactly the known form goes to the server untouched."""
    assert understood(query, counter=True) == Written(query)


@pytest.mark.parametrize("role", [Role.VALUE, Role.RAW])
def test_a_value_or_a_ratio_is_never_counted(role):
    """A threshold or a raw ratio is a number at an instant."""
    assert understood("rate(m[5m])", role=role) == Written("rate(m[5m])")


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        ({}, "metricSource.spec"),
        ({"query": "m", "promql": "m"}, "metricSource.spec"),
        ({"query": ""}, "metricSource.spec.query"),
        ({"query": 5}, "metricSource.spec.query"),
        ({"query": "sum("}, "metricSource.spec.query"),
        ({"promql": "rate(m)"}, "metricSource.spec.promql"),
        ({"query": "m[5m]"}, "metricSource.spec.query"),
        ({"query": "m[5m:1m]"}, "metricSource.spec.query"),
        ({"query": '"text"'}, "metricSource.spec.query"),
        ({"query": "rate(m[$__rate_interval])"}, "metricSource.spec.query"),
        ({"query": "\u00a0m"}, "metricSource.spec.query"),
        ({"query": "(" * 5000 + "m" + ")" * 5000}, "metricSource.spec.query"),
        ({"query": "1+" * 5000 + "1"}, "metricSource.spec.query"),
        ({"query": "m or " * 5000 + "m"}, "metricSource.spec.query"),
        ({"query": "m", "dedup": "replica"}, "metricSource.spec.dedup"),
        ({"query": "m", "dedupe": "a b"}, "metricSource.spec.dedupe"),
        ({"query": "m", "dedupe": 5}, "metricSource.spec.dedupe"),
    ],
)
def test_what_can_never_be_asked_is_refused_with_the_key(spec, place):
    """And with what to write instead."""
    with pytest.raises(Invalid) as refusal:
        understand(Metric(Role.TOTAL, spec))
    assert refusal.value.place == place
    assert refusal.value.mend


def test_a_near_miss_is_named():
    """A typing error in a key would silently change what is counted."""
    with pytest.raises(Invalid, match="did you mean 'dedupe'"):
        understood("m", dedup="replica")


def test_samples_are_asked_so_that_both_kinds_of_range_hold_the_part():
    """Prometheus 2 takes [a, b], Prometheus 3 takes (a, b]: a millisecond earlier both hold [start, end)."""
    assert samples("m", Span(120, 180)) == Instant("m[60s]", 179_999, gives_samples=True)
    assert samples("m", Span(120, 180)).form == (("query", "m[60s]"), ("time", "179.999"))
    assert edge(Counter("m", ""), Span(120, 180), 3600).form[1] == ("time", "119.999")


def test_values_are_asked_at_the_end_of_each_step_in_parts_the_server_allows():
    """At most 10,000 points at once, none twice, none left out; {{.window}} is the step."""
    asked = list(values("sum(increase(m[{{.window}}]))", Span(0, 60 * 25_000), 60))
    assert [(one.first, one.last) for one in asked] == [(60, 600_000), (600_060, 1_200_000), (1_200_060, 1_500_000)]
    assert all(isinstance(one, Range) and one.query == "sum(increase(m[60s]))" for one in asked)


@pytest.mark.parametrize(("most", "lengths"), [(0, [60, 60, 60]), (60, [60] * 3), (130, [120, 60]), (9999, [180])])
def test_parts_are_whole_steps_and_cover_the_span(most, lengths):
    """Never shorter than a step."""
    found = list(parts(Span(60, 240), 60, most))
    assert [part.length_s for part in found] == lengths
    assert (found[0].start, found[-1].end) == (60, 240)


def test_label_values_cannot_leave_their_quotes():
    """What stands in a label is data, whatever it looks like."""
    selector = up_of({"job": frozenset({'a"} or vector(1) #', "b|c"}), "instance": frozenset({"x\\y"})})
    assert isinstance(understood(selector), Written)
    assert selector == 'up{instance=~"x\\\\\\\\y",job=~"a\\"\\\\}\\\\ or\\\\ vector\\\\(1\\\\)\\\\ \\\\#|b\\\\|c"}'
