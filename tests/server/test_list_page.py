"""The list of SLOs as people with many of them use it: filters, order, columns, views, labels of several at once."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from html import unescape
from urllib.parse import urlencode

import pytest
from tests.server.serving import slo
from tests.server.test_pages import page, row_of, tags_of, text_of

NAMES = re.compile(r'<th scope="row"><a href="/slos/([a-z-]+)')


def about(text, labels="", annotations=""):
    said = f", labels: {{{labels}}}" * bool(labels) + f", annotations: {{{annotations}}}" * bool(annotations)
    return re.sub(r"metadata: \{name: (\S+)\}\nspec", rf"metadata: {{name: \1{said}}}\nspec", text)


@pytest.fixture
def fleet(fresh):
    """Three SLOs of two teams, none with a point."""
    text = "---\n".join(
        (
            about(
                slo("cart"), "team: pay, tier: '1'", "leeway.dev/owner: pay on call, leeway.dev/reviewed: 2026-09-01"
            ),
            about(slo("invoice", "billing"), "team: pay"),
            about(slo("lookup", "search"), "team: find"),
        )
    ).replace("leeway.dev/reviewed: 2026-09-01", "leeway.dev/reviewed: '2026-09-01'")
    given = json.dumps({"files": [{"file": "a.yaml", "text": text}]})
    answer, said = fresh.ask("POST", "/api/v1/apply", given, fresh.bearer)
    assert answer.status == 200, said
    return fresh


def listed(server, query=""):
    status, html = page(server, f"/slos{query}")
    assert status == 200
    return NAMES.findall(html)


def form(server, at, fields, path="/slos"):
    """A form of a page, sent as a browser does it."""
    answer, body = server.ask("GET", path, headers={"Accept": "text/html"})
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    proof = re.search(r'name="proof" value="([^"]+)"', body.decode())[1]
    headers = {"Cookie": cookie, "Origin": server.url, "Accept": "text/html"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    answer, body = server.ask("POST", at, urlencode([("proof", proof), *fields]), headers)
    return answer, body.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?label=team%3Dpay", ["cart", "invoice"]),
        ("?label=team%3Dpay+tier", ["cart"]),
        ("?label=team", ["cart", "invoice", "lookup"]),
        ("?label=team%3Dnobody", []),
        ("?q=BILL", ["invoice"]),
        ("?q=on+call", ["cart"]),
        ("?q=find+look", ["lookup"]),
        ("?service=search", ["lookup"]),
        ("?sort=-service", ["cart", "lookup", "invoice"]),
        ("?state=healthy", []),
    ],
)
def test_the_list_is_filtered_by_labels_words_and_service(fleet, query, names):
    """All of them have to agree; the API gives the same part for the same query."""
    assert listed(fleet, query) == names
    told = json.loads(fleet.ask("GET", f"/api/v1/status{query}")[1])["items"]
    assert sorted(one["slo"] for one in told) == sorted(names)


def test_each_label_that_was_asked_for_can_be_taken_away(fleet):
    """By a link that leaves the others."""
    _, html = page(fleet, "/slos?label=team%3Dpay+tier%3D1")
    chips = {
        text_of(text): unescape(at) for at, text in re.findall(r'<a class="chip"[^>]*href="([^"]*)">(.*?)</a>', html)
    }
    assert chips["team=pay ✕ : take it away"] == "?label=tier%3D1"


@pytest.mark.parametrize("column", ["slo", "service", "state", "target", "sli", "remaining", "burn", "lasts", "data"])
def test_every_column_is_an_order_and_what_is_not_known_stands_last_both_ways(shop, column):
    """By the links in its head, which say which way it is."""
    for sort in (column, f"-{column}"):
        _, html = page(shop, f"/slos?sort={sort}")
        head = next(one for tag, one in tags_of(html) if tag == "th" and "aria-sort" in one)
        assert head["aria-sort"] == ("descending" if sort.startswith("-") else "ascending")
        if column in ("sli", "remaining", "burn", "lasts"):
            assert NAMES.findall(html)[-1] == "unseen"
    assert f'href="?sort={column}"' in html or column == "state"


def test_columns_are_chosen_in_the_address(fleet):
    """Owner and review stand there because an SLO tells of them; what nobody chose is left out."""
    _, html = page(fleet, "/slos")
    assert "pay on call" in text_of(row_of(html, "cart"))
    assert "2026-09-01" in text_of(row_of(html, "cart"))
    _, html = page(fleet, "/slos?cols=target,labels")
    assert text_of(row_of(html, "cart")) == "cart shop 90 % last 1 d team=pay tier=1"
    assert page(fleet, "/slos?cols=targets")[0] == 400


def test_many_rows_come_in_pages(shop):
    """Page by page they are all of them, in order."""
    whole = listed(shop, "?sort=slo")
    told, query = [], "?sort=slo&rows=2"
    while query:
        _, html = page(shop, f"/slos{query}")
        told += NAMES.findall(html)
        more = re.search(r'href="(\?[^"]*after=[^"]*)">The next', html)
        query = unescape(more[1]) if more else ""
    assert told == whole
    assert len(whole) == 5


def test_what_is_seen_can_be_taken_along(shop):
    """As CSV with a row for each, as JSON, and as the two commands that give the same."""
    _, html = page(shop, "/slos?service=bar&sort=-slo")
    at = unescape(re.search(r'href="(/slos[^"]*format=csv)"', html)[1])
    answer, body = shop.ask("GET", at)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert [one["slo"] for one in rows] == ["unseen", "greeting", "greeting"]
    assert (rows[0]["sli"], rows[0]["state"]) == ("", "no_data")
    assert float(rows[1]["sli"]) > 0.9
    curl, cli = (unescape(text) for text in re.findall(r'<pre id="as-[a-z]+"[^>]*>(.*?)</pre>', html))
    at = shlex.split(curl)[1].removeprefix(shop.url)
    assert [one["slo"] for one in json.loads(shop.ask("GET", at)[1])["items"]] == ["unseen", "greeting", "greeting"]
    leeway = [sys.executable, "-c", "from leeway.cli import main; main()", *shlex.split(cli)[1:]]
    done = subprocess.run(
        [*leeway, "--server", shop.url, "-o", "json"], capture_output=True, text=True, check=True, timeout=60
    )
    assert [one["slo"] for one in json.loads(done.stdout)] == ["unseen", "greeting", "greeting"]


def test_a_view_is_kept_by_name_in_the_browser(fleet):
    """It is a link then; one without a name is refused with the text kept, and one can be forgotten."""
    fields = [("query", "?label=team%3Dpay&sort=-slo"), ("name", "my team")]
    answer, _ = form(fleet, "/forms/slos/views", fields)
    assert (answer.status, answer.headers["Location"]) == (303, "/slos?label=team%3Dpay&sort=-slo")
    kept = next(one for one in answer.headers.get_all("Set-Cookie") if one.startswith("leeway_views"))
    assert "HttpOnly" in kept
    html = fleet.ask("GET", "/slos", headers={"Accept": "text/html", "Cookie": kept.partition(";")[0]})[1].decode()
    assert 'href="/slos?label=team%3Dpay&amp;sort=-slo"' in html
    answer, html = form(fleet, "/forms/slos/views", [("query", "?q=x"), ("name", "")])
    assert answer.status == 422
    assert 'aria-invalid="true"' in html
    assert 'name="query" value="?q=x"' in html


@pytest.mark.parametrize("told", ["", "x", "bnVsbA==", "e30=", "eyJhIjogImphdmFzY3JpcHQ6eCJ9"])
def test_a_cookie_that_is_not_ours_is_left_alone(shop, told):
    """Nothing in it becomes a link."""
    html = shop.ask("GET", "/slos", headers={"Accept": "text/html", "Cookie": f"leeway_views={told}"})[1].decode()
    assert "kept-views" not in html
    assert "javascript:" not in html


def test_several_are_labelled_at_once_after_a_look_at_the_plan(fleet):
    """What was seen is what is applied: the definitions change by a label, and by nothing else."""
    assert page(fleet, "/slos?choose=on")[1].count('type="checkbox"') == 3
    before = json.loads(fleet.ask("GET", "/api/v1/documents/SLO/cart")[1])
    chosen = [("slo", "cart"), ("slo", "lookup"), ("label", "tier=2"), ("query", "?choose=on")]
    answer, html = form(fleet, "/forms/slos/labels", chosen, "/slos?choose=on")
    assert answer.status == 200
    assert "What would change" in text_of(html)
    assert json.loads(fleet.ask("GET", "/api/v1/documents/SLO/cart")[1]) == before
    seen = [("seen", unescape(one)) for one in re.findall(r'name="seen" value="([^"]+)"', html)]
    assert seen == [("seen", "cart@1"), ("seen", "lookup@1")]
    answer, _ = form(fleet, "/forms/slos/labels", [*chosen, *seen, ("by", "alex"), ("do", "apply")], "/slos?choose=on")
    assert answer.status == 303
    assert listed(fleet, "?label=tier%3D2") == ["cart", "lookup"]
    after = json.loads(fleet.ask("GET", "/api/v1/documents/SLO/cart")[1])
    assert (after["number"], after["by"]) == (2, "alex")
    old, new = (set(one["body"].splitlines()) for one in (before, after))
    assert {line.strip() for line in old ^ new} == {'- "1"', '- "2"'}
    answer, html = form(
        fleet, "/forms/slos/labels", [*chosen, *seen, ("by", "alex"), ("do", "apply")], "/slos?choose=on"
    )
    assert answer.status == 409
    assert "Nothing was changed" in text_of(html)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("slo", "cart"), ("label", "tier")], "this is no label"),
        ([("label", "tier=1")], "no SLO was chosen"),
        ([("slo", "nobody"), ("label", "tier=1")], "there is no SLO"),
        ([("slo", "cart"), ("label", "tier=1"), ("do", "apply")], "a change says who makes it"),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused_with_the_text_kept(fleet, fields, said):
    """422, in words, at the field."""
    answer, html = form(fleet, "/forms/slos/labels", fields, "/slos?choose=on")
    assert answer.status == 422
    assert said in text_of(html)
    assert f'name="label" value="{dict(fields)["label"]}"' in html
