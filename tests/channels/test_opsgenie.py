"""What Opsgenie and Jira Service Management are sent: where to, how urgent, within their limits, without HTML."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from leeway.channels.opsgenie import Settings, build, manifest
from leeway.channels.opsgenie.compose import alias, plain, request
from leeway.core.alerting.policy import Severity
from leeway.errors import Invalid, NotUnderstood, Permanent
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer

TREE = {"url": "https://api.eu.opsgenie.com/v2/alerts", "api_key": {"env": "KEY"}}
TAKEN = {"result": "Request will be processed", "took": 0.3, "requestId": "43a29c5c-3dbf-4fa4-9c26-f4f71023e120"}


class Tags(HTMLParser):
    """Counts what a browser would act upon."""

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)

    handle_comment = handle_decl = handle_pi = handle_endtag = handle_entityref = handle_charref = unknown_decl = (
        lambda self, text: self.found.append(text)
    )


def told(message, answer=TAKEN, status=202, **more):
    """What comes of a message, and the requests that led to it: path, query and body."""
    requests = []

    async def noted(asked):
        requests.append((asked.path, dict(asked.query), json.loads(await asked.read())))
        return web.json_response(answer, status=status)

    async def story():
        async with FaultServer(noted) as server:
            tree = {**TREE, "url": f"{server.url}/v2/alerts", **more}
            secrets = Secrets(frozenset({"KEY"}), environ={"KEY": "k" * 36})
            outside = Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), secrets)
            channel = build(read_settings(Settings, tree), outside)
            try:
                return await channel.send(message)
            finally:
                await channel.close()

    return asyncio.run(story()), requests


def sent(message):
    return msgspec.json.decode(request(message, "P1"))


def test_the_channel_is_called_by_both_names():
    """People look for either."""
    assert "Opsgenie" in manifest.title
    assert "Jira Service Management" in manifest.title


def test_an_alert_has_the_fields_that_their_rules_ask_for():
    """Sentences and link are the description; facts and names are details."""
    assert sent(PLAIN) == {
        "message": PLAIN.title,
        "alias": alias(PLAIN),
        "description": "\n".join(PLAIN.lines) + f"\n\n{PLAIN.link}",
        "details": {
            "burn rate": "16.7",
            "budget left": "94 %",
            "slo": "checkout",
            "objective": "main",
            "service": "shop",
            "policy": "fast-burn",
        },
        "entity": "shop/checkout",
        "source": "Leeway",
        "priority": "P1",
    }


def test_an_alert_of_a_title_alone_has_no_empty_field():
    """An empty entity or description is left out."""
    bare = replace(PLAIN, lines=(), facts={}, link="", slo="", objective="", service="", policy="")
    assert set(sent(bare)) == {"message", "alias", "source", "priority"}


def test_a_title_that_is_cut_stands_whole_in_the_description():
    """130 characters are few."""
    title = "Checkout fails for guests " * 6
    content = sent(replace(PLAIN, title=title, lines=("One sentence.",), link=""))
    assert len(content["message"]) == 130
    assert content["message"].endswith("…")
    assert content["description"] == f"{title.strip()}\nOne sentence."


def test_a_resolution_closes_by_the_alias_that_opened():
    """The path names it, the note says what the message says, and nothing is opened."""
    opened, [(path, query, body)] = told(PLAIN)
    closed, [(way, how, note)] = told(replace(PLAIN, event=Event.RESOLVED, title="Checkout is well again"))
    assert (path, query, body["alias"]) == ("/v2/alerts", {}, alias(PLAIN))
    assert (way, how) == (f"/v2/alerts/{alias(PLAIN)}/close", {"identifierType": "alias"})
    assert note == {"source": "Leeway", "note": "\n".join(("Checkout is well again", *PLAIN.lines))}
    assert opened.reference == closed.reference == alias(PLAIN)


@pytest.mark.parametrize("key", ["a/../b", "a?b#c%2F", "ключ", "\ud800", "k" * 5000, ""])
def test_any_key_makes_an_alias_that_can_stand_in_a_path(key):
    """Keys hold what people named."""
    name = alias(replace(PLAIN, key=key))
    assert name.isascii()
    assert name.isalnum()
    assert name != alias(replace(PLAIN, key=key + "."))


@pytest.mark.parametrize(
    ("message", "priority"),
    [
        (PLAIN, "P2"),
        (replace(PLAIN, severity=Severity.TICKET), "P4"),
        (replace(PLAIN, event=Event.TEST), "P2"),
        (replace(PLAIN, event=Event.HEARTBEAT), "P5"),
    ],
)
def test_priorities_are_those_of_the_settings(message, priority):
    """A test wakes as a real one would; a heartbeat wakes nobody."""
    _, [(_, _, body)] = told(message, page="P2", ticket="P4")
    assert body["priority"] == priority


@given(st.text(st.sampled_from("<>&;/!?#ab🔥 "), max_size=40), st.integers(2, 60))
def test_a_plain_text_is_read_the_same_with_and_without_html(text, longest):
    """No tag, comment or entity is in it; it fits, an emoji counting as two; and it says what it said."""
    shown = plain(text, longest)
    parser = Tags()
    parser.feed(shown)
    parser.close()
    assert parser.found == []
    assert unescape(shown) == shown
    assert len(shown.encode("utf-16-le")) // 2 <= longest
    said = shown.replace("\u2060", "")
    assert said == text or (said.endswith("…") and text.startswith(said[:-1]))


@pytest.mark.parametrize(
    "url",
    [
        "https://api.atlassian.com/jsm/ops/integration/v2/alerts",
        "https://api.opsgenie.com/v2/alerts",
        "https://api.eu.opsgenie.com/v2/alerts/",
    ],
)
def test_the_address_says_product_and_region(url):
    """Each of the three that there are, as their pages print it."""
    assert read_settings(Settings, {**TREE, "url": url}).url == url.rstrip("/")


@pytest.mark.parametrize("url", [None, "https://api.opsgenie.com", "https://api.opsgenie.com/v1/alerts", "eu"])
def test_no_address_is_guessed(url):
    """A key of one product or region is refused by the others, when somebody has to be woken."""
    tree = {name: value for name, value in {**TREE, "url": url}.items() if value}
    with pytest.raises(Invalid, match="url"):
        read_settings(Settings, tree)


def test_only_their_202_means_accepted():
    """Somebody in between may answer 200 with a page that looks right."""
    with pytest.raises(NotUnderstood, match="v2/alerts"):
        told(PLAIN, status=200)


def test_a_refusal_says_what_they_found():
    """Their words tell a key of the wrong region from a field that is wrong."""
    refusal = {"message": "API Key belongs to an account in another region", "took": 0.002, "requestId": "1"}
    with pytest.raises(Permanent, match="another region"):
        told(PLAIN, refusal, 422)
