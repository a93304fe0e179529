"""The pages as HTML: what a person, a screen reader and a browser without scripts get."""

from __future__ import annotations

import gzip
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
    _, html = page(shop, "/slos")
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
    _, html = page(shop, "/slos")
    row = row_of(html, "unseen")
    assert 'class="state no_data"' in row
    assert "healthy" not in row
    assert "? no data" in text_of(row)
    assert "no point yet" in text_of(row)


def test_several_objectives_of_an_slo_are_told_apart(shop):
    """By their names, and each leads to its own explanation."""
    _, html = page(shop, "/slos")
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
    assert 'href="/slos"' in html


def test_words_are_explained_where_they_stand(shop):
    """Every column whose name a newcomer may not know has its meaning, and leads to the glossary for the thumb."""
    _, html = page(shop, "/slos")
    words = re.findall(r'<a class="word" href="/words#([^"]*)" data-means="[^"]+">(.*?)</a>', html)
    assert {"slo", "sli", "error budget", "burn", "coverage", "window"} <= {text.lower() for _, text in words}
    _, glossary = page(shop, "/words")
    assert {anchor for anchor, _ in words} <= {attributes.get("id") for _, attributes in tags_of(glossary)}
    assert "How fast the budget is spent" in text_of(glossary)


def test_a_page_has_no_inline_script_no_inline_style_and_nothing_from_elsewhere(shop):
    """So the strictest policy holds."""
    for path in ("/", "/slos", "/slos/greeting", "/slos/nobody", "/find", "/words"):
        _, html = page(shop, path)
        assert set(re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)) == {""}
        for tag, attributes in tags_of(html):
            assert tag not in {"iframe", "object"}
            assert tag != "script" or attributes["src"].startswith("/static/")
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
    for path in ("/", "/slos", "/slos/evil", "/find?q=evil"):
        _, html = page(fresh, path)
        assert "img" not in {tag for tag, _ in tags_of(html)}
        assert html.count("<script") == html.count('<script type="module" src="/static/')


def test_what_is_not_there_is_a_page_too(shop):
    """A person gets a sentence and what was perhaps meant; a program asks for JSON and gets a problem document."""
    status, html = page(shop, "/slos/chekout")
    assert status == 404
    assert "checkout" in text_of(html)
    response, _ = shop.ask("GET", "/slos/chekout", headers={"Accept": "application/json"})
    assert response.headers["Content-Type"] == "application/problem+json"


def test_what_the_browser_gets_has_its_digest_in_its_name_and_is_kept_for_ever(shop):
    """A new version has a new address; each comes packed to whoever can unpack it."""
    _, html = page(shop)
    for at, kind in zip(
        re.findall(r'(?:href|src)="(/static/[^"#]+)"', html), ("font", "css", "javascript"), strict=False
    ):
        response, body = shop.ask("GET", at)
        assert response.status == 200
        assert kind in response.headers["Content-Type"]
        assert "immutable" in response.headers["Cache-Control"]
        response, packed = shop.ask("GET", at, headers={"Accept-Encoding": "gzip"})
        if kind != "font":
            assert response.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(packed) == body


def test_a_page_is_light_and_carries_who_wrote_its_parts(shop):
    """At most 60 kB of scripts and 20 kB of style, packed; the notices name every package that is in them."""
    _, html = page(shop, "/slos/greeting")
    weights = {".js": 0, ".css": 0}
    for at in re.findall(r'(?:href|src)="(/static/[^"#]+[.](?:js|css))"', html):
        weights[at[at.rindex(".") :]] += len(shop.ask("GET", at, headers={"Accept-Encoding": "gzip"})[1])
    assert 0 < weights[".js"] <= 60_000
    assert 0 < weights[".css"] <= 20_000
    notices = shop.ask("GET", "/static/THIRD-PARTY-NOTICES.txt")[1].decode()
    for package in ("@tabler/core", "htmx.org", "@fontsource-variable/inter", "bootstrap-icons"):
        assert f"{package} " in notices


def test_a_page_comes_in_the_theme_that_was_chosen(shop):
    """So it does not flash in the other one first; anything else in the cookie is left alone."""
    for theme in ("light", "dark"):
        _, body = shop.ask("GET", "/", headers={"Accept": "text/html", "Cookie": f"leeway_theme={theme}"})
        assert f'data-bs-theme="{theme}"' in body.decode()
    _, body = shop.ask("GET", "/", headers={"Accept": "text/html", "Cookie": "leeway_theme=x"})
    assert "data-bs-theme" not in body.decode()


def test_things_are_found_by_parts_of_their_names(shop):
    """SLOs, services and pages; the palette asks for the list alone."""
    _, html = page(shop, "/find?q=che")
    assert 'href="/slos/checkout"' in html
    _, html = page(shop, "/find?part=list&q=bar")
    assert html.lstrip().startswith("<ul")
    assert 'href="/slos?service=bar"' in html


def test_the_list_can_be_filtered_by_state_service_and_name(shop):
    """Every wish is in the address."""
    _, html = page(shop, "/slos?state=exhausted")
    assert re.findall(r'<th scope="row">\s*<a href="/slos/([a-z]+)', html) == ["search"]
    _, html = page(shop, "/slos?service=bar&q=uns")
    assert re.findall(r'<th scope="row">\s*<a href="/slos/([a-z]+)', html) == ["unseen"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="runs the command of the page: apt-get install -y curl")
def test_the_empty_page_opens_three_doors_and_the_third_works_as_written(fresh, tmp_path):
    """The definition on it is valid, and the command on it, with the real path of the token, is taken by the server."""
    _, html = page(fresh)
    blocks = [unescape(block) for block in re.findall(r"<pre[^>]*>(.*?)</pre>", html, re.DOTALL)]
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
    """One gap, one area above the zero line and one below, which begin and end on it; nothing is drawn in the gap."""
    drawn = sparkline([1.0, 0.5, None, -0.5, -0.5], "falling")
    assert re.findall(r'class="gap" x="(\d+)" width="(\d+)"', drawn) == [("2", "1")]
    zero = int(re.search(r'class="zero" d="M0 (\d+)h5"', drawn)[1])
    [(over, above)] = re.findall(r'class="area" d="M0 (\d+)v(-\d+)h1v\d+h1V\d+"', drawn)
    [(under, below)] = re.findall(r'class="area over" d="M3 (\d+)v(\d+)h1h1V\d+"', drawn)
    assert int(over) == int(under) == zero
    assert int(above) == -zero
    assert int(below) == pytest.approx(zero / 2, abs=1)


@pytest.mark.parametrize("trace", [[], [None], [None, None], [0.0], [-50.0, 1.0], [3.0], [1.0] * 90])
def test_any_trace_fits_a_row(trace):
    """At most thirty parts; every height stays inside of the picture."""
    drawn = sparkline(trace, "x")
    wide = int(re.search(r'viewBox="0 0 (\d+) 32"', drawn)[1])
    assert 1 <= wide <= 30
    for begin, path in re.findall(r'd="M\d+ (\d+)([^"]*)"', drawn):
        at = int(begin)
        for way, step in re.findall(r"([hvV])(-?\d+)", path):
            at = int(step) if way == "V" else at + int(step) if way == "v" else at
            assert 0 <= at <= 32


@pytest.mark.parametrize("trace", [[], [None], [None, None], [0.0], [-50.0, 1.0], [3.0]])
def test_any_trace_can_be_drawn(trace):
    """Nothing known, one part, far overspent: every coordinate stays inside of the picture."""
    for points in re.findall(r'points="([^"]*)"', chart(trace, "x", "a", "b", 340)):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 340
            assert 0 <= y <= 206
