"""The page of one SLO: its tabs, the span that is looked at, and notes that people write."""

from __future__ import annotations

import html as markup
import json
import re
from urllib.parse import urlencode

import pytest
from tests.server.serving import slo
from tests.server.test_pages import page, text_of


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
    response, body = fresh.ask("GET", "/slos/checkout?tab=ledger", headers={"Accept": "text/html"})
    proof = re.findall(r'name="proof" value="([^"]+)"', body.decode())[0]
    headers = {
        "Cookie": response.headers["Set-Cookie"].split(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": fresh.url,
        "Accept": "text/html",
    }
    at = "/forms/slos/checkout/annotations"
    form = {"proof": proof, "text": "release <42>", "by": "ann", "start": "soon", "end": ""}
    refused, body = fresh.ask("POST", at, urlencode(form), headers)
    assert refused.status == 422
    assert "When : this is no time" in text_of(body.decode())
    assert 'value="release &lt;42&gt;"' in body.decode()
    written, _ = fresh.ask("POST", at, urlencode(form | {"start": ""}), headers)
    assert written.status == 303
    assert "release <42>" in markup.unescape(text_of(page(fresh, "/slos/checkout?tab=ledger")[1]))
