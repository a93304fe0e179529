"""The columns of a table of points, by their names, in any order."""

from __future__ import annotations

import difflib

from leeway.errors import Invalid
from leeway.formats.points.table import NUMBERS

HEADERS = (
    ("good", "total"),
    ("bad", "total"),
    ("value",),
    ("good", "total", "value"),  # counts of some series, values of others
    ("bad", "total", "value"),
)
HISTOGRAM = "histogram"
"""May stand in the place of a value, or beside it."""

COLUMNS = ("time", "slo", "objective", *NUMBERS, HISTOGRAM)


def checked(names: list[str], place: str) -> list[str]:
    """The names, or Invalid if they are none of a table of points."""
    for name in names:
        if name not in COLUMNS:
            raise Invalid(f"unknown column {name!r}", place=place, mend=_mend_of(name))
        if names.count(name) > 1:
            raise Invalid(f"column {name!r} stands twice", place=place, mend="keep one of them")
    numbers = tuple(name for name in COLUMNS if name in names and name in NUMBERS)
    values = numbers if HISTOGRAM not in names or "value" in numbers else (*numbers, "value")
    if not {"time", "slo"} <= set(names) or values not in HEADERS:
        lacking = [name for name in ("time", "slo") if name not in names]
        raise Invalid(
            f"the header is {','.join(names)}{f', without {lacking[0]}' if lacking else ''}",
            place=place,
            mend="write time,slo,good,total or time,slo,bad,total or time,slo,value, and objective if you like",
        )
    return names


def _mend_of(name: str) -> str:
    """What an unknown column may have been meant as: another name, or several columns that no comma parts."""
    for sign, said in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")):
        if sign in name:
            return f"part the columns by commas, not by {said}"
    near = difflib.get_close_matches(name, COLUMNS, n=1)
    return f"did you mean {near[0]}?" if near else f"known columns are {', '.join(COLUMNS)}"
