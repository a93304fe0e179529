"""Maintenance and sources as pages: a silence is looked at, kept and ended; a dead source stands first."""

from __future__ import annotations

import json
import re

import pytest
from tests.server.forms import post
from tests.server.serving import NOW
from tests.server.test_browser import CONTRAST, browser
from tests.server.test_browser import pytestmark as in_browser
from tests.server.test_pages import page, text_of

from leeway.client.documents import Source
from leeway.server.api.shapes import moment
from leeway.server.pages.sources import by_source

__all__ = ["browser"]
ADD, END = "/forms/silences/add", "/forms/silences/end"


def kept(server) -> int:
    return len(json.loads(server.ask("GET", "/api/v1/silences?over=true")[1])["items"])


def test_a_silence_is_seen_before_it_is_kept_and_ended_by_a_button(burning):
    """The preview says what it covers and changes nothing; confirmed it is kept; ended it stays for the record."""
    before = kept(burning)
    wish = {"slo": "basket", "lasts_s": "3600", "by": "ann", "why": "a <new> disk"}
    answer, html = post(burning, ADD, **wish)
    assert (answer.status, kept(burning)) == (200, before)
    assert "nothing is silenced yet" in text_of(html)
    assert "1 objective" in text_of(html)
    assert "Of the SLO basket ." in text_of(html)
    assert "ticket basket (slow)" in text_of(html)
    answer, _ = post(burning, ADD, **wish, do="keep")
    assert (answer.status, kept(burning)) == (303, before + 1)
    html = page(burning, "/silences")[1]
    assert "SLO basket" in text_of(html)
    assert "a <new> disk" in text_of(html)
    number = re.findall(r'name="number" value="(\d+)"', html)[0]
    assert post(burning, END, number=number, by="bob")[0].status == 303
    assert "by bob" in text_of(page(burning, "/silences")[1])
    assert post(burning, END, number=number, by="bob")[0].status == 409


def test_a_silence_of_many_names_the_slos_it_is_about(burning):
    """By name, to be looked at one by one."""
    _, html = post(burning, ADD, policy="urgent", lasts_s="3600", by="ann", why="disk")
    assert "Of the SLOs checkout , search ." in text_of(html)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"slo": "baskt", "lasts_s": "3600", "by": "ann", "why": "disk"}, "basket"),
        ({"slo": "basket", "lasts_s": "3600", "by": "ann", "why": ""}, "why: others read it at night"),
        ({"slo": "basket", "lasts_s": "x", "by": "ann", "why": "disk"}, "choose a length"),
        ({"slo": "basket", "end": "tomorrow", "by": "ann", "why": "disk"}, "this is no time"),
        ({"lasts_s": "3600", "by": "ann", "why": "disk"}, "name an SLO"),
    ],
)
def test_what_cannot_be_silenced_is_refused_and_the_text_kept(burning, wish, said):
    """With what helps."""
    before = kept(burning)
    answer, html = post(burning, ADD, **wish, do="keep")
    assert (answer.status, kept(burning)) == (422, before)
    assert said in text_of(html)
    assert 'value="ann"' in html


def source(slo: str, name: str, error: str = "", failures: int = 0) -> Source:
    return Source(
        slo=slo,
        objective="",
        source=name,
        kind="counter",
        pulled=True,
        delay_s=0.0,
        collected_until=None,
        last_success=moment(NOW - 60.0),
        last_attempt=moment(NOW - 1.0),
        last_error=error,
        failures=failures,
    )


def test_a_dead_source_stands_first():
    """Then by name; each with all that it feeds."""
    found = by_source([source("a", "alpha"), source("b", "zeta"), source("c", "zeta", "refused", 3)])
    assert [(one.name, len(one.feeds), one.worst.failures) for one in found] == [("zeta", 2, 3), ("alpha", 1, 0)]


def test_sources_say_what_they_feed(burning):
    """And when the newest data came."""
    text = text_of(page(burning, "/sources")[1])
    assert "Feeds" in text
    assert "is pushed" in text


@pytest.mark.browser
@in_browser[1]
@in_browser[2]
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/silences", "/sources"])
def test_they_can_be_read_at_every_width_and_in_both_themes(browser, burning, path, width, scheme):
    """Nothing runs over the edge; a contrast of 4.5."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    shown = context.new_page()
    shown.goto(burning.url + path)
    over, poor = shown.evaluate("document.documentElement.scrollWidth - innerWidth"), shown.evaluate(CONTRAST)
    context.close()
    assert (over <= 0, poor) == (True, [])
