"""The list of all objectives over HTTP: written once, sent as often as it is asked for."""

import asyncio
import gzip
import json
from urllib.parse import urlencode

import pytest
from tests.server.serving import slo

from leeway.client import Client
from leeway.client.documents import Items, Status
from leeway.clock import SystemClock


def test_the_list_is_the_documents_that_the_client_declares(shop):
    """What is written without being checked passes every check, to the last key, and is what one SLO says of itself."""
    told = json.loads(shop.ask("GET", "/api/v1/status")[1])
    read = Items[Status].model_validate(told)
    assert json.loads(read.model_dump_json()) == told
    alone = json.loads(shop.ask("GET", "/api/v1/slos/greeting/status")[1])["items"]
    assert [one for one in told["items"] if one["slo"] == "greeting"] == alone


def test_the_list_packed_is_the_list(shop):
    """Only for those who say that they can read it."""
    plain, body = shop.ask("GET", "/api/v1/status")
    packed, small = shop.ask("GET", "/api/v1/status", headers={"Accept-Encoding": "gzip, deflate"})
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == body
    assert len(small) < len(body)


def test_who_has_the_list_already_is_told_so_until_it_changes(fresh):
    """304 by its ETag; new definitions are another list at once."""
    empty, _ = fresh.ask("GET", "/api/v1/status")
    has = {"If-None-Match": f'"other", {empty.headers["ETag"]}'}
    response, body = fresh.ask("GET", "/api/v1/status", headers=has)
    assert (response.status, body, response.headers["ETag"]) == (304, b"", empty.headers["ETag"])
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)[0].status == 200
    response, body = fresh.ask("GET", "/api/v1/status", headers=has)
    [one] = json.loads(body)["items"]
    assert (response.status, one["slo"], one["state"]) == (200, "checkout", "no_data")
    assert one["as_of"].startswith("2026-09-21T14:14")


def names(server, query):
    told = json.loads(server.ask("GET", f"/api/v1/status{query}")[1])
    return [(one["slo"], one["objective"]) for one in told["items"]], told.get("next")


def test_a_part_of_the_list_in_any_order(shop):
    """Filters and pages; each item is to the digit what it is in the whole list."""
    assert names(shop, "?service=bar&state=healthy") == ([("greeting", "at all"), ("greeting", "fast")], None)
    assert names(shop, "?name=sea") == ([("search", "0")], None)
    first, cursor = names(shop, "?sort=remaining&limit=1")
    assert first == [("search", "0")]
    rest, more = names(shop, f"?sort=remaining&after={cursor}")
    assert (len(rest), rest[-1], more) == (4, ("unseen", "0"), None)
    [one] = json.loads(shop.ask("GET", "/api/v1/status?name=checkout")[1])["items"]
    assert one in json.loads(shop.ask("GET", "/api/v1/status")[1])["items"]
    assert shop.ask("GET", "/api/v1/status?state=fine")[0].status == 400


def test_alerts_come_in_pages_the_newest_first(shop):
    """Page by page they are all of them, and each is there once."""
    whole = json.loads(shop.ask("GET", "/api/v1/alerts")[1])["items"]
    told, cursor = [], ""
    while True:
        page = json.loads(shop.ask("GET", f"/api/v1/alerts?limit=1{cursor}")[1])
        told += page["items"]
        if "next" not in page:
            break
        cursor = f"&after={page['next']}"
    assert len(whole) > 1
    assert [one["key"] for one in told] == [one["key"] for one in whole]
    pages = json.loads(shop.ask("GET", "/api/v1/alerts?severity=page")[1])["items"]
    assert [one["key"] for one in pages] == [one["key"] for one in whole if one["severity"] == "page"]


def test_the_client_reads_page_after_page(shop):
    """Of the status, and of definitions; a short list at once."""

    async def read():
        async with Client(shop.url, SystemClock()) as client:
            first = await client.statuses_page(limit=4)
            rest = await client.statuses_page(limit=4, after=first.next)
            slos = await client.documents_page(kind="SLO", name="e", sort="-name", limit=2)
            return first.items + rest.items, rest.next, slos, await client.checks()

    listed, more, slos, checks = asyncio.run(read())
    assert [one.slo for one in listed] == ["checkout", "greeting", "greeting", "search", "unseen"]
    assert more is None
    assert [one.name for one in slos.items] == ["unseen", "search"]
    assert slos.next
    assert "Evaluation" in {one.name for one in checks}


PAGED = [
    "alerts?sort=-consumed",
    "alerts?sort=severity",
    "alerts?sort=slo",
    "documents/SLO?sort=-name",
    "documents/SLO/checkout/history?",
    "routes?sort=policy",
    "slos/search/decisions?",
    "sources?sort=-slo",
    "status?sort=-remaining",
]


def read_in_pages(server, query):
    """Every item, one in each answer."""
    told, cursor = [], ""
    while True:
        page = json.loads(server.ask("GET", f"/api/v1/{query}&limit=1{cursor}")[1])
        told += page["items"]
        if "next" not in page:
            return told
        cursor = f"&after={page['next']}"


@pytest.mark.parametrize("query", PAGED)
def test_a_list_read_in_pages_is_the_list(shop, query):
    """Whatever its order: each item once, in the same order as at once."""
    whole = json.loads(shop.ask("GET", f"/api/v1/{query}")[1])["items"]
    assert whole
    assert read_in_pages(shop, query) == whole


@pytest.mark.parametrize("query", PAGED)
def test_an_order_that_no_list_has_is_refused_with_those_there_are(shop, query):
    """400, named."""
    path = query.partition("?")[0]
    response, body = shop.ask("GET", f"/api/v1/{path}?sort=nothing")
    assert (response.status, json.loads(body)["place"]) == (400, "sort")


def test_what_was_said_of_an_alert_comes_in_pages(shop):
    """By a recipient, each message with its number; one that nobody is told of has none."""
    alert = json.loads(shop.ask("GET", "/api/v1/alerts?limit=1")[1])["items"][0]["key"]
    query = f"deliveries?{urlencode({'alert': alert, 'recipient': 'nobody'})}&sort=-recipient"
    assert read_in_pages(shop, query) == []
    assert shop.ask("GET", "/api/v1/deliveries?alert=none")[0].status == 404
