"""From a message to requests of GitLab's REST API (version 4), and what its answers say.

What people wrote stands in a block of code, where no mention notifies and no line is a command (`/close`, `/assign`).
A title has no such block, so signs that would make a mention, a reference or a link are kept apart from what follows.
The issue of an alert is known by a comment that begins its description and that people do not see: a label for each
would be a crowd, and GitLab's search does not read such words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from leeway.channels.gitlab.settings import Settings
from leeway.core.alerting.policy import Severity
from leeway.errors import NotUnderstood
from leeway.net import Answer, Request, read_json
from leeway.ports.channel import Message
from leeway.ports.legible import cut, digest, fenced, legible

_TITLE = 255  # characters, by GitLab's reference; a description may have a million
A_PAGE, PAGES = 30, 10  # issues of one answer, so that it stays under a megabyte; answers that are asked for
_ACTS = re.compile(r"""(?<=[@#!&%~$^])(?=[\w"'])|(?<=:)(?=//|[a-z])|(?<=www)(?=\.)""", re.IGNORECASE)
_JOINER = "\u2060"  # has no width, and belongs to no name
_HEAD = {"Accept": "application/json", "Content-Type": "application/json"}
T = TypeVar("T")


class Issue(msgspec.Struct, frozen=True):
    """An issue, as far as Leeway reads it."""

    iid: int
    description: str | None = None
    labels: tuple[str, ...] = ()


class _Note(msgspec.Struct):
    id: int


def listing(settings: Settings, page: int) -> Request:
    """Asks for open issues with the label, the newest first."""
    query = (("state", "opened"), ("labels", settings.label), ("per_page", str(A_PAGE)), ("page", str(page)))
    return Request(_issues(settings), query=query, headers=_HEAD)


def listed(answer: Answer) -> list[Issue]:
    """The issues of one answer."""
    return _read(answer, list[Issue])


def among(issues: Sequence[Issue], message: Message) -> Issue | None:
    """The issue of the alert: the one whose description begins with its mark."""
    mark = _mark(message)
    return next((one for one in issues if (one.description or "").startswith(mark)), None)


def issue(settings: Settings, message: Message) -> Request:
    """Makes the issue."""
    clean = _clean(message)
    severity = settings.page if message.severity is Severity.PAGE else settings.ticket
    content: dict[str, Any] = {
        "title": cut(_ACTS.sub(_JOINER, clean.title), _TITLE),
        "description": f"{_mark(message)}\n{_text(clean, clean.lines)}",
        "labels": ",".join([settings.label, *([severity] if severity else []), *settings.labels]),
        **({"assignee_ids": settings.assignees} if settings.assignees else {}),
        **({"confidential": True} if settings.confidential else {}),
    }
    return _change("POST", _issues(settings), content)


def end(settings: Settings, iid: int) -> Request:
    """Closes the issue."""
    return _change("PUT", f"{_issues(settings)}/{iid}", {"state_event": "close"})


def changed(answer: Answer) -> Issue:
    """The issue as it is now."""
    return _read(answer, Issue)


def comment(settings: Settings, iid: int, message: Message) -> Request:
    """Says under the issue what the message says."""
    clean = _clean(message)
    return _change("POST", f"{_issues(settings)}/{iid}/notes", {"body": _text(clean, (clean.title, *clean.lines))})


def commented(answer: Answer) -> None:
    """Raises NotUnderstood unless this is the note."""
    _read(answer, _Note)


def _issues(settings: Settings) -> str:
    return f"{settings.url}/api/v4/projects/{quote(settings.project, safe='')}/issues"


def _change(method: str, url: str, content: dict[str, Any]) -> Request:
    return Request(url, method, body=msgspec.json.encode(content), headers=_HEAD)


def _read(answer: Answer, form: type[T]) -> T:
    """NotUnderstood too if the answer does not say that it is JSON: a list of nothing could be anybody's."""
    stranger = NotUnderstood("the answer is not GitLab's", mend="check url, and what stands between")
    if answer.content_type != "application/json":
        raise stranger
    return read_json(answer.body, form, stranger)


def _mark(message: Message) -> str:
    return f"<!-- leeway:{digest(message.key)} -->"


def _clean(message: Message) -> Message:
    return legible(message, title=_TITLE, line=500, lines=20, facts=20)


def _text(message: Message, lines: tuple[str, ...]) -> str:
    """Sentences and facts between fences longer than any that people wrote, and the link.

    Each line is set in by a space: older servers know only fences of three, and commands only where a line begins.
    """
    told = "\n".join(f" {line}" for line in (*lines, *(f"{name}: {value}" for name, value in message.facts.items())))
    block = fenced(told)
    return block + (f"\n[Open in Leeway](<{message.link}>)\n" if message.link else "")
