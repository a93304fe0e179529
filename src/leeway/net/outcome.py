"""What a status means, in the words of the error tree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import islice

from leeway.errors import Denied, LeewayError, Permanent, Throttled, Transient
from leeway.net.exchange import Answer
from leeway.net.redact import Redaction

# Where servers say what is wrong, in the order of telling: Prometheus and ServiceNow `error`, GitHub, GitLab, PagerDuty
# and Discord `message` with `errors`, FastAPI `detail` with `msg`, OAuth `error_description`, Jira `errorMessages`.
_SAID_IN = ("error", "error_description", "message", "msg", "detail", "errorMessages", "errors", "_errors")
_SENTENCES, _DEEPEST = 10, 8
_LATER = frozenset({408, 425})  # the server timed out waiting for us, or fears a replay: ask again


def error_of_status(answer: Answer, place: str, redaction: Redaction, now: float) -> LeewayError:
    """The error for any status that is not 2xx."""
    said = redaction.quoted(_words(answer.body))
    message = f"answered {answer.status}" + (f": {said}" if said else "")
    after = retry_after_s(answer.headers.get("Retry-After", ""), now)
    if answer.status in {401, 403}:
        return Denied(message, place=place, mend="check the credentials and what they may read")
    if answer.status == 429:
        return Throttled(message, place=place, retry_after_s=after)
    if answer.status >= 500 or answer.status in _LATER:
        return Transient(message, place=place, retry_after_s=after)
    return Permanent(message, place=place, mend="ask it by hand to see why")


def retry_after_s(text: str, now: float) -> float | None:
    """Seconds from a Retry-After header: a number or a date (RFC 9110 §10.2.3); None if it is neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now)


def _words(body: bytes) -> str:
    """What the server said: the sentences inside its JSON if it has one of the usual shapes, else the text."""
    text = body[:20_000].decode(errors="replace")
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(tree, dict) or tree.keys().isdisjoint(_SAID_IN):
        return text
    return "; ".join(dict.fromkeys(islice(_said(tree), _SENTENCES))) or text


def _said(value: object, depth: int = 0) -> Iterator[str]:
    """The sentences in a value; of a mapping that has none of the usual names, each after the name it stands under,
    as servers tell which field they did not like."""
    if depth == _DEEPEST:
        return
    match value:
        case str():
            yield from [value] if value else []
        case list():
            for one in value:
                yield from _said(one, depth + 1)
        case dict():
            named = [value[name] for name in _SAID_IN if name in value]
            for one in named:
                yield from _said(one, depth + 1)
            for name, one in () if named else value.items():
                yield from (f"{name}: {sentence}" for sentence in _said(one, depth + 1))
