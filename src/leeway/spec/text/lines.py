"""The text by lines: from an offset to a place a person can go to, and a picture of that place."""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right

from leeway.spec.finding import Mark

TAB_WIDTH = 4
CUT = "…"


class Lines:
    r"""A text cut at `\n`, `\r\n` and a lone `\r`, as editors do; not at the exotic breaks of Unicode."""

    __slots__ = ("_breaks", "_known_to", "_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        # Every break as one \n at its last character: the same length, so offsets stay true.
        self._breaks = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
        self._starts = array("L", [0])
        self._known_to = 0

    def __len__(self) -> int:
        self._learn(len(self.text))
        return len(self._starts)

    def _learn(self, offset: int) -> None:
        """Find the line starts up to the one behind `offset`; a text that is refused early is never walked whole."""
        while self._known_to <= offset:
            found = self._breaks.find("\n", self._known_to)
            if found < 0:
                self._known_to = len(self.text) + 1
                return
            self._known_to = found + 1
            self._starts.append(found + 1)

    def mark(self, offset: int) -> Mark:
        """The place of a character; an offset behind the end is the place just after the last character."""
        if offset >= self._known_to:
            offset = min(offset, len(self.text))
            self._learn(offset)
        line = bisect_right(self._starts, offset)
        return Mark(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The line with this number, counted from 1, without its break; empty where there is no such line."""
        while len(self._starts) <= number and self._known_to <= len(self.text):
            self._learn(self._known_to)
        if not 1 <= number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].rstrip("\r\n")


def caret(lines: Lines, mark: Mark, width: int = 100) -> tuple[str, str]:
    """The source line of a place and a line with `^` below the character.

    Tabs are drawn as spaces, wide characters count double, what cannot be seen (or would reorder the terminal)
    is drawn as `·`, and a long line is cut to `width` around the place.
    """
    source = lines.line(mark.line)
    at = min(mark.column - 1, len(source))
    start = max(0, at - width // 2)
    shown = source[start : start + width]
    before = CUT if start else ""
    after = CUT if start + width < len(source) else ""
    drawn = "".join(_drawn(character) for character in shown)
    lead = "".join(_drawn(character) for character in shown[: at - start])
    return f"{before}{drawn}{after}", " " * (_columns(before) + _columns(lead)) + "^"


def _drawn(character: str) -> str:
    if character == "\t":
        return " " * TAB_WIDTH
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return "·"
    return character


def _columns(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
