"""Backtests as a page that people type burn rates into."""

from __future__ import annotations

import pytest
from tests.server.breaking import AT, LOOSE, TIGHT, over, tried
from tests.server.forms import post
from tests.server.test_browser import CONTRAST, browser
from tests.server.test_browser import pytestmark as in_browser
from tests.server.test_pages import page, tags_of, text_of

__all__ = ["browser"]
FORM, PAGE = "/forms/slos/broken/backtests", "/slos/broken/backtest"


TYPED = {
    "days": "7",
    "tries[0].policy": "own",
    "tries[0].name": "mine",
    "tries[0].burns[1].burn_rate": "2",
    "tries[0].burns[1].long": "30m",
    "tries[1].policy": "as-defined",
    "tries[1].name": "higher",
    "tries[1].target": "99 %",
}


def test_the_form_begins_with_what_is_in_force(broken):
    """To be edited; the SLO's alerts and the policies lead to it."""
    html = page(broken, "/slos/broken/backtest")[1]
    fields = {one.get("name"): one.get("value") for name, one in tags_of(html) if name == "input"}
    assert (fields["tries[0].burns[0].long"], fields["tries[0].burns[0].short"]) == ("1h", "5m")
    assert 'href="/slos/broken/backtest"' in page(broken, "/slos/broken?tab=alerts")[1]
    assert "/backtest" in page(broken, "/alerts")[1]


def test_what_is_typed_is_tried_and_its_result_can_be_read_without_scripts(broken):
    """Figures side by side, a row for each incident, hours of the week, and the text to apply."""
    answer, _ = post(broken, FORM, PAGE, **TYPED)
    assert answer.status == 303
    there = answer.headers["Location"]
    over(broken, f"{AT}/{there.partition('run=')[2]}")
    html = page(broken, there)[1]
    text = text_of(html)
    assert html.count("<h1>") == 1
    assert "as defined mine higher told so far" in text
    assert "▲ page after" in text
    assert "not watched yet" in text
    assert "alertPolicyRef: mine" in text
    assert "leeway apply -f mine.yaml" in text
    assert html.count('class="cells"') == 4
    assert "Alerts over incidents" in html


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"tries[0].burns[1].long": "soon"}, "tries[0].burns[1].long", "no duration"),
        ({"tries[0].burns[1].burn_rate": "fast"}, "tries[0].burns[1].burn_rate", "valid number"),
        ({"tries[0].burns[1].burn_rate": "", "tries[0].burns[1].long": ""}, "tries[0].policy", "it has no burn rate"),
        ({"tries[0].policy": "none", "tries[1].target": "101"}, "tries[1].target", "less than 1"),
        ({"tries[1].name": "<b>"}, "tries[1].name", "pattern"),
        ({"zone": "Nowhere"}, "zone", "Europe/Berlin"),
        ({"start": "then"}, "start", "datetime"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field_and_kept(broken, changed, place, said):
    """As it was typed."""
    answer, html = post(broken, FORM, PAGE, **{**TYPED, **changed})
    assert answer.status == 422
    marked = [one for name, one in tags_of(html) if one.get("aria-invalid") == "true"]
    assert [one["name"] for one in marked] == [place]
    assert said in text_of(html)
    kept = next((text for text in changed.values() if text not in ("", "none")), "mine")
    assert f'value="{kept.replace("<", "&lt;").replace(">", "&gt;")}"' in html


def test_a_backtest_is_cancelled_by_its_button(broken):
    """What is none is no error of ours."""
    number = tried(broken)["job"]["id"]
    assert post(broken, f"{FORM}/cancel", PAGE, number=str(number))[0].status == 303
    assert post(broken, f"{FORM}/cancel", PAGE, number="x")[0].status == 422
    assert post(broken, f"{FORM}/cancel", PAGE, number="77777")[0].status == 404


@pytest.mark.browser
@in_browser[1]
@in_browser[2]
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_result_can_be_read_at_every_width_and_in_both_themes(browser, broken, width, scheme):
    """Nothing runs over the edge; a contrast of 4.5."""
    number = tried(broken, LOOSE, TIGHT)["job"]["id"]
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        shown = context.new_page()
        shown.goto(f"{broken.url}/slos/broken/backtest?run={number}")
        shown.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate(CONTRAST) == []
    finally:
        context.close()
