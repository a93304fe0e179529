"""What Teams is sent, which addresses are workflows, and where a person finds the run."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web

from leeway.channels.teams import Settings, build
from leeway.channels.teams.compose import post
from leeway.errors import Invalid, Permanent
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer

SIGNATURE = "qW3rTy-_uIoP"


def channel_to(url):
    settings = read_settings(Settings, {"webhook": {"env": "URL"}})
    secrets = Secrets(frozenset({"URL"}), environ={"URL": url})
    return build(settings, Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), secrets))


def told(answer):
    """What comes of a message to a workflow that answers so, and the queries with which it was asked."""
    queries = []

    async def noted(request):
        queries.append(dict(request.query))
        return answer

    async def story():
        async with FaultServer(noted) as server:
            channel = channel_to(f"{server.url}/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sig={SIGNATURE}")
            try:
                return await channel.send(PLAIN)
            finally:
                await channel.close()

    return asyncio.run(story()), queries


def card_of(message):
    (attachment,) = msgspec.json.decode(post(message))["attachments"]
    return attachment["content"]


def texts_of(card):
    return ["".join(run["text"] for run in element["inlines"]) for element in card["body"]]


def test_a_card_is_title_lines_facts_and_one_button():
    """Each is a paragraph of its own, so that none depends on how line ends are drawn."""
    card = card_of(PLAIN)
    assert {element["type"] for element in card["body"]} == {"RichTextBlock"}
    assert texts_of(card) == [PLAIN.title, *PLAIN.lines, "burn rate: 16.7", "budget left: 94 %"]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open in Leeway", "url": PLAIN.link}]


def test_a_message_of_a_title_alone_is_one_paragraph_without_a_button():
    """Teams draws no empty text and no button without an address."""
    card = card_of(replace(PLAIN, lines=(), facts={}, link=""))
    assert texts_of(card) == [PLAIN.title]
    assert "actions" not in card


def test_a_fact_without_a_value_is_shown_as_a_dash():
    """An empty text run would spoil the card."""
    assert texts_of(card_of(replace(PLAIN, lines=(), facts={"owner": ""})))[1] == "owner: –"


@pytest.mark.parametrize("text", ["{{DATE(2017-02-14T06:00:00Z, SHORT)}}", "{{TIME(2017-02-14T06:00:00Z)}}"])
def test_a_function_of_adaptive_cards_is_shown_as_it_was_written(text):
    """A character without width stands between the braces and the name: clients put no other date there."""
    title = texts_of(card_of(replace(PLAIN, title=text)))[0]
    assert title == text.replace("{{", "{{\u2060")


def test_a_card_that_would_be_too_large_ends_early_and_says_so():
    """Teams would refuse it in the workflow, where nobody looks: it stays well below 28 KB as UTF-16."""
    much = replace(PLAIN, lines=("🔥 line " * 100,) * 20)
    texts = texts_of(card_of(much))
    assert len(post(much).decode().encode("utf-16-le")) <= 20_000
    assert texts[0] == PLAIN.title
    assert texts[-1] == "…"
    assert len(texts) > 10


@pytest.mark.parametrize(
    "address",
    [
        "https://contoso.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4?sig=x",
        "https://outlook.office.com/webhook/1@2/IncomingWebhook/3/4",
        "https://OUTLOOK.OFFICE365.COM/webhook/1",
    ],
)
def test_an_address_of_the_old_connectors_is_refused_when_the_channel_is_built(address):
    """It would be found out when somebody has to be told; the mend says what to make instead."""
    with pytest.raises(Invalid, match=r"connector.*Send webhook alerts to a channel"):
        channel_to(address)


@pytest.mark.parametrize("query", ["", "?api-version=1", "?sig="])
def test_an_address_without_its_signature_is_refused_when_the_channel_is_built(query):
    """Half a copy, or a workflow that only the tenant's users may call."""
    with pytest.raises(Invalid, match="signature"):
        channel_to(f"https://1.environment.api.powerplatform.com:443/workflows/2{query}")


def test_the_address_is_asked_whole_and_the_run_is_the_reference():
    """Its name is what a person looks for in the workflow's history."""
    delivered, queries = told(web.Response(status=202, headers={"X-MS-Workflow-Run-Id": "0858432CU00"}))
    assert delivered.reference == "0858432CU00"
    assert queries == [{"api-version": "1", "sp": "/triggers/manual/run", "sig": SIGNATURE}]


def test_a_refusal_is_told_without_the_signature():
    """Microsoft's words are kept, even where they repeat it alone."""
    error = {"code": "Disabled", "message": f"sig {SIGNATURE} is not valid"}
    with pytest.raises(Permanent, match="is not valid") as caught:
        told(web.json_response({"error": error}, status=400))
    assert SIGNATURE not in str(caught.value)
