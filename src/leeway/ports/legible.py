"""Makes a message safe to lay out. Pure.

Names and descriptions of SLOs come from people and may hold anything: line ends that would begin a new header,
characters that turn the reading direction, a megabyte.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate
from urllib.parse import urlsplit

from leeway.ports.channel import Event, Message

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NAME = 200
_AHEAD = 8  # how far beyond its place a text is read; the rest of a megabyte is not worth a look
_LINK = 2000
_MORE = "…"


def legible(message: Message, *, title: int = 1000, line: int = 1000, lines: int = 50, facts: int = 50) -> Message:
    """The same message with every text on one line, without control characters, cut to so many characters, and with
    at most so many lines and facts. What was cut ends with …; the key stays as it is (see `token`).

    The title is never empty, so that no far side refuses it. A link that is no plain http(s) address is left out.
    """
    slo = one_line(message.slo, _NAME)
    return replace(
        message,
        title=one_line(message.title, title) or slo or "(no title)",
        lines=_lines(message.lines, line, lines),
        link=_link(message.link),
        slo=slo,
        objective=one_line(message.objective, _NAME),
        service=one_line(message.service, _NAME),
        policy=one_line(message.policy, _NAME),
        facts=_facts(message.facts, line, facts),
    )


def one_line(text: str, longest: int) -> str:
    """The text without line ends, control and direction characters, runs of white space made one space, cut."""
    head = text[: longest * _AHEAD]
    seen = "".join(_seen(character) for character in head if character not in _TURNING)
    return cut(" ".join(seen.split()) + _MORE * (len(head) < len(text)), longest)


def cut(text: str, longest: int) -> str:
    """At most so many characters; the last is … if some are missing."""
    return text if len(text) <= longest else text[: max(longest - 1, 0)] + _MORE


def fitting(pieces: Iterable[str], longest: int) -> str:
    """The pieces as one text of at most so many UTF-16 units, in which far sides count; an emoji has two.

    No piece is cut (an entity, an escaped sign), so a text is cut between its characters; … stands for what is missing.
    """
    written = list(pieces)
    ends = list(accumulate(map(units, written)))
    if not ends or ends[-1] <= longest:
        return "".join(written)
    return "".join(written[: bisect_right(ends, longest - 1)]) + _MORE


def fenced(text: str) -> str:
    """The text as a block of code in Markdown, between fences longer than any run of backticks in it; "" of nothing."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return f"{fence}\n{text}\n{fence}\n" if text else ""


def units(text: str) -> int:
    """How many UTF-16 units the text has."""
    return len(text) + sum(character > "\uffff" for character in text)


def token(text: str, longest: int) -> str:
    """A name for machines: the text itself if it is short and printable ASCII without spaces, else its digest.

    Two texts have two tokens, and the same text has the same one on every replica and after every crash.
    """
    plain = 0 < len(text) <= longest and text.isascii() and text.isprintable() and " " not in text
    return text if plain else digest(text)


def digest(text: str) -> str:
    """SHA-256 of any text, lone surrogates too, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def copy_key(message: Message, longest: int = 255) -> str:
    """The same for every copy of one message, and no other: key and event; of a heartbeat, which beats for ever under
    one key, the time too."""
    beat = f".{message.at:.0f}" if message.event is Event.HEARTBEAT else ""
    return token(f"{message.key}.{message.event}{beat}", longest)


def moment(at: float) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seen(character: str) -> str:
    match unicodedata.category(character):
        case "Cs":
            return "\ufffd"
        case "Cc" | "Zl" | "Zp":
            return " "
    return character


def _lines(lines: tuple[str, ...], longest: int, most: int) -> tuple[str, ...]:
    shown = [text for text in (one_line(line, longest) for line in lines[:most]) if text]
    if len(lines) <= most:
        return tuple(shown)
    return (*shown[: most - 1], f"{_MORE} and {len(lines) - most + 1} more lines")


def _facts(facts: Mapping[str, str], longest: int, most: int) -> dict[str, str]:
    kept = _first(facts.items(), most)
    return {one_line(name, _NAME // 2) or "fact": one_line(value, longest) for name, value in kept}


def _first(pairs: Iterable[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    written = list(pairs)
    if len(written) <= most:
        return written
    return [*written[: most - 1], (_MORE, f"and {len(written) - most + 1} more")]


def _link(link: str) -> str:
    if len(link) > _LINK or not link.isprintable() or any(character in link for character in ' <>"`|\\^{}'):
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return link if parts.scheme in {"http", "https"} and parts.hostname else ""
