"""Whom a message reaches, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leeway.core.alerting.policy import Severity
from leeway.spec.documents import Escalation, Metadata, Recipient, Reference
from leeway.spec.library import Library
from leeway.spec.routes import Leg, Role, circle, escalation_of, fallback_of, route


def person(name, fallback=None, escalation=None, after_s=900):
    """A Recipient."""
    return Recipient(
        Metadata(name),
        "email",
        fallback=Reference(fallback) if fallback else None,
        escalation=Escalation(Reference(escalation), after_s) if escalation else None,
    )


def test_a_page_goes_to_those_named_then_behind_a_failing_channel_then_up():
    """Each step has a fallback of its own, which is told only in its place."""
    library = Library.of(
        [
            person("ann", "ann-mail", "lead", 600),
            person("ann-mail", "desk"),
            person("lead", "lead-mail", "boss"),
            person("lead-mail"),
            person("boss"),
            person("desk"),
        ]
    )
    assert route(["ann"], Severity.PAGE, library) == (
        Leg("ann"),
        Leg("ann-mail", Role.FALLBACK, 60, "ann"),
        Leg("desk", Role.FALLBACK, 120, "ann-mail"),
        Leg("lead", Role.ESCALATION, 600),
        Leg("lead-mail", Role.ESCALATION, 660, "lead"),
        Leg("boss", Role.ESCALATION, 1_500),
    )


def test_a_ticket_does_not_escalate():
    """It waits until somebody reads it; a failing channel is stood in for all the same."""
    library = Library.of([person("ann", "desk", "lead"), person("lead"), person("desk")])
    assert route(["ann"], Severity.TICKET, library) == (Leg("ann"), Leg("desk", Role.FALLBACK, 60, "ann"))


def test_two_who_are_named_escalate_to_one_person_once():
    """At the earlier time."""
    library = Library.of(
        [person("ann", escalation="lead"), person("bob", escalation="lead", after_s=60), person("lead")]
    )
    legs = route(["ann", "bob", "ann", "nobody"], Severity.PAGE, library)
    assert legs == (Leg("ann"), Leg("bob"), Leg("lead", Role.ESCALATION, 60))


def test_two_may_have_one_fallback():
    """It stands for each of them: which of the two fails nobody knows beforehand."""
    library = Library.of([person("ann", "desk"), person("bob", "desk"), person("desk")])
    assert route(["ann", "bob"], Severity.TICKET, library)[2:] == (
        Leg("desk", Role.FALLBACK, 60, "ann"),
        Leg("desk", Role.FALLBACK, 60, "bob"),
    )


names = st.sampled_from("abcde")
people = st.lists(st.tuples(names, st.none() | names, st.none() | names), unique_by=lambda each: each[0])


@given(people, st.lists(names, min_size=1))
def test_every_route_ends_and_leads_only_to_those_declared(drawn, named):
    """Whatever circles documents make: nobody twice for one reason, those named first, and only declared names."""
    library = Library.of([person(*each) for each in drawn])
    legs = route(named, Severity.PAGE, library)
    assert len({(leg.recipient, leg.role, leg.stands_for) for leg in legs}) == len(legs)
    assert {leg.recipient for leg in legs} <= {each[0] for each in drawn}
    assert {leg.recipient for leg in legs if leg.at_once} == set(named) & {each[0] for each in drawn}


@given(people)
def test_a_circle_is_one_that_returns(drawn):
    """It begins and ends with the same name, each step as the document says."""
    library = Library.of([person(*each) for each in drawn])
    for one in library.documents:
        for then in (fallback_of, escalation_of):
            way = circle(one, library, then)
            steps = [then(library.recipient(name)) for name in way[:-1]]
            assert steps == list(way[1:])
            assert not way or way[0] == way[-1] == one.metadata.name
