"""Shares and badges: anybody with the link sees one SLO and nothing else, until it ends; without one nobody sees it."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from tests.server.serving import seed, served, slo
from tests.server.test_pages import page, tags_of, text_of

DAY = 86_400


@pytest.fixture
def shop(tmp_path):
    """A server of one's own: time passes in it."""
    asyncio.run(seed(tmp_path / "data"))
    with served(tmp_path / "data") as server:
        yield server


def make(server, slo="checkout", days=7):
    """A new link; what the server says of it."""
    body = json.dumps({"days": days, "by": "ann"})
    response, content = server.ask("POST", f"/api/v1/slos/{slo}/shares", body, server.bearer)
    assert response.status == 201, content
    return json.loads(content)


def press(server, path, form, at="/slos/checkout/share"):
    """A form of the page as a browser sends it."""
    response, html = server.ask("GET", at)
    cookie = response.getheader("set-cookie").partition(";")[0]
    proof = re.search(r'name="proof" value="(\w+)"', html.decode())[1]
    text = "&".join(f"{name}={value}" for name, value in {**form, "proof": proof}.items())
    headers = {
        "Cookie": cookie,
        "Origin": server.url,
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "text/html",
    }
    answer, content = server.ask("POST", path, text, headers)
    return answer, content.decode()


def test_whoever_has_the_link_sees_the_slo_and_no_way_to_anything_else(shop):
    """Its sentence and its numbers; no form, no address of another page, no cookie, nothing for search engines."""
    shared = make(shop)
    response, html = shop.ask("GET", shared["link"])
    text = text_of(html.decode())
    assert response.status == 200
    assert "checkout" in text
    assert "of the error budget is left" in text
    assert "search" not in text
    assert not [attrs for tag, attrs in tags_of(html.decode()) if tag in ("form", "a", "script", "button")]
    assert response.getheader("set-cookie") is None
    assert (response.getheader("x-robots-tag"), response.getheader("referrer-policy")) == ("noindex", "no-referrer")


def test_a_link_ends_with_its_day_or_when_somebody_ends_it(shop):
    """The same words for one that never was: nobody learns that there was a link."""
    first, second = make(shop, days=1), make(shop, "search", days=2)
    said = [shop.ask("GET", "/shared/nothing")]
    response, _ = shop.ask("DELETE", f"/api/v1/slos/search/shares/{second['share']['number']}", b"", shop.bearer)
    assert response.status == 200
    said.append(shop.ask("GET", second["link"]))
    assert shop.ask("GET", first["link"])[0].status == 200
    shop.clock.jump(DAY - 1)
    assert shop.ask("GET", first["link"])[0].status == 200
    shop.clock.jump(1)
    said.append(shop.ask("GET", first["link"]))
    words = [re.sub('"request_id":"[^"]*"', "", body.decode()) for _, body in said]
    assert ([response.status for response, _ in said], len(set(words))) == ([404] * 3, 1)
    assert json.loads(shop.ask("GET", "/api/v1/slos/checkout/shares")[1])["items"] == []


def test_the_secret_is_told_once_and_kept_nowhere(shop):
    """Not in a list, not in the data folder."""
    shared = make(shop)
    secret = shared["link"].rpartition("/")[2]
    listed = shop.ask("GET", "/api/v1/slos/checkout/shares")[1] + shop.ask("GET", "/settings/shares")[1]
    assert secret.encode() not in listed + shop.ask("GET", "/slos/checkout/share")[1]
    assert not [one for one in shop.data.rglob("*") if one.is_file() and secret.encode() in one.read_bytes()]


