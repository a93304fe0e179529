"""How sure a number is, in sentences, as the terminal and the page show it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from leeway.client import figures
from leeway.client.certain import sentences
from leeway.client.sureness import Certainty, Chance, FalsePages, Interval

WILSON = Interval(low=0.9430, high=0.9982, confidence=0.95)
EXACT = Interval(low=0.9433, high=0.99974, confidence=0.95)
CHANCE = Chance(burn_rate=14.4, long_s=3_600, short_s=300, bad=1, total=4, p_value=0.0394, alpha=1e-4, needed=3)
ALONE = Certainty(interval_adjusted=EXACT, rho=0, events=96, chances=[CHANCE])


def status(**different):
    """What sentences look at of a status: 96 events against 99 %."""
    known = {"interval": WILSON, "interval_adjusted": EXACT, "target": 0.99, "bounds": None}
    return SimpleNamespace(**known | {"budget": SimpleNamespace(unit="events")} | different)


def told(certainty=ALONE, **different):
    """All sentences."""
    shown = status(**{"interval_adjusted": certainty.interval_adjusted} | different)
    why = SimpleNamespace(status=shown, certainty=certainty)
    return " ".join(sentences(why)).replace("\N{NO-BREAK SPACE}", " ")


def test_the_exact_interval_comes_first_and_the_approximation_beside_it():
    """Then what would page, with what was seen."""
    said = told()
    assert said.startswith(
        "With 95 % confidence the true SLI lies between 94.3 % and 99.974 %: too little was seen to tell whether the "
        "target is met. Wilson's approximation, which takes them for independent: 94.3 % to 99.82 %."
    )
    assert "A burn over 1 h pages from 3 bad events on: 1 of 4 events of the last 1 h went bad" in said
    assert "chance does in 3.9 % of cases" in said
    assert "clusters" not in said


@pytest.mark.parametrize(
    ("target", "words"), [(0.9, "above the target"), (0.9999, "below the target"), (0.99, "too little was seen")]
)
def test_the_verdict_is_that_of_the_exact_interval(target, words):
    """Also where the approximation would say otherwise."""
    assert words in told(target=target)
    assert words in figures.sureness(status(target=target))


def test_clusters_are_named_with_what_they_leave():
    """And nothing is called proven."""
    clustered = ALONE.model_copy(
        update={"rho": 0.05, "events": 31, "false_pages": FalsePages(expected=0.21, days=28, proven=False)}
    )
    said = told(clustered)
    assert "Bad events come in clusters here (rho 0.05): all of them say as much as 31 independent ones" in said
    assert "Bad events came in clusters in its own last 28 days" in said
    assert "about 0.21 of them in 90 days. That is an estimate, and not proven." in said


def test_what_is_proven_is_said_with_its_ground():
    """By the service's own traffic; too small a figure is not written with ten zeros."""
    proven = ALONE.model_copy(update={"false_pages": FalsePages(expected=0.24, days=28, proven=True)})
    assert "would get at most 0.24 of them in 90 days, by its traffic of 28 days." in told(proven)
    tiny = ALONE.model_copy(update={"false_pages": FalsePages(expected=1e-9, days=28, proven=True)})
    assert "fewer than 0.01 of them" in told(tiny)
    unmeasured = ALONE.model_copy(update={"false_pages": FalsePages(expected=None, days=0, proven=True)})
    assert "on target would get" not in told(unmeasured)


def test_burns_that_can_page_nobody_and_burns_that_saw_nothing_are_told():
    """Nothing at all came; so little came that even all of it would be chance."""
    none = ALONE.model_copy(update={"chances": [CHANCE.model_copy(update={"bad": 0, "total": 0})]})
    assert "pages from 3 bad events on: nothing came in the last 1 h." in told(none)
    few = ALONE.model_copy(update={"chances": [CHANCE.model_copy(update={"needed": None})]})
    assert "pages nobody now: 1 of 4 events of the last 1 h went bad, and not even all of so many" in told(few)


def test_nothing_measured_says_so():
    """No interval, no verdict."""
    empty = Certainty(interval_adjusted=None, rho=0, events=0, chances=[])
    assert told(empty, interval=None) == "Nothing was measured, so nothing can be said."
