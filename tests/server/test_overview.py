"""The overview: tiles by budget or burn rate in any group, and what changed since yesterday; the fleet by day."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from tests.server.serving import slo
from tests.server.test_list_page import about
from tests.server.test_pages import page, text_of


def tiles(html):
    found = re.findall(
        r'<(?:a|div) class="tile [a-z_]+"(?: href="([^"]*)")?><strong>(.*?)</(?:a|div)>', html, re.DOTALL
    )
    return {text_of(text): unescape(at) for at, text in found}


def test_a_tile_tells_the_worst_of_its_service_in_a_word(shop):
    """What needs people first; it leads to the list of its objectives."""
    _, html = page(shop)
    assert tiles(html) == {
        "shop ✕ exhausted 2 objectives": "/slos?service=shop",
        "bar ? no data 3 objectives": "/slos?service=bar",
    }


def test_tiles_can_show_how_fast_the_last_hour_burned(shop):
    """By the fastest of each."""
    _, html = page(shop, "/?by=burn")
    assert tiles(html)["shop ▲ burns 2.0× 2 objectives"] == "/slos?service=shop"


def test_tiles_are_grouped_by_what_tells_objectives_apart(fresh):
    """Owners and labels; what has none stands in a tile without a link."""
    text = "---\n".join((about(slo("cart"), "team: pay"), about(slo("basket"), "team: find"), slo("other")))
    given = json.dumps({"files": [{"file": "a.yaml", "text": text}]})
    assert fresh.ask("POST", "/api/v1/apply", given, fresh.bearer)[0].status == 200
    _, html = page(fresh, "/?group=label:team")
    assert tiles(html) == {
        "none ? no data 1 objective": "",
        "find ? no data 1 objective": "/slos?label=team%3Dfind",
        "pay ? no data 1 objective": "/slos?label=team%3Dpay",
    }
    _, html = page(fresh, "/?group=owner")
    assert tiles(html)["pay ? no data 1 objective"] == "/slos?owner=pay"
    assert page(fresh, "/?group=colour")[0] == 400
    assert "SLO cart by api" in text_of(html)


def test_the_overview_tells_what_moved_since_yesterday(shop):
    """Budgets by what they lost, definitions with who wrote them, and that no alert began."""
    _, html = page(shop)
    told = text_of(html[html.index('id="since"') :])
    assert "search : 200 % spent" in told
    assert told.index("search") < told.index("checkout")
    assert "by seed" in told


def test_the_fleet_has_a_row_for_each_objective_and_a_cell_for_each_day(shop):
    """With the step as text, the figures as its name, and a link to that day of that SLO."""
    _, html = page(shop, "/fleet?q=search")
    cells = re.findall(r'<td class="heat (\w+)"><a href="([^"]*)" title="([^"]*)" aria-label="[^"]*">(.)</a>', html)
    kind, at, words, mark = cells[-1]
    assert (kind, mark) == ("burnt3", "3")
    assert words.startswith("Mon 2026-09-21: burn rate 2.0×, ")
    assert unescape(at) == "/slos/search?from=2026-09-21T00%3A00%3A00Z&to=2026-09-22T00%3A00%3A00Z"
    assert page(shop, unescape(at))[0] == 200
    assert html.count('<th scope="row">') == 1


@pytest.mark.parametrize("query", ["", "?service=bar", "?sort=-burn&rows=2", "?label=team"])
def test_the_fleet_takes_the_filters_and_orders_of_the_list(shop, query):
    """The same objectives, in the same order."""
    rows = re.compile(r'<th scope="row">.*?href="/slos/([a-z]+)')
    lists = [rows.findall(page(shop, f"{at}{query}")[1]) for at in ("/fleet", "/slos")]
    assert lists[0] == lists[1]
    assert page(shop, "/fleet?sort=colour")[0] == 400
