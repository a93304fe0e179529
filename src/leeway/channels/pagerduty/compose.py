"""From a message to an event of PagerDuty's Events API v2, and from its answer to the name it gave the incident."""

from __future__ import annotations

from typing import Any

import msgspec

from leeway.errors import NotUnderstood
from leeway.net import Answer, read_json
from leeway.ports.channel import Event, Message
from leeway.ports.legible import legible, moment, token

_SUMMARY, _KEY = 1024, 255  # characters, by PagerDuty's reference; a whole event may have 512 KB
_CLIENT = "Leeway"


class _Said(msgspec.Struct):
    status: str
    dedup_key: str


def event(message: Message, routing_key: str, level: str) -> bytes:
    """The body: a trigger, or for RESOLVED a resolve, under one dedup_key for all messages of an alert."""
    resolves = message.event is Event.RESOLVED
    content: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": "resolve" if resolves else "trigger",
        "dedup_key": token(message.key, _KEY),
    }
    if not resolves:
        clean = legible(message, title=_SUMMARY)
        content |= {"payload": _payload(clean, level), "client": _CLIENT}
        if clean.link:
            content |= {"client_url": clean.link, "links": [{"href": clean.link, "text": "Open in Leeway"}]}
    return msgspec.json.encode(content)


def incident(answer: Answer) -> str:
    """The dedup_key under which PagerDuty took it. NotUnderstood if the answer is not its 202."""
    stranger = NotUnderstood("the answer is not PagerDuty's", mend="check url, and what stands between")
    said = read_json(answer.body, _Said, stranger)
    if answer.status != 202 or said.status != "success":
        raise stranger
    return said.dedup_key


def _payload(message: Message, level: str) -> dict[str, Any]:
    named = {
        "component": message.service,
        "group": message.slo,
        "class": message.policy,
        "timestamp": moment(message.at) if message.at else "",
    }
    told = {"message": "\n".join(message.lines), "objective": message.objective}
    return {
        "summary": message.title,
        "source": _CLIENT,
        "severity": level,
        **{name: value for name, value in named.items() if value},
        "custom_details": {**message.facts, **{name: value for name, value in told.items() if value}},
    }
