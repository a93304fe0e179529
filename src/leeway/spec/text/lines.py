"""The text by lines: from an offset to a place a person can go to, and a picture of that place."""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from itertools import accumulate

from leeway.spec.finding import Mark

TAB_WIDTH = 4
CUT = "…"


class Lines:
    r"""A text cut at `\n`, `\r\n` and a lone `\r`, as editors do; not at the exotic breaks of Unicode."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        same_length = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
        lengths = (len(line) + 1 for line in same_length.split("\n"))
        self._starts = array("L", accumulate(lengths, initial=0))
        self._starts.pop()

    def __len__(self) -> int:
        return len(self._starts)

    def mark(self, offset: int) -> Mark:
        """The place of a character; an offset behind the end is the place just after the last character."""
        offset = min(offset, len(self.text))
        line = bisect_right(self._starts, offset)
        return Mark(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The line with this number, counted from 1, without its break; empty where there is no such line."""
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
