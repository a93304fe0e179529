"""Incidents as people mark them: a CSV with the header `start,end`, and `slo`, `title` if they are known."""

from __future__ import annotations

from typing import NamedTuple

from leeway.formats.past.rows import Row, Wrong, parsed, rows, text_of
from leeway.spec.rows import Refused


class Marked(NamedTuple):
    """From start to end, in epoch seconds; an empty `slo` means that all of them were hit."""

    line: int
    start: int
    end: int
    slo: str
    title: str


def read_incidents(data: bytes, file: str) -> tuple[list[Marked], list[Refused]]:
    """All incidents, and the lines that tell of none. Raises Invalid for what is no such file at all."""
    return parsed(rows(text_of(data, file), file, ("start", "end"), ("slo", "title")), _marked)


def _marked(row: Row) -> Marked:
    start, end = row.time("start"), row.time("end")
    if end <= start:
        raise Wrong("end", "it ends before it starts")
    return Marked(row.line, start, end, row.said.get("slo", ""), row.said.get("title", ""))
