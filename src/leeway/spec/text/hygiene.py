"""Finds the slips of text that was copied from elsewhere, over the whole of it, whatever its syntax.

A slip outside of quotes and blocks has a plain replacement, and reading goes on with that: what `leeway fmt` writes
and what Leeway reads are the same by construction. Inside quotes and blocks the text is the writer's; there it is
only pointed at, except in names and keys, which hold plain letters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from leeway.spec.finding import Severity
from leeway.spec.text.characters import (
    BIDI,
    BREAKS,
    CONTROLS,
    DOUBLE_QUOTES,
    INVISIBLE,
    LOOK_ALIKE,
    MARKS,
    PLAIN_WORD,
    SPACES,
    named,
)
from leeway.spec.text.lexis import Kind, Piece, pieces
from leeway.spec.text.limits import LimitReached

MEND = "leeway fmt {file} mends it"
BY_HAND = "leeway fmt leaves it as it is; if it is not meant, delete it and type it anew"

# Keys whose values are names or words of a fixed list: plain letters only.
NAMES = frozenset(
    {"apiVersion", "kind", "name", "service", "indicatorRef", "alertPolicyRef", "conditionRef", "targetRef"}
    | {"metricSourceRef", "budgetingMethod", "op", "operator", "type", "rawType", "severity", "timeZone"}
    | {"duration", "timeSliceWindow", "lookbackWindow", "alertAfter", "notify", "preset", "cooldown"}
)
# Keys that can be written in nothing but letters of another script.
_VOCABULARY = frozenset({"op", "type", "spec", "kind", "name", "on"})


class Blemish(NamedTuple):
    """A slip at [start, end). `replacement` None: nothing safe to write instead. `severity` None: harmless, not told.

    `for_parser` marks what is rewritten for the parser only and is right as it stands in the file.
    """

    start: int
    end: int
    replacement: str | None
    code: str
    severity: Severity | None
    message: str
    hint: str = MEND
    for_parser: bool = False


_EXOTIC = re.compile(
    rf"(?P<space>[{SPACES}])|(?P<bidi>[{BIDI}])|(?P<ghost>[{INVISIBLE}])|(?P<mark>{MARKS})|(?P<control>[{CONTROLS}])"
)
_UNSEEN = re.compile(rf"[ \t{SPACES}{BIDI}{INVISIBLE}{MARKS}]*")
_SPACE = re.compile(f"[ {SPACES}]")
_CLEAN = re.compile(r"[\n\r\x20-\x7e]*")
_HALF = re.compile(r"\\u[dD][89abAB]")
_PAIR = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL)
_STEP = re.compile(r"^( +)(?=[^ \t\r\n#-])", re.MULTILINE)


def blemishes(text: str, most_pieces: int) -> Iterator[Blemish]:
    """All slips in order, lazily; raises `LimitReached` after so many words and signs."""
    if _CLEAN.fullmatch(text) and not _HALF.search(text):
        return
    step = min((len(found.group(1)) for found in _STEP.finditer(text)), default=2) if "\t" in text else 2
    for count, piece in enumerate(pieces(text)):
        if count > most_pieces:
            raise LimitReached
        part = text[piece.start : piece.end]
        if piece.kind is Kind.INDENT and "\t" in part:
            yield _tabs(piece, part, step)
        elif piece.kind is Kind.DOUBLE and _HALF.search(part):
            yield from _pairs(piece, part)
        elif not _CLEAN.fullmatch(part):
            yield from _of_piece(piece, part)


def _of_piece(piece: Piece, part: str) -> Iterator[Blemish]:
    if piece.kind is Kind.TYPOGRAPHIC:
        yield _quotes(piece, part)
        return
    name = piece.kind in _WORDS and (piece.is_key or _plain(piece.key) in NAMES)
    change = _look_alikes(piece, part) if name else None
    if change:
        yield change
        return
    for found in _EXOTIC.finditer(part):
        blemish = _exotic(piece, part, found, name=name)
        if blemish:
            yield blemish
    if piece.kind is Kind.SPACE and part.strip(" ") in {"\t" * count for count in range(1, len(part) + 1)}:
        yield Blemish(piece.start, piece.end, " ", "tab", None, "a tab between words became a space")


_WORDS = frozenset({Kind.PLAIN, Kind.SINGLE, Kind.DOUBLE})
_QUOTED = frozenset({Kind.SINGLE, Kind.DOUBLE})


def _plain(word: str) -> str:
    """The word in plain letters, without what cannot be seen."""
    return "".join(LOOK_ALIKE.get(letter, letter) for letter in word if not _EXOTIC.match(letter)).strip()


def _tabs(piece: Piece, part: str, step: int) -> Blemish:
    """Inside brackets tabs are allowed; everywhere else YAML counts spaces only."""
    width = 0
    for character in part:
        if character == "\t":
            width += step - width % step
        elif _SPACE.match(character):
            width += 1
    severity = None if piece.flow else Severity.ERROR
    message = "a tab (U+0009) indents this line; YAML counts spaces only"
    return Blemish(piece.start, piece.end, " " * width, "tab-indentation", severity, message)


def _pairs(piece: Piece, part: str) -> Iterator[Blemish]:
    """JSON writes a character beyond U+FFFF as two escapes, which YAML does not know."""
    for found in _PAIR.finditer(part):
        if found.group(1):
            high, low = int(found.group(1), 16), int(found.group(2), 16)
            code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
            start, end = piece.start + found.start(), piece.start + found.end()
            yield Blemish(start, end, f"\\U{code:08x}", "json-escape", None, "", for_parser=True)


def _quotes(piece: Piece, part: str) -> Blemish:
    inner = part[1:-1]
    fitting = [quote for quote in "\"'" if quote not in inner and (quote == "'" or "\\" not in inner)]
    if part[0] not in DOUBLE_QUOTES:
        fitting.reverse()
    return Blemish(
        piece.start,
        piece.end,
        f"{fitting[0]}{inner}{fitting[0]}" if fitting else None,
        "typographic-quote",
        Severity.ERROR,
        f"{named(part[0])} is no quote to YAML, it becomes a part of the text",
        MEND if fitting else "write plain quotes around it, and none inside",
    )


def _look_alikes(piece: Piece, part: str) -> Blemish | None:
    """A key or name with letters of another script that all have a plain twin."""
    strange = [at for at, letter in enumerate(part) if not letter.isascii() and not _EXOTIC.match(letter)]
    if not strange or any(part[at] not in LOOK_ALIKE for at in strange):
        return None
    word = part.strip("\"' \t")
    plain = _plain(word)
    mixed = any(letter.isascii() and letter.isalnum() for letter in word)
    if not PLAIN_WORD.fullmatch(plain) or (piece.is_key and not mixed and plain not in _VOCABULARY):
        return None
    first, last = strange[0], strange[-1] + 1
    letters = ", ".join(
        f"{named(letter)} for {LOOK_ALIKE[letter]}" for letter in dict.fromkeys(part[at] for at in strange)
    )
    return Blemish(
        piece.start + first,
        piece.start + last,
        "".join(LOOK_ALIKE.get(letter, letter) for letter in part[first:last]),
        "look-alike",
        Severity.ERROR,
        f"this only looks like {plain!r}; it has {letters}",
    )


def _exotic(piece: Piece, part: str, found: re.Match[str], *, name: bool) -> Blemish | None:
    """One character that cannot be seen, or is not the space it looks like."""
    sort = found.lastgroup or ""
    said = named(found.group())
    code = _CODES[sort]

    def blemish(replacement: str | None, severity: Severity, message: str, hint: str = MEND) -> Blemish:
        at = piece.start + found.start()
        return Blemish(at, at + 1, replacement, code, severity, f"{said} {message}", hint)

    if sort in {"control", "mark"}:
        return blemish("", Severity.ERROR, "is not allowed in YAML")
    plain = " " if sort == "space" else ""
    breaks = found.group() in BREAKS
    edge = _at_edge(piece, part, found)
    if piece.kind is Kind.COMMENT:
        if breaks:
            return blemish(" ", Severity.ERROR, "ends this comment for some tools: they read what follows")
        return blemish(None, Severity.WARNING, "hides in a comment", BY_HAND) if sort == "bidi" else None
    if piece.kind is Kind.BLOCK and breaks:
        return blemish(" ", Severity.ERROR, "ends the line for some tools")
    if name:
        trimmed = edge and piece.kind in _QUOTED
        return blemish("" if trimmed else plain, Severity.ERROR, "in a key or name, where nobody can see it")
    if sort == "ghost" and _joins(part, found):
        return None
    if piece.kind is Kind.BLOCK or piece.kind in _QUOTED:
        loud = sort != "space" or edge
        severity = Severity.WARNING if loud else Severity.INFO
        return blemish(None, severity, "inside the text, where nobody can see it", BY_HAND)
    if piece.kind is not Kind.PLAIN:
        return blemish(plain, Severity.ERROR, "between the signs of YAML; other tools read it as a letter")
    if _would_be_structure(part, found):
        return blemish(None, Severity.WARNING, "keeps a `:` or `#` from being a sign of YAML", BY_HAND)
    severity = Severity.ERROR if edge else Severity.WARNING
    return blemish(plain, severity, "at the edge of a value" if edge else "inside the text, where nobody can see it")


_CODES = {
    "space": "unicode-space",
    "bidi": "bidi-control",
    "ghost": "invisible-character",
    "mark": "byte-order-mark",
    "control": "control-character",
}


def _at_edge(piece: Piece, part: str, found: re.Match[str]) -> bool:
    quote = 1 if piece.kind in _QUOTED else 0
    before = _UNSEEN.match(part, quote)
    after = _UNSEEN.match(part, found.end())
    return bool(before and before.end() > found.start()) or bool(after and after.end() >= len(part) - quote)


def _would_be_structure(part: str, found: re.Match[str]) -> bool:
    """Whether a plain space here would make a key or a comment of what is text."""
    after = _UNSEEN.match(part, found.end())
    before = _UNSEEN.match(part[found.start() :: -1])
    follows = part[after.end() : after.end() + 1] if after else ""
    at = found.start() - (before.end() if before else 0)
    return follows == "#" or (at >= 0 and part[at] == ":" and follows != "")


def _joins(part: str, found: re.Match[str]) -> bool:
    """A joiner between letters or pictures that need it, as in Persian and in 👩‍🔧."""
    if found.group() not in "\u200c\u200d":
        return False
    neighbours = part[found.start() - 1 : found.start()] + part[found.end() : found.end() + 1]
    return len(neighbours) == 2 and not any(_EXOTIC.match(letter) or letter.isascii() for letter in neighbours)
