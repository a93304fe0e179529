"""Takes secrets out of any text that a person or a log may see."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from leeway.net.secret import Secret

_MASK = "•••"
_USERINFO = re.compile(r"(?<=://)[^/\s@]*@")
_LONGEST = 300


class Redaction:
    """Knows the secrets of one client, in every spelling in which they travel."""

    __slots__ = ("_spellings",)

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        spellings = {spelling for secret in secrets for spelling in _spellings(secret.reveal())}
        self._spellings = sorted(spellings, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The same text without secrets, and without what stands before an @ in an address."""
        for spelling in self._spellings:
            text = text.replace(spelling, _MASK)
        return _USERINFO.sub(f"{_MASK}@", text)

    def quoted(self, text: str, longest: int = _LONGEST) -> str:
        """Words of a stranger for use in our own sentence: redacted first, then on one line, then cut."""
        line = " ".join("".join(c if c.isprintable() else " " for c in self.text(text)).split())
        return line if len(line) <= longest else line[:longest] + "…"


def _spellings(value: str) -> set[str]:
    plain = {value, json.dumps(value)[1:-1], repr(value)[1:-1], quote(value), quote(value, safe=""), quote_plus(value)}
    return plain | {base64.b64encode(value.encode()).decode(), base64.urlsafe_b64encode(value.encode()).decode()}