def test_the_page_makes_a_link_with_texts_to_paste_and_ends_it(shop):
    """Markdown and HTML lead to the badge and to the link; wrong days are refused at their field."""
    response, html = press(shop, "/forms/slos/checkout/shares", {"days": "400", "by": "ann"})
    assert response.status == 422
    assert 'value="400"' in html
    assert re.search(r'id="days"[^>]*aria-invalid="true"', html)
    response, html = press(shop, "/forms/slos/checkout/shares", {"days": "30", "by": "ann"})
    assert response.status == 200
    link, markdown, embedded = (unescape(text) for text in re.findall(r'<pre id="new-[a-z]+"[^>]*>(.*?)</pre>', html))
    picture, target = re.fullmatch(r"\[!\[checkout: error budget\]\((.*?)\)\]\((.*?)\)", markdown).groups()
    assert target == link
    assert f'<a href="{link}"><img src="{picture}"' in embedded
    for address, kind in ((link, "text/html"), (picture, "image/svg+xml")):
        response, _ = shop.ask("GET", address.removeprefix(shop.url))
        assert (response.status, response.getheader("content-type").partition(";")[0]) == (200, kind)
    assert "ann" in text_of(page(shop, "/settings/shares")[1])
    number = json.loads(shop.ask("GET", "/api/v1/slos/checkout/shares")[1])["items"][0]["number"]
    response, _ = press(shop, "/forms/slos/checkout/shares/end", {"number": number, "from": "settings"})
    assert (response.status, response.getheader("location")) == (303, "/settings/shares")
    assert shop.ask("GET", link.removeprefix(shop.url))[0].status == 404


def test_a_badge_is_shown_by_its_definition_or_with_a_link_and_else_says_nothing(shop):
    """Of an SLO that is not shared, and of one that is not there, the same picture."""
    hidden, unknown = shop.ask("GET", "/badge/checkout.svg"), shop.ask("GET", "/badge/nobody.svg")
    assert [response.status for response, _ in (hidden, unknown)] == [404, 404]
    assert hidden[1] == unknown[1]
    shared = make(shop)
    assert shop.ask("GET", shared["badge"])[0].status == 200
    assert shop.ask("GET", shared["badge"].replace("checkout", "search"))[0].status == 404
    public = slo("checkout").replace("{name: checkout}", "{name: checkout, annotations: {leeway.dev/badge: public}}")
    body = json.dumps({"files": [{"file": "a.yaml", "text": public}], "by": "ann"})
    assert shop.ask("POST", "/api/v1/apply", body, shop.bearer)[0].status == 200
    response, svg = shop.ask("GET", "/badge/checkout.svg")
    assert response.status == 200
    assert words_of(svg) == ["checkout", "healthy · 50\xa0% left"]
    assert words_of(shop.ask("GET", "/badge/checkout.svg?show=reliability&label=Till")[1]) == [
        "Till",
        "healthy · 95\xa0%",
    ]
    assert "Badge as Markdown" in page(shop, "/slos/checkout/share")[1]


def test_a_badge_is_asked_for_again_after_a_minute_and_not_sent_twice(shop):
    """An ETag that changes with the picture; other sites may show it."""
    shared = make(shop)
    response, _ = shop.ask("GET", shared["badge"])
    tag = response.getheader("etag")
    assert response.getheader("cache-control") == "private, max-age=60"
    assert response.getheader("cross-origin-resource-policy") == "cross-origin"
    again, body = shop.ask("GET", shared["badge"], headers={"If-None-Match": tag})
    assert (again.status, body, again.getheader("etag")) == (304, b"", tag)
    other, _ = shop.ask("GET", shared["badge"] + "&show=reliability", headers={"If-None-Match": tag})
    assert other.status == 200


def test_of_several_objectives_the_badge_names_one(shop):
    """The first, or the one that is asked for."""
    shared = make(shop, "greeting")
    assert words_of(shop.ask("GET", shared["badge"])[1])[0] == "greeting / fast"
    assert words_of(shop.ask("GET", shared["badge"] + "&objective=at%20all")[1])[0] == "greeting / at all"
    assert shop.ask("GET", shared["badge"] + "&objective=none")[0].status == 404
    assert text_of(shop.ask("GET", shared["link"])[1].decode()).count("of the error budget is left") >= 1


def words_of(svg):
    """What the halves of a badge say."""
    return [one.text for one in ET.fromstring(svg.decode()).iter() if one.tag.endswith("text")]
