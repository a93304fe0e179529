"""The page about the API: every operation, found by its words, with a request that can be copied and works."""

from __future__ import annotations

import json
import re
import shlex
from html import unescape

from tests.server.test_pages import page, tags_of, text_of

from leeway.server.openapi.describe import operations


def commands(html):
    """Each curl command as the words that a shell would make of it, by name of operation."""
    found = re.findall(r'<details id="(\w+)".*?<pre tabindex="0"><code>(curl .*?)</code>', html, re.DOTALL)
    return {name: shlex.split(unescape(text).replace("\\\n", " ")) for name, text in found}


def test_every_operation_stands_on_the_page_with_all_that_it_takes(shop):
    """Readable without a script: native details, a form that is a GET, anchors."""
    tree = json.loads(shop.ask("GET", "/api/v1/openapi.json")[1])
    status, html = page(shop, "/api")
    assert status == 200
    shown = {attrs["id"] for tag, attrs in tags_of(html) if tag == "details"}
    assert shown == {operation["operationId"] for _, _, operation in operations(tree)}
    assert set(commands(html)) == shown
    text = text_of(html)
    for method, path, operation in operations(tree):
        assert f"{method.upper()} {path} {operation['summary']}" in text
    assert "style=" not in html.replace("data-style=", "")


def test_the_commands_of_questions_work_as_they_stand(shop):
    """Copied into a shell: address, parameters and headers are as the server wants them."""
    _, html = page(shop, "/api")
    asked = 0
    for name, words in commands(html).items():
        of_slo = name.startswith("get_slos_slo_") and "number" not in name
        if of_slo or name in {"get_status", "get_documents", "get_prom_query"}:
            assert words[0] == "curl"
            assert words[1].startswith(f"{shop.url}/api/v1/")
            response, body = shop.ask("GET", words[1].removeprefix(shop.url))
            assert response.status == 200, (words, body)
            asked += 1
    assert asked > 8


def test_a_command_that_changes_something_reads_the_token_and_says_its_type(shop):
    """The token itself never stands on a page."""
    _, html = page(shop, "/api")
    words = commands(html)["post_silences"]
    assert any(word.startswith("Authorization: Bearer $(cat ") for word in words)
    assert "Content-Type: application/json" in words
    assert json.loads(words[-1])["slo"] == "search"
    assert shop.token not in html


def test_operations_are_found_by_words(shop):
    """All of them have to be there; what is found alone is open; nothing found says so."""
    _, html = page(shop, "/api?q=silences+end")
    shown = [attrs for tag, attrs in tags_of(html) if tag == "details"]
    assert "delete_silences_number" in [attrs["id"] for attrs in shown]
    assert all("open" in attrs for attrs in shown)
    assert "No operation has all of these words" in page(shop, "/api?q=xyzzy")[1]
    hostile = page(shop, "/api?q=%3Cscript%3Ealert(1)%3C/script%3E")[1]
    assert "<script>alert" not in hostile
