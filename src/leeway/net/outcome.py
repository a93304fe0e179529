"""What a status means, in the words of the error tree."""

from __future__ import annotations

import json
from datetime import UTC
from email.utils import parsedate_to_datetime

from leeway.errors import Denied, LeewayError, Permanent, Throttled, Transient
from leeway.net.exchange import Answer
from leeway.net.redact import Redaction

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
    """What the server said: the message inside its JSON if it has the usual shape, with its `errors`, else the text."""
    text = body[:20_000].decode(errors="replace")
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(tree, dict):
        for key in ("error", "message", "detail"):
            if isinstance(tree.get(key), str) and tree[key]:
                errors = tree.get("errors")
                return "; ".join([tree[key], *map(str, errors)] if isinstance(errors, list) else [tree[key]])
    return text
