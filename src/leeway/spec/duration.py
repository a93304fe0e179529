"""Durations as OpenSLO writes them: a whole number and one letter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_FORM = re.compile(r"(?P<count>[1-9][0-9]*)(?P<unit>[mhdwMQY])")
# what the SDK's Sscanf("%d%s") takes: blanks, a sign, zeros, blanks again, and anything after a further blank
GO_FORM = re.compile(r"[ \t]*(?P<count>[+-]?[0-9]+)[ \t]*(?P<unit>[^\s]+)", re.ASCII)


class Unit(StrEnum):
    """Case matters: m is a minute, M a month. Seconds exist in v1alpha only and cannot be written in v1."""

    SECOND = "s"
    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WEEK = "w"
    MONTH = "M"
    QUARTER = "Q"
    YEAR = "Y"

    @property
    def seconds(self) -> int:
        """Its length where nothing else fixes it: M, Q and Y are 30, 90 and 365 days, as in the Go SDK."""
        return _SECONDS[self]

    @property
    def word(self) -> str:
        """Its name in English, singular."""
        return self.name.lower()

    @staticmethod
    def named(word: str) -> Unit | None:
        """The unit that a word such as `days`, `W` or `mo` most likely means; None if unclear."""
        low = word.lower().rstrip("s")
        for unit in Unit:
            if low in (unit.word, unit.word[:3], unit.word[:2]) or word in (unit, unit.lower(), unit.upper()):
                return unit
        return None


_SECONDS = {
    Unit.SECOND: 1,
    Unit.MINUTE: 60,
    Unit.HOUR: 3600,
    Unit.DAY: 86_400,
    Unit.WEEK: 604_800,
    Unit.MONTH: 30 * 86_400,
    Unit.QUARTER: 90 * 86_400,
    Unit.YEAR: 365 * 86_400,
}


@dataclass(frozen=True, slots=True)
class Duration:
    """`count` × `unit`. A count of 0 comes only from documents that the text of OpenSLO refuses.

    >>> Duration.parse("4w").seconds
    2419200
    >>> str(Duration(1, Unit.MONTH)), Duration(1, Unit.MONTH).words
    ('1M', '1 month')
    """

    count: int
    unit: Unit

    @staticmethod
    def parse(text: str) -> Duration | None:
        """The duration a text says, or None if it is not of OpenSLO's form."""
        found = _FORM.fullmatch(text)
        return Duration(int(found["count"]), Unit(found["unit"])) if found else None

    @staticmethod
    def parse_as_go(text: str) -> Duration | None:
        """What the Go SDK reads: `+1w`, ` 1w`, `1 w` and even `1w 2d` are one week."""
        found = GO_FORM.match(text)
        if found is None or found["unit"] not in set(Unit) or int(found["count"]) < 0:
            return None
        return Duration(int(found["count"]), Unit(found["unit"]))

    @property
    def seconds(self) -> int:
        """Its length with d and w of 86,400 and 604,800 seconds, M, Q and Y of 30, 90 and 365 days."""
        return self.count * self.unit.seconds

    @property
    def words(self) -> str:
        """In English: `1 month`, `28 days`."""
        return f"{self.count} {self.unit.word}{'' if self.count == 1 else 's'}"

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def seconds(text: str) -> int:
    """The seconds that a word such as `30s`, `5m`, `1d` means, as command lines take it; raises `ValueError`.

    >>> seconds("90s"), seconds("5m")
    (90, 300)
    """
    found = re.fullmatch(r"([1-9][0-9]*)([smhdw])", text)
    if found is None:
        raise ValueError(f"`{text}` is no duration; write for example 30s, 5m, 1h, 1d")
    return int(found[1]) * Unit(found[2]).seconds
