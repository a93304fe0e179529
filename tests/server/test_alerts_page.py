"""The page of alerts: what is up and who takes it, what was and why nobody was told, and tests of who would be told."""

from __future__ import annotations

import re

import pytest
from tests.server.forms import post
from tests.server.test_browser import CONTRAST, browser, pytestmark
from tests.server.test_pages import page, tags_of, text_of

__all__ = ["browser"]
in_browser = pytestmark
del pytestmark  # most of these want no browser


def section(html: str, begin: str, end: str) -> str:
    return text_of(html[html.index(f'id="{begin}"') : html.index(f'id="{end}"')])


def test_what_is_up_stands_first_pages_before_tickets(burning):
    """Who was told, and what it had cost when it fired."""
    up = section(page(burning, "/alerts")[1], "up", "thirty")
    assert up.index("▲ page") < up.index("■ ticket")
    assert "bob looks after it" in up
    assert "✓ arrived at on-call" in up
    assert "silenced by ann until" in up


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("severity=ticket", "■ ticket", "▲ page"),
        ("slo=basket", "basket", "checkout"),
        ("policy=urgent", "urgent", "slow"),
        ("told=no", "silenced", "told on-call"),
        ("told=yes", "told on-call", "silenced by ann"),
    ],
)
def test_the_past_is_filtered_by_the_address(burning, query, there, gone):
    """Decisions not to page are one of the filters, each with its reason."""
    past = section(page(burning, f"/alerts?{query}")[1], "past", "people").split("Filter", 1)[1]
    assert there in past
    assert gone not in past


def test_the_strip_has_a_text_twin(burning):
    """Sixty places in two lanes; what they show stands in words and as a table too."""
    html = page(burning, "/alerts")[1]
    marks = [one["class"] for name, one in tags_of(html) if name == "rect" and "-mark" in one.get("class", "")]
    assert len(marks) == 120
    assert {"page-mark", "ticket-mark", "quiet-mark"} <= set(marks)
    assert "nobody was told of" in section(html, "thirty", "past")
    assert "Show as table" in html


def test_an_alert_is_acknowledged_by_a_name(ablaze):
    """And others see it at once."""
    alert = re.search(r'name="alert" value="([^"]+)"', page(ablaze, "/alerts")[1])
    assert alert is not None
    answer, html = post(ablaze, "/forms/alerts/acknowledge", alert=alert[1], by=" ")
    assert answer.status == 422
    assert "it says who you are" in text_of(html)
    assert 'aria-invalid="true"' in html
    answer, _ = post(ablaze, "/forms/alerts/acknowledge", alert=alert[1], by="Zoë <z>")
    assert (answer.status, answer.headers["Location"]) == (303, "/alerts")
    assert "Zoë <z>" in text_of(page(ablaze, "/alerts")[1])
    answer, html = post(ablaze, "/forms/alerts/acknowledge", alert="nothing", by="ann")
    assert answer.status == 404
    assert "It was not acknowledged" in text_of(html)


def test_a_test_goes_to_exactly_one_recipient_and_is_seen_to_arrive(burning):
    """People are counted before it is sent."""
    assert "goes to on-call and to nobody else: 1 person" in text_of(page(burning, "/alerts")[1])
    answer, _ = post(burning, "/forms/alerts/test", recipient="on-call", by="ann", severity="ticket")
    assert answer.status == 303
    assert re.fullmatch(r"/alerts\?tested=.+#people", answer.headers["Location"])
    assert "The test was put out" in text_of(page(burning, answer.headers["Location"].partition("#")[0])[1])
    answer, html = post(burning, "/forms/alerts/test", recipient="on-cal", by="ann")
    assert answer.status == 404
    assert "on-call" in text_of(html)


def test_a_form_from_elsewhere_is_refused(burning):
    """Without the proof of the page nothing is done."""
    answer, _ = burning.ask("POST", "/forms/alerts/test", "recipient=on-call&by=eve")
    assert answer.status == 403


def test_where_nothing_is_watched_it_says_so(fresh):
    """No empty tables."""
    text = text_of(page(fresh, "/alerts")[1])
    assert "No alert is up" in text
    assert "No policy watches anything" in text


@pytest.mark.browser
@in_browser[1]
@in_browser[2]
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/alerts"])
def test_it_can_be_read_at_every_width_and_in_both_themes(browser, burning, path, width, scheme):
    """Nothing runs over the edge; a contrast of 4.5."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    shown = context.new_page()
    shown.goto(burning.url + path)
    over, poor = shown.evaluate("document.documentElement.scrollWidth - innerWidth"), shown.evaluate(CONTRAST)
    context.close()
    assert (over <= 0, poor) == (True, [])
