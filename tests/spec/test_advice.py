"""Advice: what nobody refuses and somebody will regret. Each case breaks a sound pair of documents in one way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from leeway.core.objective import Op
from leeway.spec.advice import advise
from leeway.spec.codes import SERIOUS
from leeway.spec.documents import (
    SLI,
    SLO,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    BudgetingMethod,
    DataSource,
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
    TimeWindow,
)
from leeway.spec.duration import Duration, Unit
from leeway.spec.finding import Severity
from leeway.spec.library import Library

METRIC = Metric({"query": "up"}, Reference("prom"))
RATIO = SLI(Metadata("requests"), Ratio(METRIC, METRIC))
LATENCY = SLI(Metadata("latency"), RawValue(METRIC))
SOURCE = DataSource(Metadata("prom"), "Prometheus")
TARGET = AlertNotificationTarget(Metadata("team"), "email")
CONDITION = AlertCondition(Metadata("fast"), "page", Op.GT, Decimal("14.4"), Duration.parse("1h"))
TEAM = Recipient(Metadata("team"), "email", people=3)
POLICY = AlertPolicy(Metadata("page"), (CONDITION,), (TARGET,), when_breaching=True)
OBJECTIVE = Objective(Decimal("0.999"), "main", path="spec.objectives[0]")
SLICED = replace(OBJECTIVE, slice_target=Decimal("0.9"), slice_window=Duration.parse("1m"))
BELOW = replace(OBJECTIVE, op=Op.LTE, value=Decimal(250))
ROLLING = TimeWindow(Duration.parse("28d"))
CALENDAR = TimeWindow(Duration.parse("1M"), Start(datetime(2026, 1, 1), "UTC"))  # noqa: DTZ001 - wall-clock
OWN = Reference("requests")
SLO_ = SLO(Metadata("shop"), "shop", ROLLING, BudgetingMethod.OCCURRENCES, (OBJECTIVE,), RATIO)
CUT = replace(SLO_, method=BudgetingMethod.TIMESLICES, objectives=(SLICED,))


def warned(*documents, references=True):
    """The codes of all advice on the documents, remarks aside."""
    found = advise(Library.of(documents), references=references)
    return sorted({one.code for one in found if one.severity is Severity.WARNING})


def told(*documents, references=True):
    """The same, where the team can be told."""
    return warned(TEAM, *documents, references=references)


def noted(slo=SLO_, **annotations):
    made = {f"leeway.dev/{key.replace('_', '-')}": value for key, value in annotations.items()}
    return replace(slo, metadata=replace(slo.metadata, annotations=made))


def watched(slo=SLO_, **changes):
    return replace(slo, alert_policies=(replace(POLICY, conditions=(replace(CONDITION, **changes),)),))


def sliced(window="28d", length="1m", start=None):
    return replace(
        CUT,
        window=TimeWindow(Duration.parse(window), start),
        objectives=(replace(SLICED, slice_window=Duration.parse(length)),),
    )


def test_sound_documents_get_no_advice():
    """Rolling or calendar, by events or slices, with a sound alert."""
    for slo in (
        SLO_,
        CUT,
        watched(),
        replace(SLO_, window=CALENDAR),
        replace(SLO_, indicator=LATENCY, objectives=(BELOW,)),
    ):
        assert told(slo, SOURCE) == []


CASES = {
    "window-in-minutes": replace(SLO_, window=TimeWindow(Duration(1, Unit.MINUTE))),
    "window-fixed-month": replace(SLO_, window=TimeWindow(Duration(1, Unit.MONTH))),
    "slice-not-shorter": sliced("1d", "1d"),
    "slice-uneven": sliced("1d", "7m"),
    "weight-without-composite": replace(SLO_, objectives=(replace(OBJECTIVE, weight=Decimal(2)),)),
    "raw-occurrences": replace(SLO_, indicator=SLI(Metadata("r"), RawRatio(METRIC, RawType.SUCCESS))),
    "target-zero": replace(SLO_, objectives=(replace(OBJECTIVE, target=Decimal(0)),)),
    "op-without-threshold": replace(SLO_, objectives=(BELOW,)),
    "threshold-without-op": replace(SLO_, indicator=LATENCY),
    "threshold-backward": replace(SLO_, indicator=LATENCY, objectives=(replace(BELOW, op=Op.GT),)),
    "duplicate-objective": replace(SLO_, objectives=(OBJECTIVE, OBJECTIVE)),
    "reserved-annotation": replace(SLO_, metadata=Metadata("shop", annotations={"openslo.com/x": "y"})),
    "unknown-annotation": noted(nodata="carry"),
    "bad-annotation": noted(CUT, no_data="ignore"),
    "policy-silent": replace(SLO_, alert_policies=(replace(POLICY, when_breaching=False),)),
    "alert-backward": watched(op=Op.LTE),
    "alert-always-fires": watched(threshold=Decimal(-1)),
    "alert-below-one": watched(threshold=Decimal("0.5")),
    "alert-one-slice": watched(CUT, lookback=Duration.parse("5m")),
    "lookback-below-slice": watched(sliced("28d", "1h"), lookback=Duration.parse("5m")),
    "dangling-reference": replace(SLO_, indicator=Reference("request")),
}


@pytest.mark.parametrize(("code", "document"), CASES.items(), ids=CASES)
def test_what_is_unwise_is_told(code, document):
    """And nothing else is told of it."""
    assert told(document, SOURCE) == [code]


def test_an_alert_that_everything_failing_cannot_fire_is_told():
    """Target 0.9 burns at most at 10: 14.4 never fires, nor does more than 10; 10 itself fires with gte."""
    loose = replace(SLO_, objectives=(replace(OBJECTIVE, target=Decimal("0.9")),))
    assert told(watched(loose), SOURCE) == ["alert-never-fires"]
    assert told(watched(loose, threshold=Decimal(10)), SOURCE) == ["alert-never-fires"]
    assert told(watched(loose, threshold=Decimal(10), op=Op.GTE), SOURCE) == []
    assert told(watched(loose, threshold=Decimal("9.99")), SOURCE) == []


def test_from_how_many_events_one_error_is_bearable_is_said_exactly():
    """One bad event of n burns at 1/(n × 0.001): above 14.4 up to n = 69, so 70 events are needed."""
    (remark,) = (one for one in advise(Library.of([watched(), SOURCE])) if one.code == "alert-one-event")
    assert remark.severity is Severity.INFO
    assert "fewer than 70 events" in remark.message


def test_at_the_threshold_gte_fires_and_gt_does_not():
    """Burn 10 with target 0.99: one of ten is exactly 10."""
    slo = replace(SLO_, objectives=(replace(OBJECTIVE, target=Decimal("0.99")),))
    for op, needed in ((Op.GT, 10), (Op.GTE, 11)):
        found = advise(Library.of([watched(slo, op=op, threshold=Decimal(10)), SOURCE]))
        assert [one.message for one in found if f"fewer than {needed} events" in one.message]


def test_half_a_composite_is_told():
    """One objective has an indicator, the other none."""
    slo = replace(
        SLO_, indicator=None, objectives=(replace(OBJECTIVE, indicator=OWN), replace(OBJECTIVE, display_name="b"))
    )
    assert told(slo, RATIO, SOURCE) == ["half-composite"]


def test_references_are_resolved_over_all_documents_and_only_if_asked():
    """Policy, condition, target, SLI and source each by name; alone nothing can be said."""
    slo = replace(SLO_, indicator=OWN, alert_policies=(Reference("page"),))
    policy = replace(POLICY, conditions=(Reference("fast"),), targets=(Reference("team"),))
    whole = [slo, RATIO, policy, CONDITION, TARGET, SOURCE, TEAM]
    assert warned(*whole) == []
    for missing in whole[1:]:
        assert warned(*(one for one in whole if one is not missing)) == ["dangling-reference"]
    assert told(slo, references=False) == []


def test_a_reference_to_a_document_that_could_not_be_read_is_not_called_dangling():
    """Its own error is told already."""
    library = Library.of([SLO_, SOURCE])
    assert [one.code for one in advise(replace(library, documents=(replace(SLO_, indicator=OWN),)))] != []
    known = Library.of([replace(SLO_, indicator=OWN), SOURCE], [next(iter(Library.of([RATIO]).known))])
    assert list(advise(known)) == []


def test_a_service_is_looked_for_only_where_services_are_described():
    """OpenSLO does not ask for Service documents."""
    assert told(SLO_, SOURCE, Service(Metadata("shop"))) == []
    found = list(advise(Library.of([SLO_, SOURCE, Service(Metadata("shopp"))])))
    assert [(one.code, one.hint) for one in found] == [("dangling-service", "did you mean `shopp`?")]


def test_one_name_for_two_documents_is_told_once():
    """At the second; another kind may have the same name."""
    assert told(SOURCE, SOURCE) == ["duplicate-name"]
    assert told(Service(Metadata("prom")), SOURCE) == []


@pytest.mark.parametrize(
    "slo",
    [
        noted(SLO_, no_data="carry"),
        noted(CUT, carry_limit="10m"),
        noted(SLO_, budgeting_method="TrafficWeightedTimeslices"),
        noted(SLO_, end_of_month="roll-over"),
    ],
)
def test_an_annotation_without_effect_is_remarked(slo):
    """It is no warning: nothing is computed wrongly."""
    assert [(one.code, one.severity) for one in advise(Library.of([slo, SOURCE]))] == [("idle-annotation", "info")]


def test_an_annotation_on_the_wrong_kind_is_told():
    """`leeway.dev/no-data` belongs to an SLO."""
    service = Service(Metadata("shop", annotations={"leeway.dev/no-data": "good"}))
    assert told(service) == ["unknown-annotation"]


def test_what_would_make_numbers_or_alerts_wrong_is_serious():
    """These stop `plan` and `apply`; the others do not."""
    assert {"alert-never-fires", "alert-backward", "dangling-reference", "bad-annotation"} <= SERIOUS
    assert not {"alert-one-event", "window-fixed-month", "target-zero", "dangling-service"} & SERIOUS
