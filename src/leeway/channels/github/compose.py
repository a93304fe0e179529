"""From a message to requests of GitHub's REST API, and what its answers say.

What people wrote stands in a block of code: no mention notifies, no reference links, no keyword closes. The issue of
an alert is known by a comment that begins its text and that people do not see: a label for each would be a crowd, and
an index lags behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from leeway.channels.github.settings import Settings
from leeway.core.alerting.policy import Severity
from leeway.errors import LeewayError, NotUnderstood, Throttled
from leeway.net import Answer, Redaction, Request, read_json
from leeway.net.outcome import error_of_status, retry_after_s
from leeway.ports.channel import Message
from leeway.ports.legible import digest, fenced, legible

_TITLE = 256  # characters, by GitHub's reference; a text may have 65,536
A_PAGE, PAGES = 30, 10  # issues of one answer, so that it stays under a megabyte; answers that are asked for
_PATIENCE_S = 60.0  # what GitHub asks for where it does not say how long
_HEAD = {
    "Accept": "application/vnd.github+json",
    "Content-Type": "application/json",
    "X-GitHub-Api-Version": "2022-11-28",
}
T = TypeVar("T")


class Label(msgspec.Struct, frozen=True):
    """A label of an issue."""

    name: str


class Issue(msgspec.Struct, frozen=True):
    """An issue, as far as Leeway reads it; pull requests stand in the same lists."""

    number: int
    body: str | None = None
    labels: tuple[Label, ...] = ()
    pull_request: dict[str, Any] | None = None


class _Comment(msgspec.Struct):
    id: int


def listing(settings: Settings, page: int) -> Request:
    """Asks for open issues with the label, the newest first."""
    query = (("state", "open"), ("labels", settings.label), ("per_page", str(A_PAGE)), ("page", str(page)))
    return Request(_issues(settings), query=query, headers=_HEAD)


def listed(answer: Answer) -> list[Issue]:
    """The issues of one answer."""
    return _read(answer, list[Issue])


def among(issues: Sequence[Issue], message: Message) -> Issue | None:
    """The issue of the alert: the one whose text begins with its mark."""
    mark = _mark(message)
    return next((one for one in issues if one.pull_request is None and (one.body or "").startswith(mark)), None)


def issue(settings: Settings, message: Message) -> Request:
    """Makes the issue."""
    clean = _clean(message)
    severity = settings.page if message.severity is Severity.PAGE else settings.ticket
    content = {
        "title": clean.title,
        "body": f"{_mark(message)}\n{_text(clean, clean.lines)}",
        "labels": [settings.label, *([severity] if severity else []), *settings.labels],
        **({"assignees": settings.assignees} if settings.assignees else {}),
    }
    return _change("POST", _issues(settings), content)


def end(settings: Settings, number: int) -> Request:
    """Closes the issue as completed."""
    return _change("PATCH", f"{_issues(settings)}/{number}", {"state": "closed", "state_reason": "completed"})


def changed(answer: Answer) -> Issue:
    """The issue as it is now."""
    return _read(answer, Issue)


def comment(settings: Settings, number: int, message: Message) -> Request:
    """Says under the issue what the message says."""
    clean = _clean(message)
    body = _text(clean, (clean.title, *clean.lines))
    return _change("POST", f"{_issues(settings)}/{number}/comments", {"body": body})


def commented(answer: Answer) -> None:
    """Raises NotUnderstood unless this is the comment."""
    _read(answer, _Comment)


def refusal(answer: Answer, place: str, redaction: Redaction, now: float) -> LeewayError:
    """What a status means here: as everywhere, but for a limit."""
    error, wait = error_of_status(answer, place, redaction, now), wait_s(answer, now)
    return error if wait is None else Throttled(error.message, place=place, retry_after_s=wait)


def wait_s(answer: Answer, now: float) -> float | None:
    """Seconds to wait if this refusal is only that of a limit, which GitHub says with 403 as well as 429; else None."""
    if answer.status not in {403, 429}:
        return None
    if (after := retry_after_s(answer.headers.get("Retry-After", ""), now)) is not None:
        return after
    reset = answer.headers.get("X-RateLimit-Reset", "")
    if answer.headers.get("X-RateLimit-Remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(_PATIENCE_S, float(reset[:12]) - now)
    return _PATIENCE_S if answer.status == 429 or b"rate limit" in answer.body.lower() else None


def _issues(settings: Settings) -> str:
    return f"{settings.url}/repos/{settings.repository}/issues"


def _change(method: str, url: str, content: dict[str, Any]) -> Request:
    return Request(url, method, body=msgspec.json.encode(content), headers=_HEAD)


def _read(answer: Answer, form: type[T]) -> T:
    """NotUnderstood too if the answer does not say that it is JSON: a list of nothing could be anybody's."""
    stranger = NotUnderstood("the answer is not GitHub's", mend="check url, and what stands between")
    if answer.content_type != "application/json":
        raise stranger
    return read_json(answer.body, form, stranger)


def _mark(message: Message) -> str:
    return f"<!-- leeway:{digest(message.key)} -->"


def _clean(message: Message) -> Message:
    return legible(message, title=_TITLE, line=500, lines=20, facts=20)


def _text(message: Message, lines: tuple[str, ...]) -> str:
    """Sentences and facts between fences longer than any that people wrote, and the link."""
    told = "\n".join([*lines, *(f"{name}: {value}" for name, value in message.facts.items())])
    block = fenced(told)
    return block + (f"\n[Open in Leeway](<{message.link}>)\n" if message.link else "")
