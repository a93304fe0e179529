"""A webhook: never to Leeway itself, signed so that others can check it, one id for all copies."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from leeway.channels.webhook import Settings, build
from leeway.channels.webhook.compose import event, headers, key_of
from leeway.errors import Forbidden, Invalid
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer, body

HOSTS = frozenset({"localhost", "127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]"})


def built(url, own):
    outside = Outside(VirtualClock(), Egress(HOSTS), Secrets(frozenset({"URL"}), environ={"URL": url}), own=own)
    return build(read_settings(Settings, {"url": {"env": "URL"}, "timeout_s": 5}), outside, "loop")


@pytest.mark.parametrize("host", [*sorted(HOSTS), "LOCALHOST.", "x.localhost"])
def test_an_address_of_leeway_itself_is_refused_when_the_channel_is_built(host):
    """Under each of its names, whatever an admin has listed."""
    with pytest.raises(Forbidden, match="this is Leeway itself"):
        built(f"http://{host}:8474/api", frozenset({"127.0.0.1:8474"}))


def test_another_server_on_this_machine_may_be_told():
    """Another port is somebody else."""

    async def story():
        async with FaultServer(body(b"")) as server:
            channel = built(server.url, frozenset({"127.0.0.1:1"}))
            await channel.send(PLAIN)
            await channel.close()
            return server.asked

    assert asyncio.run(story()) == 1


def test_the_signature_is_the_one_of_standard_webhooks():
    """HMAC-SHA256 over id, time and body, by the key that follows whsec_ in base64: any library for it can check."""
    key = bytes(range(24))
    content = event(PLAIN)
    head = headers(PLAIN, content, key_of("whsec_" + base64.b64encode(key).decode()), 1_790_000_041.7)
    assert head["webhook-timestamp"] == "1790000042"
    signed = f"{head['webhook-id']}.1790000042.".encode() + content
    version, _, signature = head["webhook-signature"].partition(",")
    assert version == "v1"
    assert base64.b64decode(signature) == hmac.new(key, signed, hashlib.sha256).digest()


def test_without_a_secret_nothing_is_signed():
    """A signature by an empty key would look like one."""
    assert "webhook-signature" not in headers(PLAIN, b"{}", None, 0)


def test_a_damaged_secret_is_refused():
    """And not shown."""
    with pytest.raises(Invalid) as refusal:
        key_of("whsec_not base64!")
    assert "not base64!" not in str(refusal.value)


def test_an_event_says_what_it_is_in_the_words_of_cloudevents():
    """The attributes that version 1.0 asks for, the message as data, one id for all copies and one for each event."""
    fired = json.loads(event(PLAIN))
    assert {name: fired[name] for name in ("specversion", "source", "type", "subject", "time", "datacontenttype")} == {
        "specversion": "1.0",
        "source": "leeway",
        "type": "dev.leeway.alert.fired",
        "subject": "checkout/main",
        "time": "2026-09-21T14:14:00.000Z",
        "datacontenttype": "application/json",
    }
    assert fired["data"]["facts"] == {"burn rate": "16.7", "budget left": "94 %"}
    assert fired["data"]["severity"] == "page"
    ids = [json.loads(event(replace(PLAIN, event=each)))["id"] for each in (Event.FIRED, Event.FIRED, Event.RESOLVED)]
    assert ids[0] == ids[1] != ids[2]


def test_each_heartbeat_is_a_new_event():
    """It beats for ever under one key; a receiver that drops copies must not drop the beats."""
    beats = [json.loads(event(replace(PLAIN, event=Event.HEARTBEAT, at=PLAIN.at + 60 * n)))["id"] for n in (0, 1, 1)]
    assert beats[0] != beats[1] == beats[2]
