"""What PagerDuty is sent, and what its refusals say to people."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web

from leeway.channels.pagerduty import Settings, build
from leeway.channels.pagerduty.compose import event
from leeway.core.alerting.policy import Severity
from leeway.errors import Permanent
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer


def channel_to(url, **more):
    tree = {"url": url, "routing_key": {"env": "KEY"}, **more}
    secrets = Secrets(frozenset({"KEY"}), environ={"KEY": "k" * 32})
    outside = Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), secrets)
    return build(read_settings(Settings, tree), outside)


def test_a_trigger_has_the_fields_that_pagerduty_shows():
    """Service, SLO and policy are where its rules look for them."""
    sent = msgspec.json.decode(event(PLAIN, "key", "critical"))
    assert sent["event_action"] == "trigger"
    assert sent["dedup_key"] == PLAIN.key
    assert sent["payload"] == {
        "summary": PLAIN.title,
        "source": "Leeway",
        "severity": "critical",
        "component": "shop",
        "group": "checkout",
        "class": "fast-burn",
        "timestamp": "2026-09-21T14:14:00.000Z",
        "custom_details": {
            "burn rate": "16.7",
            "budget left": "94 %",
            "message": "\n".join(PLAIN.lines),
            "objective": "main",
        },
    }
    assert sent["links"] == [{"href": PLAIN.link, "text": "Open in Leeway"}]


def test_a_resolution_says_the_key_and_nothing_more():
    """Nothing else is read of it."""
    sent = msgspec.json.decode(event(replace(PLAIN, event=Event.RESOLVED), "key", "critical"))
    assert sent == {"routing_key": "key", "event_action": "resolve", "dedup_key": PLAIN.key}


@pytest.mark.parametrize(
    ("message", "level"),
    [
        (PLAIN, "critical"),
        (replace(PLAIN, severity=Severity.TICKET), "info"),
        (replace(PLAIN, event=Event.HEARTBEAT), "info"),
        (replace(PLAIN, event=Event.TEST), "critical"),
    ],
)
def test_severities_are_those_of_the_settings(message, level):
    """A test wakes as a real one would; a heartbeat wakes nobody."""
    levels = []

    async def answer(request):
        sent = json.loads(await request.read())
        levels.append(sent["payload"]["severity"])
        return web.json_response({"status": "success", "dedup_key": sent["dedup_key"]}, status=202)

    async def story():
        async with FaultServer(answer) as server:
            channel = channel_to(server.url, ticket="info")
            delivered = await channel.send(message)
            await channel.close()
            return delivered

    assert asyncio.run(story()).reference == PLAIN.key
    assert levels == [level]


def test_a_refusal_says_what_pagerduty_found():
    """Its list of errors tells a wrong key from a wrong field."""

    async def answer(_):
        errors = ["Length of 'routing_key' is incorrect (should be 32 characters)"]
        return web.json_response({"status": "invalid event", "message": "is invalid", "errors": errors}, status=400)

    async def story():
        async with FaultServer(answer) as server:
            channel = channel_to(server.url)
            try:
                await channel.send(PLAIN)
            finally:
                await channel.close()

    with pytest.raises(Permanent, match=r"is invalid; Length of 'routing_key' is incorrect"):
        asyncio.run(story())
