"""Advice on alert policies of `leeway.dev/v1`, and on either language beside the objectives they watch."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Of, Remaining
from leeway.core.alerting.policy import Severity as Leads
from leeway.core.objective import Op
from leeway.spec.advice import advise
from leeway.spec.codes import SERIOUS
from leeway.spec.documents import (
    SLO,
    BudgetingMethod,
    Clause,
    Escalation,
    LeewayPolicy,
    Metadata,
    Objective,
    Origin,
    Recipient,
    Reference,
    TimeWindow,
)
from leeway.spec.duration import Duration
from leeway.spec.finding import Mark, Severity
from leeway.spec.library import Library

HOUR, DAY = 3_600, 86_400
TEAM = Recipient(Metadata("team"), "email", people=20)
SHOP = SLO(
    Metadata("shop"),
    "shop",
    TimeWindow(Duration.parse("30d")),
    BudgetingMethod.OCCURRENCES,
    (Objective(Decimal("0.999"), "main"),),
    None,
    (Reference("own"),),
)
SLICED = replace(
    SHOP,
    method=BudgetingMethod.TIMESLICES,
    objectives=(replace(SHOP.objectives[0], slice_target=Decimal("0.9"), slice_window=Duration.parse("1m")),),
)
FAST = Burn(Fraction("14.4"), HOUR, 300)


def policy(*groups, **more):
    made = tuple(tuple(Clause(one, f"spec.conditions[{at}]") for one in group) for at, group in enumerate(groups))
    return LeewayPolicy(Metadata("own"), made, severity=Leads.PAGE, notify=(Reference("team"),), **more)


def found(slo, *documents):
    return list(advise(Library.of([slo, TEAM, *documents])))


def told(slo, *documents):
    """Codes and paths of all advice, remarks aside."""
    return [(one.code, one.path) for one in found(slo, *documents) if one.severity is Severity.WARNING]


def loose(slo, target="0.9"):
    return replace(slo, objectives=tuple(replace(one, target=Decimal(target)) for one in slo.objectives))


@pytest.mark.parametrize(
    "groups",
    [
        ((FAST,),),
        ((FAST,), (Exhaustion(12 * HOUR), Remaining(Fraction(0), Op.GT))),
        ((Remaining(Fraction(1, 5)),),),
        ((Remaining(Fraction(1, 5)), Remaining(Fraction(0), Op.GT)),),
        ((Drop(Fraction(1, 10), 900),),),
        ((Coverage(Fraction(1, 2), HOUR),), (Coverage(Fraction(0), 600, Op.LTE),)),
        ((Burn(Fraction(2), HOUR), Coverage(Fraction(9, 10), HOUR, Op.GTE)),),
    ],
)
@pytest.mark.parametrize("slo", [SHOP, SLICED], ids=["events", "slices"])
def test_a_sound_policy_gets_no_advice(groups, slo):
    """What says beside others that all is well so far is not backwards."""
    assert told(loose(slo, "0.997"), policy(*groups)) == []


C0 = "spec.conditions[0]"
CASES = [
    (Burn(Fraction(2), HOUR, op=Op.LT), "alert-backward", f"{C0}.op"),
    (Drop(Fraction(1, 10), HOUR, Op.LTE), "alert-backward", f"{C0}.op"),
    (Exhaustion(HOUR, op=Op.GT), "alert-backward", f"{C0}.op"),
    (Remaining(Fraction(1, 5), Op.GT), "alert-backward", f"{C0}.op"),
    (Coverage(Fraction(1, 2), HOUR, Op.GTE), "alert-backward", f"{C0}.op"),
    (Burn(Fraction(0), HOUR, op=Op.GTE), "alert-always-fires", f"{C0}.burnRate"),
    (Remaining(Fraction(1), Op.LTE), "alert-always-fires", f"{C0}.budgetLeft"),
    (Coverage(Fraction(1), HOUR, Op.LTE), "alert-always-fires", f"{C0}.coverage"),
    (Burn(Fraction(1, 2), HOUR), "alert-below-one", f"{C0}.burnRate"),
    (Burn(Fraction(2), HOUR, HOUR), "alert-windows-swapped", f"{C0}.short"),
    (Burn(Fraction(2), 31 * DAY), "alert-window-too-long", f"{C0}.long"),
    (Drop(Fraction(1, 2), 31 * DAY), "alert-window-too-long", f"{C0}.over"),
    (Coverage(Fraction(0), 31 * DAY, Op.LTE), "alert-window-too-long", f"{C0}.noData"),
    (Burn(Fraction(1000), HOUR), "alert-never-fires", f"{C0}.burnRate"),
    (Exhaustion(40 * 60, of=Of.WHOLE), "alert-never-fires", f"{C0}.exhaustion"),
    (Remaining(Fraction(-999)), "alert-never-fires", f"{C0}.budgetLeft"),
]


@pytest.mark.parametrize(("condition", "code", "path"), CASES)
def test_what_is_unwise_is_told_at_its_place(condition, code, path):
    """And nothing else is."""
    assert told(SHOP, policy((condition,))) == [(code, path)]


def test_all_that_makes_an_alert_useless_is_serious():
    """`plan` and `apply` refuse it; below one is an early hint that somebody may want."""
    assert {code for _, code, _ in CASES} - SERIOUS == {"alert-below-one"}


def test_the_default_set_is_not_called_backward_or_below_one():
    """A preset is nobody's slip; the slow pair burns below one on purpose."""
    for name in ("default", "fast-exhaustion-above-budget", "slow-burn-long-window"):
        assert told(SHOP, replace(policy(), groups=(), preset=name, severity=None)) == []


