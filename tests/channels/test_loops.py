"""Alerts make no alerts: no channel talks to Leeway itself, and what Leeway sent is known when it comes back."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.channels import MODULES, load
from leeway.channels.email.compose import mail
from leeway.channels.webhook.compose import event, headers
from leeway.errors import Forbidden
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.loop import HOPS, LOOP, comes_back, is_own_event

PORT = 8474
OWN = frozenset({f"127.0.0.1:{PORT}"})
SECRET = {"env": "SECRET"}
BASIC = {"user": "leeway", "password": SECRET}
ADDRESSED = {
    "alertmanager": lambda at: {"peers": [f"http://{at}"]},
    "apprise": lambda at: {"url": f"http://{at}", "key": "shop", "tags": ["all"]},
    "discord": lambda at: {"webhook": {"env": "URL"}},
    "email": lambda at: {
        "host": at.rpartition(":")[0].strip("[]"),
        "port": PORT,
        "tls": "none",
        "sender": "leeway@example.org",
        "to": ["on-call@example.org"],
    },
    "github": lambda at: {"repository": "example/shop", "token": SECRET, "url": f"http://{at}"},
    "gitlab": lambda at: {"project": "example/shop", "token": SECRET, "url": f"http://{at}"},
    "jira": lambda at: {"project": "SHOP", "basic": BASIC, "url": f"http://{at}"},
    "opsgenie": lambda at: {"api_key": SECRET, "url": f"http://{at}/v2/alerts"},
    "pagerduty": lambda at: {"routing_key": SECRET, "url": f"http://{at}/v2/enqueue"},
    "servicenow": lambda at: {"basic": BASIC, "url": f"http://{at}"},
    "slack": lambda at: {"webhook": {"env": "URL"}},
    "teams": lambda at: {"webhook": {"env": "URL"}},
    "webhook": lambda at: {"url": f"http://{at}/api/v1/push"},
}
"""Settings of every kind that takes an address, with the address of Leeway."""


def built(kind, host):
    at = f"{host}:{PORT}"
    environ = {"SECRET": "s", "URL": f"http://{at}/api/webhooks/1/token?sig=x"}
    listed = frozenset({"127.0.0.1", "localhost", "[::1]", "relay.example"})
    outside = Outside(VirtualClock(), Egress(listed), Secrets(frozenset(environ), environ=environ), own=OWN)
    module = load(kind)
    return module.build(read_settings(module.Settings, ADDRESSED[kind](at)), outside, "loop")


def test_every_channel_but_the_inbox_takes_an_address():
    """Whoever adds a kind says here how it would talk to Leeway."""
    assert {*ADDRESSED, "inbox"} == set(MODULES)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
@pytest.mark.parametrize("kind", ADDRESSED)
def test_an_address_of_leeway_itself_is_refused_when_the_recipient_is_saved(kind, host):
    """Whatever an admin has listed."""
    with pytest.raises(Forbidden, match="this is Leeway itself"):
        built(kind, host)


@pytest.mark.parametrize("kind", ADDRESSED)
def test_a_name_that_leads_to_leeway_itself_is_refused_when_a_message_is_sent(kind, monkeypatch):
    """It may have led elsewhere when it was saved."""
    real = socket.getaddrinfo

    def look_up(host, *rest, **more):
        return real("127.0.0.1" if host == "relay.example" else host, *rest, **more)

    async def story():
        channel = built(kind, "relay.example")
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        try:
            await channel.send(replace(PLAIN, event=Event.TEST))  # a page would be refused by some before that
        finally:
            await channel.close()

    with pytest.raises(Forbidden, match="this is Leeway itself"):
        asyncio.run(story())


@given(st.text(min_size=1))
def test_what_leeway_sends_is_known_when_it_comes_back(key):
    """Mail and webhook, whatever the alert is called; the webhook also when its headers are lost."""
    message = replace(PLAIN, key=key)
    body = event(message)
    assert comes_back(headers(message, body, None, 0.0))
    assert is_own_event(body)
    assert comes_back(message_from_bytes(mail(message, "leeway@example.org", ["a@example.org"], 0.0)))


@pytest.mark.parametrize(
    ("head", "own"),
    [
        ({}, False),
        ({"ce-source": "leeway", "ce-type": "dev.leeway.alert.fired"}, True),
        ({"ce-source": "leeway", "ce-type": "com.example.deploy"}, False),
        ({"ce-source": "shop", "ce-type": "dev.leeway.alert.fired"}, False),
        ({LOOP: ""}, True),
        ({HOPS: "3"}, False),
        ({HOPS: "4"}, True),
        ({HOPS: "-1"}, True),
        ({HOPS: "many"}, True),
        ({HOPS: "9" * 5_000}, True),
    ],
)
def test_a_message_is_ours_by_its_marks_and_by_nothing_else(head, own):
    """More than three hops, and hops that cannot be counted, are too far for anybody's message."""
    assert comes_back(head) is own


@pytest.mark.parametrize(
    ("body", "own"),
    [
        (b"", False),
        (b"[" * 100_000, False),
        (b'{"points": []}', False),
        (b'[{"slo": "leeway", "time": 1, "good": 1, "total": 1}]', False),
        (b'{"source": "leeway", "type": 7}', False),
        (b'[{"source": "leeway", "type": "dev.leeway.test"}]', True),
    ],
)
def test_points_are_never_taken_for_an_event(body, own):
    """An SLO may be called leeway."""
    assert is_own_event(body) is own
