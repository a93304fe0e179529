"""From a message to Block Kit. Everything that people wrote is plain text, never mrkdwn, and escaped besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from leeway.errors import NotUnderstood
from leeway.net import Answer
from leeway.ports.channel import Message
from leeway.ports.legible import fitting, legible

_HEADER, _SECTION, _FIELD, _FALLBACK = 150, 3000, 2000, 3000  # characters, by Slack's reference
_FIELDS, _ROWS = 10, 4  # fields of a section; sections of fields, of at most 50 blocks in all
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def payload(message: Message) -> bytes:
    """The body: blocks, and the same in one text for notifications and readers without blocks."""
    clean = legible(message, line=500, lines=20, facts=_FIELDS * _ROWS)
    text = "\n".join((clean.title, *clean.lines))
    content = {
        "text": escaped(text, _FALLBACK),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": list(_blocks(clean)),
    }
    return msgspec.json.encode(content)


def taken(answer: Answer) -> None:
    """Raises NotUnderstood unless this is Slack's own word that it took the message."""
    if answer.body.strip() != b"ok":
        raise NotUnderstood("the answer is not Slack's ok", mend="check the webhook's address and what is in between")


def escaped(text: str, longest: int) -> str:
    """The text with &, < and > as entities, cut so that it has at most so many UTF-16 units after that."""
    return fitting((_ENTITIES.get(character, character) for character in text), longest)


def _blocks(message: Message) -> Iterator[dict[str, Any]]:
    yield {"type": "header", "text": _plain(message.title, _HEADER)}
    lines = "\n".join(message.lines)
    if lines:
        yield {"type": "section", "text": _plain(lines, _SECTION)}
    fields = [_plain(f"{name}: {value}", _FIELD) for name, value in message.facts.items()]
    for first in range(0, len(fields), _FIELDS):
        yield {"type": "section", "fields": fields[first : first + _FIELDS]}
    if message.link:
        link = f"<{message.link.replace('&', '&amp;')}|Open in Leeway>"
        yield {"type": "section", "text": {"type": "mrkdwn", "text": link, "verbatim": True}}


def _plain(text: str, longest: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": escaped(text, longest), "emoji": False}
