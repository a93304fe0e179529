"""SLOs are changed by a form or as a text, beside each other by two people, and deleted: always looked at before."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from tests.server.serving import seed, served, slo
from tests.server.visiting import Visitor, fault

from leeway.server.pages.editing.merging import NOTHING, differences, together


@pytest.fixture
def visitor(tmp_path) -> Visitor:
    """At a shop of its own: four SLOs with known points."""
    asyncio.run(seed(tmp_path / "data"))
    with served(tmp_path / "data") as server:
        yield Visitor(server)


def kept(visitor: Visitor, name: str = "checkout") -> dict[str, object]:
    return json.loads(visitor.server.ask("GET", f"/api/v1/documents/SLO/{name}")[1])


def test_a_target_is_changed_after_a_look_at_what_it_does(visitor):
    """The look saves nothing and says what it means for the budget; then it is saved, with its history."""
    visitor.go("/slos/checkout?tab=definition")
    assert 'href="/slos/checkout/edit"' in visitor.html
    visitor.go("/slos/checkout/edit")
    assert 'value="90"' in visitor.html
    visitor.press("See what it changes", **{"target-0": "96"}, about="Guests can pay")
    assert "nothing is saved yet" in visitor.text
    assert "budgets are computed anew" in visitor.text
    assert "90 % → 96 %" in visitor.text
    assert "6,000 events → 2,400 events" in visitor.text
    assert "50 % → 125 %" in visitor.text
    assert kept(visitor)["number"] == 1
    visitor.press("Save this")
    assert visitor.at == "/slos/checkout?tab=definition"
    body = kept(visitor)["body"]
    assert "target: 0.96" in body
    assert "Guests can pay" in body
    visitor.server.pass_time(10)
    (status,) = json.loads(visitor.server.ask("GET", "/api/v1/slos/checkout/status")[1])["items"]
    assert status["target"] == 0.96


def test_every_field_of_the_form_reaches_the_document(visitor):
    """And what the form does not show stays to the letter."""
    visitor.go("/slos/greeting/edit")
    visitor.press(
        "Save",
        **{"target-0": "95", "target-1": "99.9"},
        window="7d",
        turns="calendar",
        zone="Europe/Berlin",
        method="RatioTimeslices",
        slice="5m",
        title="Greeted",
        about="Two\r\nlines",
        labels="owner=bar\r\ntier=1,2",
    )
    assert visitor.status == 200, visitor.text
    body = kept(visitor, "greeting")["body"]
    for said in ("target: 0.95", "target: 0.999", "timeZone: Europe/Berlin", "RatioTimeslices", "displayName: Greeted"):
        assert said in body
    assert "isRolling: false" in body
    assert body.count('timeSliceWindow: "5m"') == 2
    assert "- bar" in body
    assert "count: good" in body
    assert "displayName: fast" in body


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("target-0", "101", "no share to keep"),
        ("target-0", "<i>", "no number"),
        ("window", "a while", "no length of time"),
        ("zone", "Mars/Olympus", "no time zone"),
        ("labels", "no label", "no label"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field_and_kept(visitor, field, typed, said):
    """Nothing is saved."""
    visitor.go("/slos/checkout/edit")
    visitor.press("Save", **{field: typed}, **({"turns": "calendar"} if field == "zone" else {}))
    assert visitor.status == 422
    assert said in fault(visitor.html, field)
    assert typed.replace("<", "&lt;").replace(">", "&gt;") in visitor.html
    assert kept(visitor)["number"] == 1


def test_a_text_is_refused_with_line_and_column_and_stays_as_typed(visitor):
    """All findings are told; the text is there to go on with."""
    visitor.go("/slos/checkout/edit?by=yaml")
    body = str(kept(visitor)["body"]).replace("target: 0.9", "target: 9")
    visitor.press("Save", text=body)
    assert visitor.status == 422
    line = next(at for at, one in enumerate(body.splitlines(), 1) if "target: 9" in one)
    assert f"line {line}, column" in fault(visitor.html, "text")
    assert "target: 9" in visitor.html
    visitor.press("Save", text="kind: [")
    assert visitor.status == 422
    assert "kind: [" in visitor.html
    visitor.press("Save", text=slo("another"))
    assert "this is about SLO another" in fault(visitor.html, "text")
    assert kept(visitor)["number"] == 1


def two(visitor: Visitor, mine: dict[str, str], theirs: dict[str, str]) -> Visitor:
    """Both open the form; the other saves first, then so do we."""
    other = Visitor(visitor.server)
    for one in (visitor, other):
        one.go("/slos/checkout/edit")
    other.press("Save", **theirs)
    visitor.press("Save", **mine)
    return other


def test_who_is_second_sees_both_changes_and_keeps_theirs_or_his(visitor):
    """Nothing of the second is saved unasked; what stands is what was chosen."""
    two(visitor, {"target-0": "95"}, {"target-0": "97", "about": "Theirs"})
    assert visitor.status == 409
    row = re.search(r"<tr><th[^>]*><code>spec.objectives\[0\].target</code>.*?</tr>", visitor.html, re.DOTALL)
    assert row is not None
    assert all(said in row[0] for said in ("0.9<", "0.95", "0.97", "both"))
    assert "spec.description" in visitor.html
    assert "-    target: 0.97" in visitor.html.replace("- target", "  target") or "0.97" in visitor.html
    assert "target: 0.97" in str(kept(visitor)["body"])
    visitor.press("Keep mine, over theirs")
    assert visitor.at == "/slos/checkout?tab=definition"
    body = str(kept(visitor)["body"])
    assert "target: 0.95" in body
    assert "Theirs" not in body


def test_both_changes_can_be_saved_together(visitor):
    """What only one of them changed is taken from them; it is looked at before it is saved."""
    two(visitor, {"target-0": "95", "title": "Mine"}, {"window": "7d", "labels": "owner=them"})
    visitor.press("Edit both together")
    assert "nothing is saved yet" in visitor.text
    visitor.press("Save this")
    body = str(kept(visitor)["body"])
    for said in ("target: 0.95", "displayName: Mine", '"7d"', "- them"):
        assert said in body


def test_a_third_who_was_faster_than_the_choice_is_seen_too(visitor):
    """Keeping mine over theirs is for what was shown, and for nothing newer."""
    other = two(visitor, {"target-0": "95"}, {"target-0": "97"})
    other.go("/slos/checkout/edit")
    other.press("Save", **{"target-0": "98"})
    visitor.press("Keep mine, over theirs")
    assert visitor.status == 409
    assert "0.98" in visitor.text
    assert "target: 0.98" in str(kept(visitor)["body"])


def test_the_same_change_by_two_is_no_quarrel(visitor):
    """They are told that it stands already."""
    two(visitor, {"target-0": "95"}, {"target-0": "95"})
    assert visitor.status == 409
    assert "You both" in visitor.text
    assert "both</span>" not in visitor.html


def test_deleting_asks_first_and_says_what_is_lost(visitor):
    """Its points and history stay; who was overtaken deletes nothing."""
    visitor.go("/slos/checkout/delete")
    assert "computed no more" in visitor.text
    assert "kept" in visitor.text
    for seen in ("9" * 5_000, "", "٣", "-1"):
        visitor.press("Delete it", seen=seen)
        assert visitor.status == 422
    other = Visitor(visitor.server)
    other.go("/slos/checkout/edit")
    other.press("Save", **{"target-0": "97"})
    visitor.press("Delete it")
    assert visitor.status == 409
    assert visitor.server.ask("GET", "/api/v1/documents/SLO/checkout")[0].status == 200
    visitor.press("Delete it")
    assert visitor.at == "/slos"
    assert visitor.server.ask("GET", "/api/v1/documents/SLO/checkout")[0].status == 404
    assert visitor.go("/slos/checkout/edit") is not None
    assert visitor.status == 404


def test_new_definitions_are_written_as_a_text(visitor):
    """Looked at, then saved, all or nothing; a fault is told with its line, the text stays."""
    visitor.go("/new?by=yaml")
    visitor.press("See what it does", text=slo("tips").replace("target: 0.9", "target: 7"))
    assert visitor.status == 422
    assert "line " in fault(visitor.html, "text")
    assert "target: 7" in visitor.html
    visitor.press("See what it does", text=slo("tips"))
    assert "create SLO tips" in visitor.text
    assert visitor.server.ask("GET", "/api/v1/documents/SLO/tips")[0].status == 404
    visitor.press("Save it")
    assert visitor.at == "/slos/tips"
    visitor.go("/new/yaml")
    visitor.press("See what it does", text="")
    assert visitor.status == 422


def test_forms_of_elsewhere_change_nothing(visitor):
    """Without the proof of a page of ours."""
    visitor.go("/slos")
    for at in ("slos/checkout/edit", "slos/checkout/delete", "new/yaml"):
        visitor.send(f"/forms/{at}", "seen=1&do=save&text=x", "application/x-www-form-urlencoded")
        assert visitor.status == 403
    assert kept(visitor)["number"] == 1


@pytest.mark.parametrize(
    ("seen", "mine", "theirs", "both"),
    [
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1}, {"a": 3}, {"a": 3}),
        ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 2}),
        ({"a": 1, "b": 2}, {"b": 2}, {"a": 1, "b": 5}, {"b": 5}),
        ({"a": [1, 2]}, {"a": [1, 3]}, {"a": [4, 2]}, {"a": [4, 3]}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [9]}, {"a": [1, 2]}),
        ({}, {"new": {"x": 1}}, {"new": {"y": 2}}, {"new": {"x": 1}}),
    ],
)
def test_two_changes_of_one_thing_are_put_together(seen, mine, theirs, both):
    """Value by value; of what both changed, mine; lists that grew are taken whole."""
    assert together(seen, mine, theirs) == both
    assert together(seen, theirs, seen) == theirs
    assert {one.path for one in differences(seen, mine, seen)} == {
        one.path for one in differences(seen, mine, theirs) if one.mine != one.seen
    }
    assert list(differences(mine, mine, mine)) == []
    assert NOTHING not in both.values()
