"""What Discord is sent: escaped, within its limits, mentioning nobody; and what its answer is worth."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from leeway.channels.discord import Settings, build
from leeway.channels.discord.compose import embed, escaped
from leeway.errors import Denied, Invalid, NotUnderstood, Throttled
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer

TOKEN = "aB3-_xYz" * 8


def channel_to(url):
    settings = read_settings(Settings, {"webhook": {"env": "URL"}})
    secrets = Secrets(frozenset({"URL"}), environ={"URL": url})
    return build(settings, Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), secrets))


def told(answer, query=""):
    """What comes of a message to a Discord that answers so, and the queries with which it was asked."""
    queries = []

    async def noted(request):
        queries.append(dict(request.query))
        return answer

    async def story():
        async with FaultServer(noted) as server:
            channel = channel_to(f"{server.url}/api/webhooks/12/{TOKEN}{query}")
            try:
                return await channel.send(PLAIN)
            finally:
                await channel.close()

    return asyncio.run(story()), queries


def sent(message):
    return msgspec.json.decode(embed(message))


@given(st.text(st.sampled_from("ab\\*_<>@#:.-🔥 \n"), max_size=40), st.integers(1, 60))
def test_escaped_text_says_the_same_and_fits(text, longest):
    """No markup is left without its backslash, no pair is cut in two, an emoji counts as two; a cut ends with …"""
    shown = escaped(text, longest)
    assert re.fullmatch(r"(?:\\[^0-9A-Za-z\s]|[^\\*_<>@#:.-])*", shown)
    assert len(shown.encode("utf-16-le")) // 2 <= longest
    said = re.sub(r"\\(.)", r"\1", shown)
    assert said == text or (said.endswith("…") and text.startswith(said[:-1]))


def test_a_message_is_one_embed_that_mentions_nobody():
    """Title, sentences, facts and the link, which is the only markup; no list of mentions means none at all."""
    content = sent(replace(PLAIN, lines=("Gone: 6 %",), facts={"burn rate": "16.7"}, link="http://leeway:8474/slo/a_b"))
    assert content == {
        "embeds": [
            {
                "title": PLAIN.title.replace(":", "\\:"),
                "description": "Gone\\: 6 %\n\nburn rate\\: 16\\.7\n\n<http://leeway:8474/slo/a_b>",
            }
        ],
        "allowed_mentions": {"parse": []},
    }


def test_a_message_of_a_title_alone_has_no_other_text():
    """Discord refuses empty texts."""
    assert sent(replace(PLAIN, title="Gone", lines=(), facts={}, link=""))["embeds"] == [{"title": "Gone"}]


def test_the_link_is_whole_however_long_the_message_is():
    """Sentences and facts make room for it."""
    link = "https://leeway.example/" + "x" * 1900
    (one,) = sent(replace(PLAIN, lines=("many words " * 40,) * 20, link=link))["embeds"]
    assert len(one["description"]) <= 4096
    assert one["description"].endswith(f"…\n\n<{link}>")


@pytest.mark.parametrize("query", ["", "?thread_id=77"])
def test_the_reference_is_the_id_of_the_message(query):
    """Discord says it only to those who wait; a thread that the address names is kept."""
    delivered, queries = told(web.json_response({"id": "1290000000000000001"}), query)
    assert delivered.reference == "1290000000000000001"
    assert queries == [{"wait": "true", **({"thread_id": "77"} if query else {})}]


@pytest.mark.parametrize("answer", [{"id": ""}, {"id": 5}, {"id": "x"}, {"message": "ok"}])
def test_an_answer_without_an_id_is_not_discords(answer):
    """Something in between has answered in its place."""
    with pytest.raises(NotUnderstood):
        told(web.json_response(answer))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/webhooks",
        "/api/webhooks/12",
        "/api/webhooks/12/",
        "/api/webhooks/x/t",
        "/services/T0/B0/X",
        "/api/webhooks/12/t/slack",
        "/api/webhooks/12/t/github",
    ],
)
def test_what_is_no_address_of_a_webhook_is_refused_when_the_channel_is_built(path):
    """Half a copy, somebody else's, or the one for those who speak like Slack."""
    with pytest.raises(Invalid, match="no address of a Discord webhook"):
        channel_to(f"https://discord.com{path}")


@pytest.mark.parametrize("query", ["", "?thread_id=77"])
def test_a_webhook_that_is_gone_is_named_without_its_token(query):
    """The number tells people which one it is; the token would let them post."""
    with pytest.raises(Denied, match=r"webhooks/12/•••.*Invalid Webhook Token") as caught:
        told(web.json_response({"message": f"Invalid Webhook Token {TOKEN}", "code": 50027}, status=401), query)
    assert TOKEN not in str(caught.value)


def test_discord_says_how_long_to_wait():
    """The header counts in seconds."""
    answer = web.json_response({"message": "You are being rate limited.", "retry_after": 1.3}, status=429)
    answer.headers["Retry-After"] = "2"
    with pytest.raises(Throttled) as caught:
        told(answer)
    assert caught.value.retry_after_s == 2
