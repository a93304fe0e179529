"""From a message to a request of Alert API v2, and what its answer means.

Their pages read HTML in some texts of an alert; mails and phones do not. So what would begin a tag or an entity is kept
apart from its first letter by a word joiner, which has no width: it is the text that was written, and no tag, in both.
"""

from __future__ import annotations

import re

import msgspec

from leeway.errors import NotUnderstood
from leeway.net import Answer, read_json
from leeway.ports.channel import Event, Message
from leeway.ports.legible import digest, fitting, legible

_MESSAGE, _ENTITY, _DESCRIPTION, _NOTE = 130, 512, 15_000, 25_000  # characters, by the reference
_FACTS, _NAME, _VALUE = 25, 80, 200  # of which all, with the four names of the alert, stay below 8,000
_SOURCE = "Leeway"
_TAG_OR_ENTITY = re.compile(r"[<&](?=[A-Za-z/!?#])")


class _Accepted(msgspec.Struct, rename="camel"):
    request_id: str


def path(message: Message) -> str:
    """What follows the address for alerts: a resolution closes the open alert with its alias."""
    return f"/{alias(message)}/close?identifierType=alias" if message.event is Event.RESOLVED else ""


def alias(message: Message) -> str:
    """The same for all messages of one alert: a digest of its key, since it has to stand in a path."""
    return digest(message.key)


def request(message: Message, priority: str) -> bytes:
    """The body: an alert to open, or for RESOLVED the note with which it is closed."""
    clean = legible(message, facts=_FACTS)
    if message.event is Event.RESOLVED:
        note = "\n".join((clean.title, *clean.lines))
        return msgspec.json.encode({"source": _SOURCE, "note": plain(note, _NOTE)})
    content = {
        "message": plain(clean.title, _MESSAGE),
        "alias": alias(message),
        "description": _description(clean),
        "details": _details(clean),
        "entity": plain("/".join(name for name in (clean.service, clean.slo) if name), _ENTITY),
        "source": _SOURCE,
        "priority": priority,
    }
    return msgspec.json.encode({name: value for name, value in content.items() if value})


def accepted(answer: Answer) -> None:
    """Raises NotUnderstood unless the answer is their 202, which names the request."""
    stranger = NotUnderstood("the answer is not that of Alert API v2", mend="check url, and what stands between")
    if not read_json(answer.body, _Accepted, stranger).request_id or answer.status != 202:
        raise stranger


def plain(text: str, longest: int) -> str:
    """The text with no HTML in it, cut to so many characters as their servers count: UTF-16 units."""
    return fitting(_TAG_OR_ENTITY.sub("\\g<0>\u2060", text), longest)


def _description(message: Message) -> str:
    """The sentences and the link; before them the title, if it does not fit where titles stand."""
    whole = plain(message.title, _MESSAGE) == plain(message.title, _DESCRIPTION)
    link = f"\n\n{message.link}" if message.link else ""
    text = "\n".join(message.lines if whole else (message.title, *message.lines))
    return plain(text, _DESCRIPTION - 2 * len(link)) + link


def _details(message: Message) -> dict[str, str]:
    """What rules and filters of theirs can ask for."""
    facts = {plain(name, _NAME): plain(value, _VALUE) for name, value in message.facts.items()}
    named = {
        "slo": message.slo,
        "objective": message.objective,
        "service": message.service,
        "policy": message.policy,
    }
    return facts | {name: plain(value, _VALUE) for name, value in named.items() if value}
