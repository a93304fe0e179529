"""Which part of a YAML text is what: indentation, signs, words, quotes, blocks, comments.

A parser stops at the first fault; this goes on to the end of any text, because it only has to know what may be
mended: outside of quotes and blocks an exotic character is a slip, inside it may be meant. Where YAML would read a
Unicode space as a letter (`a:\xa01` is one word), this reads the space that was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from leeway.spec.text.characters import BIDI, DOUBLE_QUOTES, INVISIBLE, MARKS, SINGLE_QUOTES, SPACES


class Kind(Enum):
    """What a piece of text is."""

    INDENT = auto()
    SPACE = auto()
    COMMENT = auto()
    PLAIN = auto()
    SINGLE = auto()
    DOUBLE = auto()
    TYPOGRAPHIC = auto()  # “a word” in quotes that are no quotes to YAML
    BLOCK = auto()
    OTHER = auto()  # signs, anchors, tags, directives: ASCII or wrong


class Piece(NamedTuple):
    """Where a piece stands; `is_key` if a value follows it, else `key` is the key it is the value of."""

    kind: Kind
    start: int
    end: int
    is_key: bool = False
    key: str = ""
    flow: bool = False


_GHOST = f"[{BIDI}{INVISIBLE}{MARKS}]"
_BLANK = rf"[ \t{SPACES}]"
_EDGE = rf"{_GHOST}*(?:{_BLANK}|$)"
_INDENT = re.compile(rf"(?:{_BLANK}|{_GHOST})*")
_SPACE = re.compile(rf"(?:{_BLANK}|{_GHOST})+")
_SPACES = re.compile(r" *")
_LINE = re.compile(r"[^\n]*")
_BREAK = re.compile(r"\n")
_DOCUMENT = re.compile(r"(?:---|\.\.\.)(?=[ \t]|$)", re.MULTILINE)
_SIGN = re.compile(rf"[-?:](?={_EDGE})", re.MULTILINE)
_PROPERTY = re.compile(rf"[&*!][^\s{SPACES},\[\]{{}}]*")
_DOUBLE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SINGLE = re.compile(r"'[^']*+(?:''[^']*+)*+'")
_HEADER = re.compile(r"[|>](?:[-+]?([1-9])?|([1-9])[-+])(?=[ \t]*(?:#[^\n]*)?$)", re.MULTILINE)
_TYPOGRAPHIC = re.compile(
    rf"[{DOUBLE_QUOTES}][^{DOUBLE_QUOTES}\n]*+[{DOUBLE_QUOTES}\"]"
    rf"|[{SINGLE_QUOTES}][^{SINGLE_QUOTES}\n]*+[{SINGLE_QUOTES}]"
)
_VALUE_ENDS = re.compile(rf"(?>(?:{_BLANK}|{_GHOST})*)(?:$|(?<=[ \t])#|:{_EDGE})", re.MULTILINE)
_FLOW_ENDS = re.compile(r"\s*+[,\]}:#]")
_NEXT_LINE = re.compile(r"[^\n]*\s*?\n(?P<indent>[ \t]*)(?=[^\s#])")
# A word ends at `: `, ` #`, the end of the line, and inside brackets at their signs. A Unicode space after a colon ends
# it only where a key is possible; before a `#` it does not, else text would silently become a comment.
# They are searched for. Matching the word itself would repeat a group with a choice in it: as `*` that takes 64 bytes a
# letter, as `*+` Python before 3.11.5 (Debian 12 has 3.11.2) matches wrongly.
_PLAIN_KEY_ENDS = re.compile(rf":{_EDGE}|(?<=[ \t])#|\n", re.MULTILINE)
_PLAIN_VALUE_ENDS = re.compile(r":(?:[ \t]|$)|(?<=[ \t])#|\n", re.MULTILINE)
_FLOW_KEY_ENDS = re.compile(rf":(?:{_EDGE}|[,\[\]{{}}])|(?<=[ \t])#|[\n,\[\]{{}}]", re.MULTILINE)
_FLOW_VALUE_ENDS = re.compile(r":(?:[ \t,\[\]{}]|$)|(?<=[ \t])#|[\n,\[\]{}]", re.MULTILINE)
_COLON = re.compile(rf"(?:{_BLANK}|{_GHOST})*:(?={_EDGE}|[,\[\]{{}}])", re.MULTILINE)
_COLON_FLOW = re.compile(rf"(?:{_BLANK}|{_GHOST})*:")


# Lines as most are, in plain ASCII: nothing to mend, passed at a glance.
_GLANCE = re.compile(
    r"( *)(?:((?:- +)*)([A-Za-z][\w.-]*):(?: +([A-Za-z0-9./][ !\"$-9;-~]*))?|(#[ -~]*)?)$", re.ASCII | re.MULTILINE
)


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text in order, lazily; its line ends are LF.

    Breaks of lines belong to none unless they are inside quotes or blocks; lines of plain ASCII words are left out.
    """
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line_start = 0
        self.flow = 0
        self.column = -1  # of the last key or item sign: what continues it stands further right
        self.key = ""
        self.key_done = False  # this line (inside brackets: this entry) has its key
        self.open_plain = False  # the line before ended inside a word that may go on
        self.block_ended = False
        self.unclosed: set[str] = set()

    def run(self) -> Iterator[Piece]:
        while self.at < len(self.text):
            if not self._at_a_glance():
                yield from self._one_line()
            following = _BREAK.match(self.text, self.at)
            if following:
                self.at = following.end()

    def _at_a_glance(self) -> bool:
        """Pass a line that has nothing but plain words."""
        seen = None if self.flow else _GLANCE.match(self.text, self.at)
        if seen is None:
            return False
        indent, items, key, value, comment = seen.groups()
        if self.open_plain and (key or comment) and len(indent) > self.column:
            return False
        if key:
            self.column = len(indent) + len(items)
            self.key = key
            self.open_plain = value is not None
        elif comment:
            self.open_plain = False
        self.at = seen.end()
        return True

    def _one_line(self) -> Iterator[Piece]:
        self.line_start = self.at
        if _DOCUMENT.match(self.text, self.at):
            self.flow, self.column, self.open_plain = 0, -1, False
            yield self._piece(Kind.OTHER, self.at + 3)
        elif self.text.startswith("%", self.at) and not self.flow:
            yield self._piece(Kind.OTHER, _end(_LINE, self.text, self.at))
            return
        else:
            end = _end(_INDENT, self.text, self.at)
            if end > self.at:
                yield self._piece(Kind.INDENT, end)
        if not self.flow:
            self.key_done = False
            if self._continues():
                yield from self._continuation()
                return
        self.block_ended = False
        while not self._line_ended():
            yield from self._next()

    def _line_ended(self) -> bool:
        return self.block_ended or self.at >= len(self.text) or self.text[self.at] == "\n"

    def _piece(self, kind: Kind, end: int, *, is_key: bool = False) -> Piece:
        piece = Piece(kind, self.at, end, is_key, "" if is_key else self.key, self.flow > 0)
        self.at = end
        return piece

    def _continues(self) -> bool:
        if not self.open_plain:
            return False
        rest = self.text[self.at : self.at + 1]
        if rest in {"", "\n"}:
            return True
        self.open_plain = rest != "#" and self.at - self.line_start > self.column
        return self.open_plain

    def _continuation(self) -> Iterator[Piece]:
        end = _before(_PLAIN_VALUE_ENDS, self.text, self.at)
        if end > self.at:
            yield self._piece(Kind.PLAIN, end)
        self.block_ended = False
        while not self._line_ended():
            self.open_plain = False
            yield from self._next()

    def _next(self) -> Iterator[Piece]:
        text, at, sign = self.text, self.at, self.text[self.at]
        if space := _SPACE.match(text, at):
            yield self._piece(Kind.SPACE, space.end())
        elif sign == "#" and (at == self.line_start or text[at - 1] in " \t" or _SPACE.fullmatch(text[at - 1])):
            yield self._piece(Kind.COMMENT, _end(_LINE, text, at))
        elif _SIGN.match(text, at):
            self._sign(sign)
            yield self._piece(Kind.OTHER, at + 1)
        elif sign in "[{" or (self.flow and sign in "]},:"):
            self.flow = max(0, self.flow + (sign in "[{") - (sign in "]}"))
            self.key_done = sign == ":" or (self.key_done and sign in "]}")
            yield self._piece(Kind.OTHER, at + 1)
        elif sign in "&*!" and (end := _end(_PROPERTY, text, at)) > at + 1:
            yield self._piece(Kind.OTHER, end)
        elif sign in "|>" and not self.flow and (header := _HEADER.match(text, at)):
            yield self._piece(Kind.OTHER, _end(_LINE, text, at))
            yield from self._block(header.group(1) or header.group(2))
        else:
            yield self._word(sign)

    def _sign(self, sign: str) -> None:
        if sign == ":":
            self.key_done = True
        elif not self.flow:
            self.column = self.at - self.line_start
            self.key_done = False

    def _word(self, sign: str) -> Piece:
        kind, end = self._extent(sign)
        colon = _COLON_FLOW if self.flow and kind in {Kind.SINGLE, Kind.DOUBLE} else _COLON
        is_key = not self.key_done and colon.match(self.text, end) is not None
        one_line = kind is Kind.PLAIN or _BREAK.search(self.text, self.at, end) is None
        if is_key and one_line:
            self.key = self.text[self.at : end].strip("\"'")
            if not self.flow:
                self.column = self.at - self.line_start
        self.open_plain = kind is Kind.PLAIN and not is_key and not self.flow
        return self._piece(kind, end, is_key=is_key)

    def _extent(self, sign: str) -> tuple[Kind, int]:
        for quote, kind, pattern in (('"', Kind.DOUBLE, _DOUBLE), ("'", Kind.SINGLE, _SINGLE)):
            if sign == quote:
                closed = None if quote in self.unclosed else pattern.match(self.text, self.at)
                if closed:
                    return kind, closed.end()
                self.unclosed.add(quote)
                return kind, _end(_LINE, self.text, self.at)
        typographic = _TYPOGRAPHIC.match(self.text, self.at)
        if typographic and self._ends_value(typographic.end()):
            return Kind.TYPOGRAPHIC, typographic.end()
        if self.flow:
            pattern = _FLOW_VALUE_ENDS if self.key_done else _FLOW_KEY_ENDS
        else:
            pattern = _PLAIN_VALUE_ENDS if self.key_done else _PLAIN_KEY_ENDS
        return Kind.PLAIN, max(_before(pattern, self.text, self.at), self.at + 1)

    def _ends_value(self, at: int) -> bool:
        """Whether nothing of the same value follows, on this line or the next."""
        if self.flow:
            return _FLOW_ENDS.match(self.text, at) is not None
        if not _VALUE_ENDS.match(self.text, at):
            return False
        following = _NEXT_LINE.match(self.text, at)
        return following is None or len(following.group("indent")) <= self.column

    def _block(self, digit: str) -> Iterator[Piece]:
        """The lines of a `|` or `>` text: those indented as deep as its first one, and blank ones."""
        text = self.text
        indent = max(self.column, 0) + int(digit) if digit else 0
        self.open_plain = False
        self.block_ended = True
        self.at = at = _end(_BREAK, text, self.at)
        while at < len(text):
            end = _end(_LINE, text, at)
            spaces = _end(_SPACES, text, at) - at
            lead = _end(_INDENT, text, at) - at
            if at + spaces < end:
                if not indent:
                    indent = spaces if spaces > self.column else lead
                if max(spaces, lead) <= self.column or (spaces == lead < indent):
                    break
                if spaces < min(indent, lead):
                    yield from self._block_until(at)
                    yield self._piece(Kind.INDENT, at + lead)
            at = _end(_BREAK, text, end)
            if at == end:
                break
        yield from self._block_until(max(at, self.at))

    def _block_until(self, end: int) -> Iterator[Piece]:
        if end > self.at:
            yield self._piece(Kind.BLOCK, end)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _before(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.search(text, at)
    return match.start() if match else len(text)
