"""From a message to an alert of Alertmanager's API v2. Its labels are its identity: the same for all its messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from leeway.errors import NotUnderstood
from leeway.net import Answer
from leeway.ports.channel import Event, Message
from leeway.ports.legible import legible, moment, token

PATH = "/api/v2/alerts"
BEAT_S = 300  # a heartbeat that stops is over after so long
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_]")


def alerts(message: Message, extra: Mapping[str, str], holds_s: float, now: float) -> bytes:
    """The body: one alert that began when the message says and ends then, if it is a resolution, or `holds_s` later.

    A resolution carries no start: Alertmanager keeps the one it knows.
    """
    clean = legible(message)
    at = message.at or now
    times = {"endsAt": moment(min(at, now))}
    if message.event is not Event.RESOLVED:
        holds = BEAT_S if message.event is Event.HEARTBEAT else holds_s
        times = {"startsAt": moment(at), "endsAt": moment(max(at, now) + holds)}
    alert: dict[str, Any] = {"labels": _labels(clean, extra), "annotations": _annotations(clean), **times}
    if clean.link:
        alert["generatorURL"] = clean.link
    return msgspec.json.encode([alert])


def taken(answer: Answer) -> None:
    """Raises NotUnderstood unless this is Alertmanager's answer to alerts it took: none."""
    if answer.body.strip():
        raise NotUnderstood("this is not what Alertmanager answers", mend="check the address and what is in between")


def _labels(message: Message, extra: Mapping[str, str]) -> dict[str, str]:
    own = {
        "alertname": "LeewayHeartbeat" if message.event is Event.HEARTBEAT else "LeewayBudgetBurn",
        "leeway_key": token(message.key, 200),
        "objective": message.objective,
        "policy": message.policy,
        "service": message.service,
        "severity": str(message.severity),
        "slo": message.slo,
    }
    return {name: value for name, value in {**extra, **own}.items() if value}


def _annotations(message: Message) -> dict[str, str]:
    """Title and lines under the names that templates look for, and each fact under a name that Alertmanager takes."""
    found = {"summary": message.title, "description": "\n".join(message.lines)}
    for name, value in message.facts.items():
        plain = _NOT_IN_NAMES.sub("_", name)
        plain = f"_{plain}" if plain[0].isdigit() else plain
        unique, number = plain, 1
        while unique in found:
            number += 1
            unique = f"{plain}_{number}"
        found[unique] = value
    return {name: value for name, value in found.items() if value}
