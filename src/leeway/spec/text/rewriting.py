"""Replacing parts of a text while places in the old one can still be told."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from leeway.spec.text.hygiene import Blemish, blemishes
from leeway.spec.text.limits import LimitReached, Limits

_TWO_SIGNS = re.compile("\r\n")
PASSES = 6  # mending one slip can lay open the next; real text needs one or two


class Shift:
    """From an offset in the new text back to the old one."""

    __slots__ = ("_new", "_new_ends", "_old", "_old_ends")

    def __init__(self) -> None:
        self._new: list[int] = []
        self._new_ends: list[int] = []
        self._old: list[int] = []
        self._old_ends: list[int] = []

    def add(self, new: tuple[int, int], old: tuple[int, int]) -> None:
        """`new` stands where `old` stood; called in order."""
        self._new.append(new[0])
        self._new_ends.append(new[1])
        self._old.append(old[0])
        self._old_ends.append(old[1])

    def original(self, offset: int) -> int:
        """The old offset of a character; inside a replacement, one inside of what it replaced."""
        at = bisect_right(self._new, offset) - 1
        if at < 0:
            return offset
        if offset >= self._new_ends[at]:
            return self._old_ends[at] + offset - self._new_ends[at]
        last = max(self._old[at], self._old_ends[at] - 1)
        return min(self._old[at] + offset - self._new[at], last)


class Mending:
    """A text while it is mended: `text` so far, and the way back to the text it was.

    Line ends of every kind are LF from the start, so that nobody after this has to think of others.
    """

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self._limits = limits
        self._shifts: list[Shift] = []
        self._told: set[tuple[int, str]] = set()
        if "\r" in text:
            self._apply((found.start(), found.end(), "\n") for found in _TWO_SIGNS.finditer(text))
            self.text = self.text.replace("\r", "\n")

    def original(self, offset: int) -> int:
        """Where a character of `text` stood at the beginning."""
        for shift in reversed(self._shifts):
            offset = shift.original(offset)
        return offset

    def passes(self, *, for_parser: bool) -> Iterator[tuple[int, Blemish]]:
        """Mend until nothing is left to mend; each slip once, with the place it had at the beginning.

        Raises `LimitReached` when there is too much to look at.
        """
        for _ in range(PASSES):
            edits: list[tuple[int, int, str]] = []
            for blemish in blemishes(self.text, self._limits.pieces):
                if blemish.for_parser and not for_parser:
                    continue
                if blemish.replacement is not None:
                    edits.append((blemish.start, blemish.end, blemish.replacement))
                place = self.original(blemish.start)
                if (place, blemish.code) not in self._told:
                    self._told.add((place, blemish.code))
                    if len(self._told) > self._limits.slips:
                        raise LimitReached
                    yield place, blemish
            if not edits:
                return
            self._apply(edits)

    def _apply(self, edits: Iterable[tuple[int, int, str]]) -> None:
        shift = Shift()
        parts: list[str] = []
        at = length = 0
        for start, end, replacement in edits:
            parts += (self.text[at:start], replacement)
            length += start - at
            shift.add((length, length + len(replacement)), (start, end))
            length += len(replacement)
            at = end
        parts.append(self.text[at:])
        self.text = "".join(parts)
        self._shifts.append(shift)
