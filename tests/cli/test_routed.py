"""Routes on paper: the same way to the same people stands once, with what keeps somebody from being told beside it."""

from datetime import UTC, datetime

from leeway.cli.routed import lines, outcome
from leeway.client.documents import Delivery
from leeway.client.routes import Route, Told, Trial


def told(name="lead", people=1, role="named", after_s=0, **more):
    record = {"recipient": name, "channel": "slack", "role": role, "after_s": after_s, "people": people}
    return Told.model_validate({"stands_for": "", **record, **more})


def route(slo="checkout", people=1, *who):
    return Route(slo=slo, policy="urgent", severity="page", people_at_once=people, people=people, told=list(who))


def shown(*routes):
    return [line.plain for line in lines(routes)]


def test_slos_with_the_same_way_stand_together_and_many_are_counted():
    """A thousand SLOs of one team are one block."""
    (head, _) = shown(*(route(f"slo-{number}", 1, told()) for number in range(1_000)))
    assert head == "page    slo-0, slo-1, slo-2, slo-3, slo-4 and 995 other SLOs  by urgent: 1 person at once"


def test_who_gets_nothing_and_who_takes_nothing_is_said():
    """Both with the reason."""
    one = told("all", 45, pages=12, taken=0, idle=True, refused="Recipient all: reaches 45 people")
    assert shown(route("checkout", 45, one))[2:] == [
        "        gets nothing at present: Recipient all: reaches 45 people",
        "        got 12 pages in 90 days, and nobody took one: does anybody read there?",
    ]


def test_a_number_that_nobody_knows_is_not_guessed():
    """Nor left out of a sum."""
    head, line = shown(route("checkout", None, told("all", None)))
    assert head.endswith("an unknown number of people at once")
    assert line.endswith("slack, an unknown number of people")


def test_the_outcome_of_a_test_is_one_sentence():
    """It arrived, it did not, or it is not known yet."""
    trial = Trial(key="test:lead/1.000", recipient="lead", channel="slack", people=1)
    record = {"recipient": "lead", "role": "named", "together": "", "event": "test", "title": "Test", "attempts": 1}
    record |= {"due_at": datetime(2026, 11, 22, 23, 5, tzinfo=UTC), "reference": "#7", "error": "", "sent_at": None}
    arrived = Delivery.model_validate(record | {"sent_at": record["due_at"]})
    assert outcome(trial, arrived) == (
        "The test arrived at lead (slack, 1 person), 2026-11-22 23:05 UTC as #7. Nobody else was told."
    )
    failed = Delivery.model_validate(record | {"error": "no_team"})
    assert outcome(trial, failed) == "The test did not arrive at lead (slack, 1 person): no_team"
    assert "still under way: leeway alerts 'test:lead/1.000'" in outcome(trial, None)
