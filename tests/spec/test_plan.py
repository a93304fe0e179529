"""A document becomes a plan of computation: exact targets, windows of the right kind, metrics with their source."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from leeway.core.objective import Method, NoData, Op, Threshold
from leeway.core.window import Calendar, EndOfMonth, Period, Rolling
from leeway.errors import Invalid
from leeway.spec.documents import (
    SLI,
    SLO,
    BudgetingMethod,
    DataSource,
    Metadata,
    Metric,
    Objective,
    Ratio,
    RawValue,
    Reference,
    Start,
    TimeWindow,
)
from leeway.spec.duration import Duration, Unit
from leeway.spec.library import Library
from leeway.spec.plan import compile_slo

METRIC = Metric({"query": "up"}, Reference("prom"))
RATIO = SLI(Metadata("requests"), Ratio(METRIC, None, METRIC, counter=True))
LATENCY = SLI(Metadata("latency"), RawValue(METRIC))
ONE = Objective(Decimal("0.9995"), "main")
BASE = SLO(Metadata("shop"), "shop", TimeWindow(Duration(4, Unit.WEEK)), BudgetingMethod.OCCURRENCES, (ONE,), RATIO)
START = datetime(2026, 1, 31, 6)  # noqa: DTZ001 - wall-clock


def the(slo, *documents):
    """The only item of the plan."""
    (item,) = compile_slo(slo, Library.of(documents)).items
    return item


def noted(slo, **annotations):
    made = {f"leeway.dev/{key.replace('_', '-')}": value for key, value in annotations.items()}
    return replace(slo, metadata=replace(slo.metadata, annotations=made))


def test_a_target_is_the_exact_fraction_that_was_written():
    """0.9995 is 1999/2000, not a float near it."""
    assert the(BASE).objective.target == Fraction(1999, 2000)
    assert the(BASE).objective.allowed_share == Fraction(1, 2000)


@pytest.mark.parametrize(
    ("text", "length"),
    [("5m", 300), ("6h", 21_600), ("28d", 2_419_200), ("4w", 2_419_200), ("1M", 2_592_000), ("1Q", 7_776_000)],
)
def test_rolling_windows_have_a_fixed_length(text, length):
    """Days of 86,400 s; months and longer as the Go SDK counts them."""
    assert the(replace(BASE, window=TimeWindow(Duration.parse(text)))).objective.window == Rolling(length)


@pytest.mark.parametrize(
    ("text", "period", "count"),
    [("1d", Period.DAY, 1), ("2w", Period.WEEK, 2), ("1M", Period.MONTH, 1), ("1Q", Period.QUARTER, 1),
     ("3Y", Period.YEAR, 3), ("8h", Period.HOUR, 8)],
)  # fmt: skip
def test_calendar_windows_follow_the_calendar_of_their_zone(text, period, count):
    """From the start that was written, clamped at the end of the month unless an annotation says else."""
    slo = replace(BASE, window=TimeWindow(Duration.parse(text), Start(START, "Europe/Berlin")))
    assert the(slo).objective.window == Calendar(period, count, START, "Europe/Berlin")
    rolled = the(noted(slo, end_of_month="roll-over")).objective.window
    assert rolled.end_of_month is EndOfMonth.ROLL_OVER


@pytest.mark.parametrize(
    ("written", "annotation", "method", "slice_s", "slice_target"),
    [
        (BudgetingMethod.OCCURRENCES, {}, Method.OCCURRENCES, None, None),
        (BudgetingMethod.TIMESLICES, {}, Method.TIMESLICES, 300, Fraction(19, 20)),
        (BudgetingMethod.RATIO_TIMESLICES, {}, Method.RATIO_TIMESLICES, 300, None),
        (
            BudgetingMethod.TIMESLICES,
            {"budgeting_method": "TrafficWeightedTimeslices"},
            Method.TRAFFIC_WEIGHTED_TIMESLICES,
            300,
            Fraction(19, 20),
        ),
        (
            BudgetingMethod.OCCURRENCES,
            {"budgeting_method": "TrafficWeightedTimeslices"},
            Method.OCCURRENCES,
            None,
            None,
        ),
    ],
)
def test_each_method_gets_what_it_needs_and_no_more(written, annotation, method, slice_s, slice_target):
    """Slices where slices count, their target where they are judged good or bad."""
    objective = replace(ONE, slice_target=Decimal("0.95"), slice_window=Duration.parse("5m"))
    made = the(noted(replace(BASE, method=written, objectives=(objective,)), **annotation)).objective
    assert (made.method, made.slice_s, made.slice_target) == (method, slice_s, slice_target)


def test_the_policy_for_missing_data_comes_from_annotations():
    """Exclude and five minutes unless said otherwise; what is not accepted counts as unsaid."""
    plain, said = the(BASE).objective, the(noted(BASE, no_data="carry", carry_limit="1h")).objective
    assert (plain.no_data, plain.carry_limit_s) == (NoData.EXCLUDE, 300)
    assert (said.no_data, said.carry_limit_s) == (NoData.CARRY, 3600)
    assert the(noted(BASE, no_data="cary")).objective.no_data is NoData.EXCLUDE


def test_objectives_are_called_by_their_display_name_else_by_their_place():
    """Counted from 0."""
    slo = replace(BASE, objectives=(replace(ONE, display_name=""), ONE))
    assert [item.objective.name for item in compile_slo(slo).items] == ["0", "main"]


def test_a_threshold_belongs_to_values_only():
    """A ratio ignores op and value; of an unknown SLI they say that it gives values."""
    one = replace(ONE, op=Op.LTE, value=Decimal("0.25"))
    limit = Threshold(Op.LTE, 0.25)
    assert the(replace(BASE, objectives=(one,), indicator=LATENCY)).objective.threshold == limit
    assert the(replace(BASE, objectives=(one,), indicator=Reference("gone"))).objective.threshold == limit
    assert the(replace(BASE, objectives=(one,))).objective.threshold is None


def test_references_are_followed_and_sources_give_their_type():
    """SLI by name, type by the DataSource; what leads nowhere has no indicator."""
    slo = replace(BASE, indicator=Reference("requests"))
    item = the(slo, RATIO, DataSource(Metadata("prom"), "Prometheus"))
    assert item.indicator.name == "requests"
    assert item.indicator.metric.counter is True
    assert item.indicator.metric.good is None
    assert (item.indicator.metric.bad.type, item.indicator.metric.total.type) == ("Prometheus", "Prometheus")
    assert the(slo).indicator is None


def test_in_a_composite_each_objective_has_its_own_indicator():
    """And the plan says that it is one."""
    slo = replace(
        BASE, indicator=None, objectives=(replace(ONE, indicator=RATIO), replace(ONE, indicator=Reference("b")))
    )
    plan = compile_slo(slo, Library.of([replace(RATIO, metadata=Metadata("b"))]))
    assert plan.composite
    assert [item.indicator.name for item in plan.items] == ["requests", "b"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objectives": ()}, "without objectives"),
        ({"indicator": LATENCY}, "`op` and `value`"),
        ({"window": TimeWindow(Duration(0, Unit.DAY))}, "needs a length"),
        ({"window": TimeWindow(Duration(30, Unit.SECOND), Start(START, "UTC"))}, "minutes or longer"),
        ({"method": BudgetingMethod.TIMESLICES}, "needs slices"),
        ({"method": BudgetingMethod.RATIO_TIMESLICES}, "needs slices"),
        (
            {
                "method": BudgetingMethod.TIMESLICES,
                "objectives": (replace(ONE, slice_window=Duration(1, Unit.MINUTE)),),
            },
            "when a slice is good",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused_with_its_place(changes, words):
    """In words, with the name of the SLO and how to mend it."""
    with pytest.raises(Invalid, match=words) as caught:
        compile_slo(replace(BASE, **changes))
    assert "SLO shop" in str(caught.value)
    assert caught.value.mend
