"""From a message to an Adaptive Card. Text stands in text runs, which Teams does not read as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from leeway.errors import NotUnderstood
from leeway.net import Answer
from leeway.ports.channel import Message
from leeway.ports.legible import legible, one_line

# Bytes of the whole message as UTF-16. Microsoft says "about 28 KB" and counts what it adds; what is larger fails in
# the workflow, after it has been taken.
_LARGEST = 20_000
_FUNCTION = re.compile(r"\{\{(?=(?:DATE|TIME)\()")  # the one thing that a text run is read for
_RUN = "x-ms-workflow-run-id"
_APART = "{{\u2060"  # nothing to see, but no function


def post(message: Message) -> bytes:
    """The body: one message with one card; whole paragraphs are left out at its end until it fits."""
    clean = legible(message, title=200, line=500, lines=20, facts=40)
    paragraphs = list(_paragraphs(clean))
    body = _post(paragraphs, clean.link)
    while _bytes(body) > _LARGEST:
        paragraphs[-2:] = [_paragraph(_run("…"))]
        body = _post(paragraphs, clean.link)
    return body


def taken(answer: Answer) -> str:
    """The name of the run. NotUnderstood unless this is what a workflow answers when it begins: nothing."""
    if answer.body.strip():
        mend = "check the webhook's address; a Response action in the workflow must have no body"
        raise NotUnderstood("the answer is not that of a workflow that has begun", mend=mend)
    return one_line(answer.headers.get(_RUN, ""), 100)


def _post(paragraphs: list[dict[str, Any]], link: str) -> bytes:
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "msteams": {"width": "Full"},
        "body": paragraphs,
    }
    if link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open in Leeway", "url": link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return msgspec.json.encode({"type": "message", "attachments": [attachment]})


def _paragraphs(message: Message) -> Iterator[dict[str, Any]]:
    yield _paragraph(_run(message.title, size="Large", weight="Bolder"))
    for line in message.lines:
        yield _paragraph(_run(line))
    for name, value in message.facts.items():
        yield _paragraph(_run(f"{name}: ", weight="Bolder"), _run(value or "–"))


def _paragraph(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": runs}


def _run(text: str, **look: str) -> dict[str, Any]:
    return {"type": "TextRun", "text": _FUNCTION.sub(_APART, text), **look}


def _bytes(body: bytes) -> int:
    return len(body.decode().encode("utf-16-le"))
