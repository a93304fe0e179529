"""What happened since it was last told, found by comparing: nothing twice, nothing lost, nothing old."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.alerting.policy import Severity
from leeway.core.quality import Kind as Fed
from leeway.engine.hooks.news import DEAD, News, Present, happened, wants
from leeway.engine.views import SourceState
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.ports.hooks import Hook, Kind
from leeway.ports.state import Revision

NOW = 1_790_000_040.0
SOURCE = SourceState(1, "checkout", "main", "prom", Fed.COUNTS, True, 30.0, None, NOW, NOW, "", 0)
ALERT = Alert("a/1", 1, "checkout", "main", "fast", Severity.PAGE, "burn", 1_000)
NOTE = Annotation(4, "checkout", 900.0, None, "deploy", "ann", 950.0)
APPLIED = Revision("SLO", "checkout", 2, "kind: SLO", 940.0, "ann")
QUIET = Present(
    NOW,
    {("checkout", "main"): "healthy"},
    (SOURCE,),
    (),
    (APPLIED,),
    (NOTE,),
    project=lambda _kind, _name: "shop",
)


def after(*looks):
    """What is told of each look, in words, and the marks after the last."""
    marks, told = {}, []
    for look in looks:
        news, stood = happened(marks, look)
        marks = {name: value for name, value in {**marks, **stood}.items() if value is not None}
        told.append([f"{one.kind.value}.{one.what} {one.subject}" for one in news])
    return told, marks


def test_who_subscribes_is_told_what_comes_and_not_what_is():
    """The first look only marks; the same again is nothing."""
    told, marks = after(QUIET, QUIET)
    assert told == [[], []]
    assert happened(marks, QUIET) == ((), {})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"states": {("checkout", "main"): "exhausted"}}, ["budget.turned checkout/main"]),
        ({"states": {}}, ["budget.turned checkout/main"]),
        ({"states": {("checkout", "main"): "healthy", ("a/b", "x"): "no_data"}}, ["budget.turned a/b/x"]),
        ({"revisions": (replace(APPLIED, number=3),)}, ["document.applied SLO/checkout"]),
        ({"revisions": (replace(APPLIED, number=3, body=None),)}, ["document.deleted SLO/checkout"]),
        (
            {"revisions": (replace(APPLIED, number=4, at=960.0), replace(APPLIED, number=3, body=None))},
            ["document.deleted SLO/checkout", "document.applied SLO/checkout"],
        ),
        ({"annotations": (replace(NOTE, number=6), replace(NOTE, number=7))}, ["annotation.added checkout"] * 2),
        ({"alerts": (ALERT,)}, ["alert.fired checkout/main"]),
        (
            {"alerts": (replace(ALERT, resolved_at=1_060),)},
            ["alert.fired checkout/main", "alert.resolved checkout/main"],
        ),
        ({"sources": (replace(SOURCE, failures=DEAD),)}, ["source.dead checkout/main"]),
        ({"sources": (replace(SOURCE, failures=DEAD - 1),)}, []),
        ({"sources": (replace(SOURCE, failures=DEAD, pulled=False),)}, []),
        ({"sources": ()}, []),
    ],
)
def test_each_change_is_told_once(changed, expected):
    """In the look that sees it, and in no other."""
    look = replace(QUIET, **changed)
    assert after(QUIET, look, look)[0] == [[], expected, []]


def test_an_alert_is_followed_to_its_end():
    """Fired, taken, resolved; what was told is not told again when the alert is looked at once more."""
    taken = replace(ALERT, acknowledged_at=1_030.0, acknowledged_by="ann")
    looks = [replace(QUIET, alerts=(one,)) for one in (ALERT, taken, taken, replace(taken, resolved_at=1_060))]
    told, marks = after(QUIET, *looks, looks[-1])
    words = [[line.partition(" ")[0] for line in lines] for lines in told]
    assert words == [[], ["alert.fired"], ["alert.taken"], [], ["alert.resolved"], []]
    assert not any(name.startswith("alert:") for name in marks)


def test_alerts_of_a_past_that_is_computed_anew_wake_nobody():
    """They fired before the newest that is known, and were over before anybody looked."""
    newest = replace(QUIET, alerts=(replace(ALERT, key="new", fired_at=2_000, resolved_at=2_060),))
    old = replace(newest, alerts=(*newest.alerts, replace(ALERT, resolved_at=1_060)))
    assert after(newest, old)[0] == [[], []]


def test_a_source_that_hiccups_after_it_was_dead_is_dead_until_it_answers():
    """Failures count from the last answer."""
    failing = [replace(QUIET, sources=(replace(SOURCE, failures=count),)) for count in (3, 1, 0, 1)]
    assert after(QUIET, *failing)[0] == [[], ["source.dead checkout/main"], [], ["source.alive checkout/main"], []]


def test_what_is_deleted_is_told_in_its_project():
    """Who looks after a project hears that its SLO went; and of its budget that it is there no more."""
    gone = replace(
        QUIET, states={}, revisions=(replace(APPLIED, number=3, body=None),), project=lambda _kind, _name: None
    )
    _, marks = after(QUIET)
    news, _ = happened(marks, gone)
    assert [(one.kind, one.project) for one in news] == [(Kind.DOCUMENT, "shop"), (Kind.BUDGET, "shop")]


HOOK = Hook(1, "events", "", {}, (), (), (), active=True, by="ann", at=0.0)
NEWS = News(Kind.ALERT, "fired", "checkout/main", "checkout", "shop", NOW, ALERT)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, True),
        ({"kinds": (Kind.ALERT,), "slos": ("search", "checkout"), "projects": ("shop",)}, True),
        ({"kinds": (Kind.BUDGET,)}, False),
        ({"slos": ("check",)}, False),
        ({"projects": ("default",)}, False),
        ({"active": False}, False),
    ],
)
def test_a_hook_gets_what_agrees_with_all_that_it_names(said, wanted):
    """To the character; what it does not name it does not narrow."""
    assert wants(replace(HOOK, **said), NEWS) is wanted


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["healthy", "exhausted", "no_data"])), max_size=8)
)
def test_who_follows_the_news_knows_how_everything_stands(looks):
    """From the first look on, each change of state leads from what was told before to what is."""
    shown = [Present(NOW, {(name, "x"): state for name, state in one.items()}) for one in looks]
    marks, known = {}, {}
    for number, look in enumerate(shown):
        news, stood = happened(marks, look)
        if number == 0:
            known = dict(look.states)
        for one in news:
            assert known.pop((one.of.slo, one.of.objective), None) == one.of.before
            if one.of.after is not None:
                known[one.of.slo, one.of.objective] = one.of.after
        assert known == look.states
        marks = {name: value for name, value in {**marks, **stood}.items() if value is not None}
