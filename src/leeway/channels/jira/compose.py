"""From a message to requests of Jira's REST API, and what its answers say.

Jira Cloud takes documents (version 3), in which text is text. Data Center takes wiki markup (version 2), so what people
wrote stands in a block that is not read as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from leeway.channels.jira.settings import Settings
from leeway.core.alerting.policy import Severity
from leeway.errors import NotUnderstood
from leeway.net import Answer, Request, read_json
from leeway.ports.channel import Message
from leeway.ports.legible import digest, fitting, legible

_SUMMARY = 255  # UTF-16 units, by Jira's reference; a description may have 32,767
_LINE, _LINES, _FACTS = 300, 20, 20
_BLOCK = re.compile(r"\{(?=noformat)", re.IGNORECASE)
_HEAD = {"Content-Type": "application/json", "Accept": "application/json"}
T = TypeVar("T")


class _Issue(msgspec.Struct):
    key: str


class _Found(msgspec.Struct):
    issues: list[_Issue]


class _Comment(msgspec.Struct):
    id: str


class _Way(msgspec.Struct):
    id: str
    name: str


class _Ways(msgspec.Struct):
    transitions: list[_Way]


def label(message: Message) -> str:
    """By this label an alert's issue is found again: 128 bits of its key's digest."""
    return f"leeway-{digest(message.key)[:32]}"


def search(settings: Settings, message: Message) -> Request:
    """Asks for the oldest issue of the alert that is not done."""
    query = (
        f'project = "{settings.project}" AND labels = "{label(message)}" AND statusCategory != Done ORDER BY created'
    )
    path = "/search/jql" if settings.edition == "cloud" else "/search"
    parameters = (("jql", query), ("fields", "status"), ("maxResults", "1"))
    return Request(_api(settings) + path, query=parameters, headers=_HEAD)


def found(answer: Answer) -> str:
    """The key of the issue that was found, "" if there is none."""
    issues = _read(answer, _Found).issues
    return issues[0].key if issues else ""


def issue(settings: Settings, message: Message) -> Request:
    """Makes the issue."""
    clean = _clean(message)
    priority = settings.page if message.severity is Severity.PAGE else settings.ticket
    fields: dict[str, Any] = {
        **settings.fields,
        "project": {"key": settings.project},
        "issuetype": {"name": settings.issue_type},
        "summary": fitting(clean.title, _SUMMARY),
        "labels": [*settings.labels, label(message)],
        **({"priority": {"name": priority}} if priority else {}),
    }
    if content := _text(settings, clean):
        fields["description"] = content
    return Request(f"{_api(settings)}/issue", "POST", body=msgspec.json.encode({"fields": fields}), headers=_HEAD)


def made(answer: Answer) -> str:
    """The key of the new issue."""
    return _read(answer, _Issue).key


def ways(settings: Settings, key: str) -> Request:
    """Asks which transitions the issue has from where it is."""
    return Request(f"{_of(settings, key)}/transitions", headers=_HEAD)


def offered(answer: Answer) -> dict[str, str]:
    """The id of each transition, by its name."""
    return {way.name: way.id for way in _read(answer, _Ways).transitions}


def move(settings: Settings, key: str, way: str) -> Request:
    """Takes the issue along a transition."""
    content: dict[str, Any] = {"transition": {"id": way}}
    if settings.transition_fields:
        content["fields"] = settings.transition_fields
    return Request(f"{_of(settings, key)}/transitions", "POST", body=msgspec.json.encode(content), headers=_HEAD)


def comment(settings: Settings, key: str, message: Message) -> Request:
    """Says under the issue what the message says."""
    content = {"body": _text(settings, _clean(message), titled=True)}
    return Request(f"{_of(settings, key)}/comment", "POST", body=msgspec.json.encode(content), headers=_HEAD)


def commented(answer: Answer) -> None:
    """Raises NotUnderstood unless this is the comment."""
    _read(answer, _Comment)


def release(settings: Settings, key: str, message: Message) -> Request:
    """Says it and takes the alert's label away, in one: no copy finds the issue and says it again."""
    told = {"body": _text(settings, _clean(message), titled=True)}
    content = {"update": {"comment": [{"add": told}], "labels": [{"remove": label(message)}]}}
    return Request(_of(settings, key), "PUT", body=msgspec.json.encode(content), headers=_HEAD)


def nothing(answer: Answer) -> None:
    """Raises NotUnderstood unless this is Jira's answer to a change: none."""
    if answer.body.strip():
        raise _stranger()


def _api(settings: Settings) -> str:
    return f"{settings.url}/rest/api/{3 if settings.edition == 'cloud' else 2}"


def _of(settings: Settings, key: str) -> str:
    return f"{_api(settings)}/issue/{quote(key, safe='')}"


def _read(answer: Answer, form: type[T]) -> T:
    return read_json(answer.body, form, _stranger())


def _stranger() -> NotUnderstood:
    return NotUnderstood("the answer is not Jira's", mend="check url and edition, and what stands between")


def _clean(message: Message) -> Message:
    return legible(message, title=_SUMMARY, line=_LINE, lines=_LINES, facts=_FACTS)


def _text(settings: Settings, message: Message, *, titled: bool = False) -> Any:
    """Sentences, facts and link in the form of this edition; None if there are none."""
    lines = [message.title, *message.lines] if titled else list(message.lines)
    facts = [f"{name}: {value}" for name, value in message.facts.items()]
    if not (lines or facts or message.link):
        return None
    if settings.edition == "cloud":
        return {"type": "doc", "version": 1, "content": list(_blocks(lines, facts, message.link))}
    told = _BLOCK.sub("{ ", "\n".join((*lines, *facts)))
    block = f"{{noformat}}\n{told}\n{{noformat}}\n" if told else ""
    return block + message.link


def _blocks(lines: list[str], facts: list[str], link: str) -> Iterator[dict[str, Any]]:
    yield from (_paragraph(line) for line in lines)
    if facts:
        yield {"type": "bulletList", "content": [{"type": "listItem", "content": [_paragraph(one)]} for one in facts]}
    if link:
        yield _paragraph("Open in Leeway", [{"type": "link", "attrs": {"href": link}}])


def _paragraph(text: str, marks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": text, **({"marks": marks} if marks else {})}]}
