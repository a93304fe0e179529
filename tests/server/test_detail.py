"""The page of one SLO: its tabs, the span that is looked at, and notes that people write."""

from __future__ import annotations

import html as markup
import json
import re
from datetime import UTC, datetime

import pytest
from tests.server.forms import post
from tests.server.serving import NOW, slo
from tests.server.test_pages import page, text_of

from leeway.client.data import Bar, Part
from leeway.server.pages.received import covered, spread

NOTES = "/slos/checkout?tab=ledger"


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("charts", "Show as table"),
        ("ledger", "All the rest"),
        ("alerts", "Its alerts"),
        ("data", "Points are pushed"),
        ("definition", "timeWindow"),
    ],
)
def test_every_tab_has_an_address_and_stands_without_scripts(shop, tab, said):
    """One heading of the first rank on each."""
    status, html = page(shop, f"/slos/search?tab={tab}")
    assert status == 200
    assert said in text_of(html)
    assert html.count("<h1>") == 1


def test_the_typed_span_is_what_the_curves_are_asked_for(shop):
    """A time without a zone is UTC."""
    _, html = page(shop, "/slos/search?from=2026-09-21%2010:00&known_at=2026-09-21T16:00:00Z")
    asked = markup.unescape(re.findall(r'data-series="([^"]+)"', html)[0])
    assert asked.endswith("from=1789984800&known_at=1790006400")
    assert shop.ask("GET", asked)[0].status == 200


def test_a_time_that_is_none_is_refused_with_its_field_and_kept(shop):
    """As it was typed."""
    status, html = page(shop, "/slos/search?to=yesterday")
    assert status == 422
    assert 'value="yesterday"' in html
    assert "To : this is no time" in text_of(html)


def test_a_note_is_written_on_the_page_and_a_bad_one_is_refused_with_what_was_typed(fresh):
    """By the proof of the page."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    at = "/forms/slos/checkout/annotations"
    form = {"text": "release <42>", "by": "ann", "start": "soon", "end": ""}
    refused, body = post(fresh, at, NOTES, **form)
    assert refused.status == 422
    assert "When : this is no time" in text_of(body)
    assert ">\nrelease &lt;42&gt;</textarea>" in body
    written, _ = post(fresh, at, NOTES, **form | {"start": ""})
    assert written.status == 303
    assert "release <42>" in markup.unescape(text_of(page(fresh, "/slos/checkout?tab=ledger")[1]))


def test_a_note_is_removed_on_the_page_and_stands_in_the_form_to_be_written_again(fresh):
    """One that is gone, or of another SLO, is not there."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    at = "/forms/slos/checkout/annotations"
    post(
        fresh, at, NOTES, text="release <42>\r\n- a list", by="ann", start="2026-09-21T10:00Z", end="2026-09-21T11:00Z"
    )
    number = re.findall(r'name="number" value="(\d+)"', page(fresh, NOTES)[1])[0]
    answer, html = post(fresh, f"{at}/remove", NOTES, number=number)
    assert answer.status == 200
    assert "It is removed" in text_of(html)
    assert ">\nrelease &lt;42&gt;\n- a list</textarea>" in html
    assert 'value="2026-09-21T10:00:00Z"' in html
    assert 'name="number"' not in html
    assert post(fresh, f"{at}/remove", NOTES, number=number)[0].status == 404
    assert post(fresh, f"{at}/remove", NOTES, number="x")[0].status == 422
    assert fresh.ask("POST", f"{at}/remove", "number=1")[0].status == 403


def test_the_data_tab_shows_what_came_and_what_did_not(whole):
    """Coverage and its gap, the newest rows, the same by the API; and what is not missing is not said to be."""
    _, html = page(whole, "/slos/gappy?tab=data")
    text = text_of(html)
    assert "2 spans without data, the longest first" in text or "One span without data" in text
    assert re.search(r"Minutes with data 4[78]\d", text)
    assert '<rect class="gap"' in html
    assert "The newest rows, as received" in text
    assert "No minute is missing" not in text


def test_rows_that_were_set_aside_are_shown_as_they_came(fresh):
    """More good than there was: counted nowhere, and told with the column at fault."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    rows = [{"slo": "checkout", "time": NOW - 600, "good": 12, "total": 10}]
    rows.append({"slo": "checkout", "time": NOW - 540, "good": 10, "total": 10})
    assert fresh.ask("POST", "/api/v1/push", json.dumps(rows), fresh.bearer)[0].status == 200
    _, html = page(fresh, "/slos/checkout?tab=data")
    assert "Set aside: counted nowhere" in text_of(html)
    assert '<strong class="trouble">good 12</strong>' in html


def test_values_are_drawn_with_their_threshold():
    """Bars as high as they are often; the line lies among them as the threshold lies among the values."""
    bars = [Bar(low=0, high=1, count=4), Bar(low=1, high=2, count=0), Bar(low=2, high=None, count=2)]
    drawn = spread(bars, 1.5)
    assert drawn.count('class="bar"') == 2
    assert 'height="120.0"' in drawn
    assert 'height="60.0"' in drawn
    assert 'class="threshold" x1="480.0"' in drawn


def test_what_could_not_be_there_is_no_gap():
    """Before the first row nothing is hatched; a part that is half there is half as high."""
    at = datetime(2026, 9, 21, tzinfo=UTC)
    drawn = covered([Part(at=at, coverage=one) for one in (None, 0.0, 0.5, 1.0)])
    assert drawn.count('class="gap"') == 2
    assert '<rect class="gap" x="240.0"' in drawn
    assert '<rect class="bar" x="480.0" y="20.0"' in drawn
    assert "data is whole in 1 of 4 parts" in drawn
