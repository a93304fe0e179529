"""Policies of either language become one thing, and reach those who were named to the character."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leeway.core.alerting import presets
from leeway.core.alerting.policy import Burn, Coverage, Exhaustion, Policy, Remaining, Severity
from leeway.core.objective import Method, Objective, Op
from leeway.core.window import Rolling
from leeway.spec.documents import (
    SLO,
    AlertCondition,
    AlertNotificationTarget,
    AlertPolicy,
    BudgetingMethod,
    Clause,
    LeewayPolicy,
    Metadata,
    Recipient,
    Reference,
    TimeWindow,
)
from leeway.spec.duration import Duration
from leeway.spec.library import Library
from leeway.spec.policies import policies_for, untold, watches_for
from leeway.spec.routes import Leg

DAYS_S = 28 * 86_400
MAIN = Objective("main", Method.OCCURRENCES, Fraction("0.999"), Rolling(DAYS_S))
SHOP = SLO(Metadata("shop"), "shop", TimeWindow(Duration.parse("28d")), BudgetingMethod.OCCURRENCES, ())
CONDITION = AlertCondition(
    Metadata("fast"), "critical", Op.GT, Decimal("14.4"), Duration.parse("1h"), Duration.parse("5m")
)
OPENSLO = AlertPolicy(
    Metadata("open"), (CONDITION,), (AlertNotificationTarget(Metadata("team"), "x"),), when_breaching=True
)
BURN, LEFT = Burn(Fraction(2), 3_600, 300), Remaining(Fraction(1, 5))
OWN = LeewayPolicy(
    Metadata("own"),
    ((Clause(BURN),), (Clause(LEFT), Clause(Exhaustion(3_600)))),
    severity=Severity.TICKET,
    cooldown_s=900,
    notify=(Reference("team"), Reference("team")),
)
TEAM = Recipient(Metadata("team"), "email", people=3)
names = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)


def watched(*policies, library=(TEAM,)):
    """What watches an SLO that names these policies."""
    slo = replace(SHOP, alert_policies=tuple(Reference(one.metadata.name) for one in policies))
    return watches_for(slo, MAIN, Library.of([slo, *policies, *library]))


def test_an_slo_that_names_no_policy_is_watched_by_the_set_of_its_own_window():
    """And nobody is named."""
    watches = watches_for(SHOP, MAIN, Library.of([SHOP, TEAM]))
    assert tuple(one.policy for one in watches) == presets.default(DAYS_S, Fraction(1, 1000))
    assert [one.route for one in watches] == [(), ()]


def test_a_policy_of_openslo_is_its_condition_and_reaches_the_recipient_of_its_targets_name():
    """Any word for urgent pages; it tells of the end only if it says so."""
    (watch,) = watched(OPENSLO)
    burn = Burn(Fraction(72, 5), 3_600, lasts_s=300)
    assert watch.policy == Policy("open", Severity.PAGE, ((burn,),))
    assert (watch.route, watch.tells_end) == ((Leg("team"),), False)
    (watch,) = watched(replace(OPENSLO, when_no_data=True, when_resolved=True))
    assert watch.policy.groups == ((burn,), (Coverage(Fraction(0), 3_600, Op.LTE),))
    assert watch.tells_end


def test_a_policy_of_leeway_is_its_groups():
    """Each recipient once, however often it was named."""
    (watch,) = watched(OWN)
    assert watch.policy == Policy("own", Severity.TICKET, ((BURN,), (LEFT, Exhaustion(3_600))), 900)
    assert (watch.route, watch.tells_end) == ((Leg("team"),), True)


def test_a_preset_is_taken_by_name_and_may_be_given_another_severity_and_cooldown():
    """Its conditions stay; the alert carries the name of the document."""
    fast = presets.NOBL9["fast-burn"]
    (watch,) = watched(LeewayPolicy(Metadata("mine"), preset="fast-burn"))
    assert watch.policy == replace(fast, name="mine")
    (watch,) = watched(LeewayPolicy(Metadata("mine"), preset="fast-burn", severity=Severity.TICKET, cooldown_s=60))
    assert watch.policy == replace(fast, name="mine", severity=Severity.TICKET, cooldown_s=60)


def test_the_default_set_can_be_named_to_say_who_is_told():
    """Two policies, of the SLO's own window."""
    found = watched(LeewayPolicy(Metadata("mine"), preset="default", notify=(Reference("team"),)))
    fast, slow = presets.default(DAYS_S, Fraction(1, 1000))
    assert [one.policy for one in found] == [replace(fast, name="mine fast burn"), replace(slow, name="mine slow burn")]
    assert [one.route for one in found] == [(Leg("team"),), (Leg("team"),)]


def test_one_policy_named_twice_watches_once():
    """Else every alert would be told twice."""
    assert len(watched(OWN, OWN)) == 1


def test_references_that_lead_nowhere_are_left_out():
    """Lint, plan and apply tell of them."""
    slo = replace(SHOP, alert_policies=(Reference("nowhere"),))
    assert policies_for(slo, MAIN, Library.of([slo])) == ()


@given(names, st.data())
def test_a_recipient_that_differs_in_one_character_reaches_nobody(name, data):
    """No prefix, no pattern, no other case, no completion: the name itself or nobody, in either language."""
    at = data.draw(st.integers(0, len(name)))
    letter = data.draw(st.sampled_from("abcxyz019-_*.% ABZ"))
    slip = data.draw(
        st.sampled_from(
            [
                name[:at] + letter + name[at:],
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at + 1 :],
                name.upper(),
            ]
        )
    )
    assume(slip != name)
    declared = Recipient(Metadata(name), "email")
    policies = (
        replace(OWN, notify=(Reference(slip),)),
        replace(OPENSLO, targets=(AlertNotificationTarget(Metadata(slip), name),)),
    )
    assert [one.route for one in watched(*policies, library=[declared])] == [(), ()]
    exact = (
        replace(OWN, notify=(Reference(name),)),
        replace(OPENSLO, targets=(AlertNotificationTarget(Metadata(name), slip),)),
    )
    assert [one.route for one in watched(*exact, library=[declared])] == [(Leg(name),), (Leg(name),)]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("own", "SLO shop is watched by the AlertPolicy own"),
        ("team", "AlertPolicy own tells the Recipient team"),
        ("fast", "AlertPolicy open refers to the AlertCondition fast"),
        ("list", "AlertPolicy open refers to the AlertNotificationTarget list"),
    ],
)
def test_what_stands_between_an_alert_and_people_is_named(gone, said):
    """Policy, condition, target and recipient."""
    target = AlertNotificationTarget(Metadata("list"), "x")
    openslo = replace(OPENSLO, conditions=(Reference("fast"),), targets=(Reference("list"),))
    slo = replace(SHOP, alert_policies=(Reference("own"), Reference("open")))
    whole = [slo, OWN, openslo, CONDITION, target, TEAM, Recipient(Metadata("list"), "email")]
    assert untold(Library.of(whole)) == frozenset()
    assert untold(Library.of(one for one in whole if one.metadata.name != gone)) == {said}
