"""Alerts on the pages: who knows of what burns, in words, in both themes."""

from __future__ import annotations

import re

import pytest
from tests.server.test_browser import CONTRAST, browser, pytestmark
from tests.server.test_pages import page, row_of, text_of

__all__ = ["browser"]
in_browser = pytestmark


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("search", "▲ page just now, bob looks after it"),
        ("checkout", "▲ page just now, silenced ■ ticket just now, silenced"),
        ("basket", "■ ticket just now, told"),
        ("lonely", "▲ page just now, nobody to tell ■ ticket just now, nobody to tell"),
        ("calm", ""),
    ],
)
def test_each_row_says_what_burns_since_when_and_who_knows(burning, name, told):
    """Pages before tickets; a ticket that a page tells of is not said twice; a silence says by whom and until when."""
    row = row_of(page(burning, "/slos")[1], name)
    assert re.search(rf"(healthy|exhausted) {re.escape(told)} ?[0-9]", text_of(row))
    assert ("silenced by ann until" in row) is (name == "checkout")
    assert "<index>" not in row


def test_the_explanation_tells_every_decision(burning):
    """As `leeway why --alerts`."""
    text = text_of(page(burning, "/slos/checkout?tab=alerts")[1])
    assert "Its alerts, and who was told" in text
    assert "not sent : silenced by ann until 2026-09-21T16:14:00Z: a new <index>" in text
    assert "sent : told on-call" in text_of(page(burning, "/slos/search?tab=alerts")[1])
    assert "bob looks after it." in text_of(page(burning, "/slos/search?tab=alerts")[1])
    assert "Its alerts" not in text_of(page(burning, "/slos/calm?tab=alerts")[1])


@pytest.mark.browser
@in_browser[1]
@in_browser[2]
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1250, 1280])
@pytest.mark.parametrize("path", ["/", "/slos", "/slos/checkout", "/slos/checkout?tab=alerts"])
def test_alerts_can_be_read_at_every_width_and_in_both_themes(browser, burning, path, width, scheme):
    """Nothing runs over the edge; a contrast of 4.5; no script."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    shown = context.new_page()
    shown.goto(burning.url + path)
    over, poor = shown.evaluate("document.documentElement.scrollWidth - innerWidth"), shown.evaluate(CONTRAST)
    context.close()
    assert (over <= 0, poor) == (True, [])