def test_a_drop_that_slices_rule_out_can_happen_with_events_if_they_come_at_once():
    """90 %, 30 days: an hour is 1.39 % of the budget at most; as events it is told without refusing it."""
    drop = policy((Drop(Fraction(1, 10), HOUR),))
    assert told(loose(SLICED), drop) == [("alert-never-fires", f"{C0}.budgetDrop")]
    assert told(loose(SHOP), drop) == [("alert-outage", "spec")]


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (((FAST,),), "page after 52 seconds"),
        (((FAST,), (Burn(Fraction(6), 6 * HOUR, 1_800),)), "page after 52 seconds"),
        (((Burn(Fraction(6), 6 * HOUR, 1_800, lasts_s=600),),), "page after 12 minutes 10 seconds"),
        (((Remaining(Fraction(1, 5)),),), "page after 34 minutes 34 seconds"),
    ],
)
def test_after_how_long_a_total_outage_would_page_is_remarked(groups, said):
    """long × burn × (1 − target), the first of several groups."""
    (remark,) = (one for one in found(SHOP, policy(*groups)) if one.code == "alert-outage")
    assert (remark.severity, remark.message.endswith(f"a total outage would {said}")) == (Severity.INFO, True)


def test_a_policy_about_data_is_not_asked_about_outages():
    """An outage of the service is not one of its telemetry."""
    assert found(SHOP, policy((Coverage(Fraction(0), 600, Op.LTE),))) == []


def test_a_drop_of_one_event_is_told_by_the_events_of_the_window():
    """One of n in the window is 1 / (n × 0.001) of the budget: above 10 % up to n = 10,000."""
    (remark,) = (one for one in found(SHOP, policy((Drop(Fraction(1, 10), 900),))) if one.code == "alert-one-event")
    assert "fewer than 10001 events in the window" in remark.message


def test_one_slice_and_a_span_below_a_slice_are_told():
    """Five slices at 99.9 %: one of them burns at 200."""
    assert told(SLICED, policy((Burn(Fraction("14.4"), 300),))) == [("alert-one-slice", f"{C0}.long")]
    hourly = replace(SLICED.objectives[0], slice_window=Duration.parse("1h"))
    slow = replace(SLICED, objectives=(hourly,))
    assert told(slow, policy((Burn(Fraction(2), 30 * DAY, 300),))) == [("lookback-below-slice", f"{C0}.short")]


