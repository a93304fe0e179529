"""From a message to a request of the Apprise API, and what its answers say.

Apprise hands the text on to services that nobody here knows. As `text` it is escaped for those that read HTML, and for
no others; so what looks like a mention or a tag is kept apart by a word joiner, which has no width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from leeway.core.alerting.policy import Severity
from leeway.errors import LeewayError, NotUnderstood, Permanent, Transient
from leeway.net import Answer, Redaction, read_json
from leeway.net.outcome import error_of_status
from leeway.ports.channel import Event, Message
from leeway.ports.legible import cut, legible

_TITLE = 250  # characters, as Apprise's form has them; it cuts and divides further as each service needs it
_ACTS = re.compile(r"(?<=[@<])(?=[\w!@#&/?])")
_JOINER = "\u2060"
_TYPES = {Event.RESOLVED: "success", Event.FIRED: "warning"}
_NOT_SENT = 424  # at least one service did not take it


class _Said(msgspec.Struct):
    error: str | None


def page(message: Message) -> Permanent | None:
    """The refusal of a page that fired: how Apprise delivers, it tells nobody."""
    if message.event is not Event.FIRED or message.severity is not Severity.PAGE:
        return None
    return Permanent(
        "a page is never sent by Apprise: nothing says whether it woke somebody, and it has no key to end it by",
        mend="name a Recipient with channel pagerduty, opsgenie, alertmanager or webhook in the policy",
    )


def notification(message: Message, tags: Sequence[str]) -> bytes:
    """The body. Apprise refuses an empty text, so there the title stands twice."""
    clean = legible(message, title=_TITLE, line=500, lines=20, facts=20)
    facts = "\n".join(f"{name}: {value}" for name, value in clean.facts.items())
    told = "\n\n".join(_apart(part) for part in ("\n".join(clean.lines), facts) if part)
    title = cut(_apart(clean.title), _TITLE)
    content = {
        "title": title,
        "body": "\n\n".join(part for part in (told, clean.link) if part) or title,
        "type": _TYPES.get(message.event, "info"),
        "format": "text",
        "tag": list(tags),
    }
    return msgspec.json.encode(content)


def taken(answer: Answer) -> None:
    """Raises NotUnderstood unless all services took it. 204 is how Apprise says that it has no such configuration."""
    if answer.status == 204:
        raise NotUnderstood("there is nothing under this key", mend="check key, and whether its configuration is empty")
    stranger = NotUnderstood("the answer is not that of the Apprise API", mend="check url, and what stands between")
    if answer.status != 200 or read_json(answer.body, _Said, stranger).error is not None:
        raise stranger


def refusal(answer: Answer, place: str, redaction: Redaction, now: float) -> LeewayError:
    """What a status means here: as everywhere, but for a service behind it that did not take the message."""
    error = error_of_status(answer, place, redaction, now)
    return Transient(error.message, place=place) if answer.status == _NOT_SENT else error


def _apart(text: str) -> str:
    return _ACTS.sub(_JOINER, text)
