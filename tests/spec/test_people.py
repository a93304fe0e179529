"""How many people a message reaches: the number is never less than what can be counted, and unknown is not few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.alerting.policy import Severity
from leeway.errors import Invalid
from leeway.spec.documents import Escalation, LeewayPolicy, Metadata, Recipient, Reference
from leeway.spec.library import Library
from leeway.spec.people import ensure_honest, reached, told_by, who

numbers = st.none() | st.integers(0, 50_000)


def recipient(name="team", people=3, fallback=None, to=None):
    behind = Reference(fallback, "spec.fallback") if fallback else None
    escalation = Escalation(Reference(to, "spec.escalation.to")) if to else None
    return Recipient(Metadata(name), "email", people=people, fallback=behind, escalation=escalation)


def policy(*names):
    notify = tuple(Reference(name, "spec.notify") for name in names)
    return LeewayPolicy(Metadata("fast"), preset="default", severity=Severity.PAGE, notify=notify)


@given(numbers, numbers)
def test_the_number_is_unknown_or_at_least_all_that_is_known_of_it(declared, counted):
    """What the owner declares and what the channel counts; nothing declared is unknown, unless nobody is reached."""
    number = reached(recipient(people=declared), counted)
    if declared is None:
        assert number == (0 if counted == 0 else None)
    else:
        assert number == max(declared, counted or 0)


@given(numbers, numbers)
def test_a_number_below_what_the_channel_counts_is_refused_with_both(declared, counted):
    """And no other."""
    one = recipient(people=declared)
    if declared is None or counted is None or declared >= counted:
        ensure_honest(one, counted)
        return
    with pytest.raises(Invalid) as refusal:
        ensure_honest(one, counted)
    assert f"{declared:,}" in refusal.value.message
    assert f"{counted:,}" in refusal.value.message
    assert refusal.value.place == "Recipient team: spec.people"


def test_everybody_is_found_to_whom_a_policy_may_lead_each_once():
    """Fallbacks of fallbacks, those escalated to, and circles."""
    people = [recipient("a", fallback="b"), recipient("b", to="c"), recipient("c", fallback="a"), recipient("d")]
    library = Library.of([policy("a", "nobody"), *people])
    assert [one.metadata.name for one in told_by([policy("a", "nobody")], library)] == ["a", "b", "c"]
    assert [one.metadata.name for one in told_by([people[3]], library)] == ["d"]


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([recipient("a", 1)], "tells 1 person at once: a (1)"),
        ([recipient("a", 1), recipient("b", 40_000)], "tells 40,001 people at once: a (1), b (40,000)"),
        ([recipient("a", None)], "tells an unknown number of people at once: a (unknown)"),
        (
            [recipient("a", 1, fallback="b"), recipient("b", 2)],
            "tells 3 people at once: a (1), b (2)",
        ),
        ([], "tells nobody"),
    ],
)
def test_whom_a_policy_tells_is_said_with_their_number(people, said):
    """Before it is saved."""
    names = [one.metadata.name for one in people] or ["gone"]
    assert list(who(policy(*names), Library.of(people))) == [said]


def test_those_who_are_told_later_are_counted_too():
    """The fallback after a minute, the escalation after its time."""
    library = Library.of([recipient("a", 1, fallback="b", to="c"), recipient("b", 2), recipient("c", 5)])
    said = "tells 1 person at once: a (1); if these fail or nobody takes it, 7 more: b (2), c (5)"
    assert list(who(policy("a"), library)) == [said]