def test_a_default_set_without_a_pair_that_can_fire_is_told():
    """Half an hour has no room for a pair."""
    slo = replace(SHOP, window=TimeWindow(Duration.parse("30m")))
    made = replace(policy(), groups=(), preset="default", severity=None)
    assert ("alert-never-fires", "spec") in told(slo, made)


def test_who_is_told_has_to_be_declared_and_few():
    """Nobody, somebody unknown, a crowd, a crowd of unknown size."""
    assert told(SHOP, replace(policy((FAST,)), notify=())) == [("policy-tells-nobody", "spec")]
    lost = replace(policy((FAST,)), notify=(Reference("tem", "spec.notify[0]"),))
    (finding,) = (one for one in found(SHOP, lost) if one.severity is Severity.WARNING)
    assert (finding.code, finding.path, finding.hint) == (
        "dangling-reference",
        "spec.notify[0]",
        "did you mean `team`?",
    )
    for people, code in ((21, "people-many"), (40_000, "people-many"), (None, "people-unknown")):
        assert [
            name for name, _ in told(SHOP, policy((FAST,)), Recipient(Metadata("all"), "email", people=people))
        ] == [code]


def test_whoever_is_told_in_place_of_another_has_to_be_declared_and_not_lead_back():
    """Fallbacks and escalations each make a chain; a circle is told at each of its links."""
    first = Recipient(Metadata("first"), "email", people=1, fallback=Reference("second", "spec.fallback"))
    up = Escalation(Reference("first", "spec.escalation.to"))
    second = Recipient(Metadata("second"), "email", people=1, escalation=up)
    watch = policy((FAST,))
    assert told(SHOP, watch, first, second) == []
    assert told(SHOP, watch, first) == [("dangling-reference", "spec.fallback")]
    circle = [("recipient-circle", "spec.fallback")] * 2
    assert told(SHOP, watch, first, replace(second, fallback=Reference("first", "spec.fallback"))) == circle
    alone = replace(first, fallback=None, escalation=up)
    assert told(SHOP, watch, alone) == [("recipient-circle", "spec.escalation.to")]


def test_a_policy_that_stands_already_is_told_of_at_the_slo_that_names_it():
    """Its own lines are in no file that is open, so a plan of the SLO alone would not show it."""
    here = Origin("shop.yaml", {"": Mark(1, 1), "spec.alertPolicies": Mark(9, 3)})
    slo = replace(loose(SHOP), origin=here)
    (finding,) = (one for one in found(slo, policy((FAST,))) if one.severity is Severity.WARNING)
    assert (finding.code, finding.file, finding.mark) == ("alert-never-fires", "shop.yaml", Mark(9, 3))


def test_two_policies_of_one_slo_with_one_name_are_told():
    """The second would never be heard."""
    slo = replace(SHOP, alert_policies=(Reference("own"), Reference("own")))
    assert ("duplicate-name", "spec.alertPolicies") in told(slo, policy((FAST,)))


def test_a_page_by_a_channel_for_messages_is_told_of_the_policy_and_of_the_recipient():
    """Named, behind another, or with the default set, which pages too; a ticket may go there."""
    desk = Recipient(Metadata("desk"), "apprise", people=3)
    watch = replace(policy((FAST,)), severity=Leads.PAGE)
    by_message = [("page-by-message", "spec"), ("page-by-message", "spec.channel")]
    named = replace(watch, notify=(Reference("desk", "spec.notify[0]"),))
    assert told(SHOP, named, desk) == by_message
    assert told(SHOP, replace(named, severity=Leads.TICKET), desk) == []
    lead = Recipient(Metadata("lead"), "email", people=1, fallback=Reference("desk", "spec.fallback"))
    behind = replace(watch, notify=(Reference("lead", "spec.notify[0]"),))
    assert told(SHOP, behind, lead, desk) == by_message
    default = replace(named, groups=(), preset="default", severity=None)
    assert told(SHOP, default, desk) == by_message
    assert "page-by-message" in SERIOUS
