"""Lines that are written plainly, many at once: whole numbers and decimals without quotes, signs or exponents.

What a line says is the same as one by one (a law in the tests holds it to that); lines that are written in any other
way are left to whoever reads them one by one. A dozen million lines take seconds so, instead of minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints

Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

_COMMA, _NEWLINE, _DOT, _ZERO = b",\n.0"
_MOST_DIGITS = 15
"""Of so many, and a power of ten as small, a quotient of floats is the nearest float to the decimal."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Where fields begin and end in a text of whole lines: arrays of rows × fields.

    Rows are the lines that have as many fields as they should: `line` tells which, from 0. `ends` are of all lines.
    """

    text: bytes
    ends: Ints
    line: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, text: bytes, width: int) -> Fields:
        """Each line of the text ends with a line feed; it holds no quote."""
        found = np.frombuffer(text, np.uint8)
        sign = np.flatnonzero((found == _COMMA) | (found == _NEWLINE))
        last = np.flatnonzero(found[sign] == _NEWLINE)
        line = np.flatnonzero(np.diff(last, prepend=-1) == width)
        ends = sign[last]
        end = sign[last[line, None] + np.arange(1 - width, 1)]
        start = np.column_stack((np.append(-1, ends)[line], end[:, :-1])) + 1
        return cls(text, ends, line, start, end)

    @property
    def lines(self) -> int:
        """How many lines there are, rows or not."""
        return len(self.ends)

    def __getitem__(self, rows: Flags) -> Fields:
        if rows.all():
            return self
        return Fields(self.text, self.ends, self.line[rows], self.start[rows], self.end[rows])

    def text_of(self, line: int) -> bytes:
        """A line, from 0, without its end."""
        return self.text[int(self.ends[line - 1]) + 1 if line else 0 : int(self.ends[line])]

    def numbers(self, field: int) -> tuple[Floats, Flags]:
        """The numbers of a field, NaN where it is empty, and where they are written plainly; elsewhere they mean
        nothing."""
        found = np.frombuffer(self.text, np.uint8)
        start, end = self.start[:, field], self.end[:, field]
        length = end - start
        plain = (length > 0) & (length <= _MOST_DIGITS + 1)
        value, unit, divisor = (np.full(len(start), one, np.int64) for one in (0, 1, 0))
        for place in range(min(int(length.max(initial=0)), _MOST_DIGITS + 1)):
            inside = length > place
            sign = found[np.where(inside, end - 1 - place, 0)]
            digit = sign - np.uint8(_ZERO)  # below "0" it comes round to more than nine
            counts = inside & (digit < 10)
            dot = inside & (sign == _DOT)
            plain &= ~inside | counts | (dot & (divisor == 0))
            divisor[dot] = unit[dot]
            value[counts] += digit[counts] * unit[counts]
            unit[counts] *= 10
        plain &= (unit > 1) & (unit <= 10**_MOST_DIGITS)
        number, empty = value / np.maximum(divisor, 1), length == 0
        number[empty] = np.nan
        return number, plain | empty

    def meanings(self, fields: Sequence[int], meaning: Callable[[tuple[bytes, ...]], int]) -> Ints:
        """What these fields mean together; asked only where they differ from the line before."""
        if not len(self.start):
            return np.empty(0, np.int64)
        new = np.append(True, np.logical_or.reduce([self._differs(field) for field in fields]))
        at = np.flatnonzero(new)
        said = zip(
            *(
                [self.text[start:end] for start, end in zip(starts, ends, strict=True)]
                for starts, ends in ((self.start[at, one].tolist(), self.end[at, one].tolist()) for one in fields)
            ),
            strict=True,
        )
        meant = np.fromiter(map(meaning, said), np.int64, len(at))
        return np.repeat(meant, np.diff(np.append(at, len(new))))

    def _differs(self, field: int) -> Flags:
        """Where a field is not to the letter that of the line before; from the second line on."""
        found = np.frombuffer(self.text, np.uint8)
        start, length = self.start[:, field], self.end[:, field] - self.start[:, field]
        differs: Flags = length[1:] != length[:-1]
        for place in range(int(length.max())):
            ask = ~differs & (length[1:] > place)
            if not ask.any():
                break
            at = np.flatnonzero(ask)
            differs[at] = found[start[at + 1] + place] != found[start[at] + place]
        return differs
