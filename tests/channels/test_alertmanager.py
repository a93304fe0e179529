"""What Alertmanager is sent, which settings are refused, and what is told when no peer takes an alert."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import msgspec
import pytest

from leeway.channels.alertmanager import Settings, build
from leeway.channels.alertmanager.compose import alerts
from leeway.errors import Denied, Invalid, LeewayError, Throttled, Transient
from leeway.net import Egress, Outside, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer, body, status

NOW = PLAIN.at + 5


def sent(message, **labels):
    (alert,) = msgspec.json.decode(alerts(message, labels, 3600, NOW))
    return alert


def test_an_alert_begins_when_it_did_and_ends_by_itself_if_nobody_ends_it():
    """Alertmanager would end it after five minutes unless it is told an end."""
    alert = sent(PLAIN)
    assert alert["startsAt"] == "2026-09-21T14:14:00.000Z"
    assert alert["endsAt"] == "2026-09-21T15:14:05.000Z"
    assert alert["generatorURL"] == PLAIN.link


def test_a_resolution_ends_the_alert_of_the_same_labels_now_at_the_latest():
    """A clock that is ahead must not keep it alive."""
    resolved = replace(PLAIN, event=Event.RESOLVED, at=NOW + 600, title="over", lines=())
    alert = sent(resolved, team="shop")
    assert alert["endsAt"] == "2026-09-21T14:14:05.000Z"
    assert "startsAt" not in alert
    assert alert["labels"] == sent(PLAIN, team="shop")["labels"]


def test_labels_are_what_routes_need_and_empty_ones_are_left_out():
    """Alertmanager holds an empty label for none."""
    assert sent(replace(PLAIN, service="", key="k"), team="shop")["labels"] == {
        "alertname": "LeewayBudgetBurn",
        "leeway_key": "k",
        "objective": "main",
        "policy": "fast-burn",
        "severity": "page",
        "slo": "checkout",
        "team": "shop",
    }


def test_a_test_takes_the_route_of_an_alert_and_a_heartbeat_its_own():
    """A watchdog is routed apart; it is over five minutes after the last beat."""
    assert sent(replace(PLAIN, event=Event.TEST))["labels"] == sent(PLAIN)["labels"]
    beat = sent(replace(PLAIN, event=Event.HEARTBEAT))
    assert beat["labels"]["alertname"] == "LeewayHeartbeat"
    assert beat["endsAt"] == "2026-09-21T14:19:05.000Z"


def test_facts_become_annotations_and_none_takes_anothers_place():
    """Names are made such as Alertmanager takes."""
    odd = replace(PLAIN, facts={"burn rate": "1", "burn-rate": "2", "1h": "3", "summary": "4"})
    assert sent(odd)["annotations"] == {
        "summary": PLAIN.title,
        "description": "\n".join(PLAIN.lines),
        "burn_rate": "1",
        "burn_rate_2": "2",
        "_1h": "3",
        "summary_2": "4",
    }


@pytest.mark.parametrize(
    "tree",
    [
        {"peers": []},
        {"peers": ["http://a:9093", "http://a:9093/"]},
        {"peers": ["a:9093"]},
        {"peers": ["http://user:pw@a:9093"]},
        {"peers": ["http://a:9093"], "labels": {"slo": "mine"}},
        {"peers": ["http://a:9093"], "labels": {"my-team": "x"}},
    ],
)
def test_settings_that_would_tell_nobody_or_somebody_else_are_refused(tree):
    """No peer, one twice, no address, a label that Leeway sets or Alertmanager does not take."""
    with pytest.raises(Invalid):
        read_settings(Settings, tree)


def told(*answers):
    async def story():
        async with AsyncExitStack() as stack:
            peers = [await stack.enter_async_context(FaultServer(answer)) for answer in answers]
            settings = read_settings(Settings, {"peers": [peer.url for peer in peers], "timeout_s": 5})
            channel = build(settings, Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"}))))
            stack.push_async_callback(channel.close)
            try:
                return await channel.send(PLAIN)
            finally:
                assert [peer.asked for peer in peers] == [1] * len(peers)

    return asyncio.run(story())


def test_one_peer_that_takes_it_is_enough_and_each_other_one_is_noted():
    """Whatever the others say."""
    delivered = told(status(500), body(b""), status(401), body(b"<html>"))
    assert [note.partition("api/v2/alerts: ")[2][:20] for note in delivered.notes] == [
        "answered 500: you se",
        "answered 401: you se",
        "this is not what Ale",
    ]


@pytest.mark.parametrize(
    ("answers", "kind", "after"),
    [
        ((status(401), status(503)), Transient, None),
        ((status(429, Retry_After="90"), status(429, Retry_After="30"), status(400)), Throttled, 30),
        ((status(400), status(401)), LeewayError, None),
        ((status(401), status(401)), Denied, None),
    ],
)
def test_if_no_peer_takes_it_the_hope_of_the_best_of_them_counts(answers, kind, after):
    """One that may take it later is worth another try, as soon as it says; all of them are named."""
    with pytest.raises(kind) as failure:
        told(*answers)
    assert str(failure.value).count("POST http://") == len(answers)
    assert getattr(failure.value, "retry_after_s", None) == after
