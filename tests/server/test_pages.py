"""The pages as HTML: what a person, a screen reader and a browser without scripts get."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser

import pytest
from tests.server.serving import slo

from leeway.formats import openslo
from leeway.server.pages.chart import chart, sparkline


def page(server, path="/"):
    response, body = server.ask("GET", path, headers={"Accept": "text/html"})
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return response.status, body.decode()


def row_of(html, slo):
    return next(row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if f'href="/slos/{slo}' in row)


def text_of(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").split())


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def tags_of(html):
    parser = Tags()
    parser.feed(html)
    return parser.seen


def test_each_objective_has_a_row_with_its_numbers(shop):
    """State in words, SLI with interval, what is left as share and in events, burn, coverage, fill, age."""
    _, html = page(shop)
    text = text_of(row_of(html, "checkout"))
    assert "✓ healthy" in text
    assert "95 % 94.8 % … 95.2 %" in text
    assert "50 % 3,000 of 6,000 events" in text
    assert "coverage 41.6 %" in text
    assert "window 41 % filled" in text
    overspent = text_of(row_of(html, "search"))
    assert "✕ exhausted" in overspent
    assert "−100 % −6,000 of 6,000 events" in overspent


def test_no_data_is_grey_and_says_so(shop):
    """Never green, never 0 %, never 100 %."""
    _, html = page(shop)
    row = row_of(html, "unseen")
    assert 'class="state no_data"' in row
    assert "healthy" not in row
    assert "? no data" in text_of(row)
    assert "no point yet" in text_of(row)


def test_several_objectives_of_an_slo_are_told_apart(shop):
    """By their names, and each leads to its own explanation."""
    _, html = page(shop)
    assert {"/slos/greeting?objective=fast", "/slos/greeting?objective=at%20all"} <= set(
        re.findall(r'href="(/slos/greeting[^"]*)"', html)
    )


def test_an_explanation_has_every_line_and_the_way_back(shop):
    """The same lines as the API and `leeway why`."""
    why = json.loads(shop.ask("GET", "/api/v1/slos/greeting/why?objective=fast")[1])
    status, html = page(shop, "/slos/greeting?objective=fast")
    text = text_of(html)
    assert status == 200
    for line in why["lines"]:
        assert " ".join(line["figure"].split()) in text
        assert " ".join(line["reason"].split()) in text
    assert "840" in text
    assert "No forecast: it takes 200 forecasts of the past" in text
    assert "too little was seen to tell" in text or "above the target" in text
    assert 'href="/"' in html


def test_words_are_explained_where_they_stand(shop):
    """Every column whose name a newcomer may not know has its meaning, for the mouse and in a list for the thumb."""
    _, html = page(shop)
    explained = {text_of(one).lower() for one in re.findall(r"<abbr title=.*?</abbr>", html)}
    assert {"slo", "sli", "error budget", "burn", "coverage", "window"} <= explained
    assert "How fast the budget is spent" in text_of(html[html.index("<details") :])


def test_a_page_needs_no_script_no_inline_style_and_nothing_from_elsewhere(shop):
    """So the strictest policy holds, and the page works where scripts are off."""
    for path in ("/", "/slos/greeting", "/slos/nobody"):
        _, html = page(shop, path)
        for tag, attributes in tags_of(html):
            assert tag not in {"script", "iframe", "object"}
            assert not [name for name in attributes if name == "style" or name.startswith("on")]
            for name in ("src", "href", "action"):
                assert not re.match(r"(https?:)?//", attributes.get(name) or "")
            if tag == "img":
                assert attributes.get("alt") is not None
            if tag == "svg":
                assert "aria-label" in attributes or attributes.get("aria-hidden") == "true"


def test_a_name_cannot_become_markup(fresh):
    """Descriptions and names are text, whatever they hold."""
    evil = slo("evil", objectives='[{displayName: "<script>alert(1)</script>", target: 0.9}]')
    files = {"files": [{"file": "a.yaml", "text": evil + "  description: <img src=x>\n"}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)[0].status == 200
    for path in ("/", "/slos/evil"):
        _, html = page(fresh, path)
        assert {"script", "img"}.isdisjoint(tag for tag, _ in tags_of(html))


def test_what_is_not_there_is_a_page_too(shop):
    """A person gets a sentence and what was perhaps meant; a program asks for JSON and gets a problem document."""
    status, html = page(shop, "/slos/chekout")
    assert status == 404
    assert "checkout" in text_of(html)
    response, _ = shop.ask("GET", "/slos/chekout", headers={"Accept": "application/json"})
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_style_has_its_digest_in_its_name_and_is_kept_for_ever(shop):
    """A new version has a new address."""
    _, html = page(shop)
    at = re.search(r'href="(/static/[0-9a-f]{16}/leeway.css)"', html)[1]
    response, body = shop.ask("GET", at)
    assert (response.status, response.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in response.headers["Cache-Control"]
    assert b"prefers-color-scheme: dark" in body


@pytest.mark.skipif(shutil.which("curl") is None, reason="runs the command of the page: apt-get install -y curl")
def test_the_empty_page_opens_three_doors_and_the_third_works_as_written(fresh, tmp_path):
    """The definition on it is valid, and the command on it, with the real path of the token, is taken by the server."""
    _, html = page(fresh)
    blocks = [unescape(block) for block in re.findall(r"<pre>(.*?)</pre>", html, re.DOTALL)]
    assert blocks[0] == "leeway demo"
    definition = next(block for block in blocks if block.startswith("apiVersion"))
    assert openslo.read(definition.encode(), "first.yaml").findings == ()
    files = {"files": [{"file": "first.yaml", "text": definition}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)[0].status == 200
    command = blocks[-1].partition("\n")[2].replace("$(date +%s)", "1790000040")
    assert shlex.quote(str(fresh.data / "token")) in command
    told = subprocess.run(["bash", "-c", command], capture_output=True, check=True, timeout=30)
    assert json.loads(told.stdout)["accepted"] == 1


def test_the_page_reloads_itself_and_can_be_held_still(shop):
    """Somebody who reads slowly, or aloud, must not lose their place."""
    assert '<meta http-equiv="refresh"' in page(shop)[1]
    assert '<meta http-equiv="refresh"' not in page(shop, "/?refresh=off")[1]


def test_a_sparkline_goes_through_zero_and_hatches_what_is_not_known():
    """One gap, one area above the zero line and one below; the line is broken at the gap."""
    drawn = sparkline([1.0, 0.5, None, -0.5, -0.5], "falling")
    assert drawn.count('class="gap"') == 1
    assert drawn.count('class="line"') == 2
    zero = float(re.search(r'class="zero"[^>]* y1="([\d.]+)"', drawn)[1])
    over = re.findall(r'class="area over" points="([^"]+)"', drawn)
    depths = [max(float(point.split(",")[1]) for point in area.split()) for area in over]
    assert depths[0] == zero < depths[1]


@pytest.mark.parametrize("trace", [[], [None], [None, None], [0.0], [-50.0, 1.0], [3.0]])
def test_any_trace_can_be_drawn(trace):
    """Nothing known, one part, far overspent: every coordinate stays inside of the picture."""
    for drawn, width, height in ((sparkline(trace, "x"), 132, 36), (chart(trace, "x", "a", "b", 340), 340, 206)):
        for points in re.findall(r'points="([^"]*)"', drawn):
            for point in points.split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= width
                assert 0 <= y <= height
