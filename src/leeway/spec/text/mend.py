"""What `leeway fmt` does: mend the slips of a text, and leave comments, order and layout alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from leeway.spec.finding import Finding, Mark
from leeway.spec.text.decode import Decoded, decode
from leeway.spec.text.lexis import Kind, pieces
from leeway.spec.text.limits import LimitReached, Limits
from leeway.spec.text.lines import Lines
from leeway.spec.text.report import Report
from leeway.spec.text.rewriting import Mending


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was mended, with its place in the text as it was."""

    mark: Mark
    message: str


@dataclass(frozen=True, slots=True)
class Mended:
    """The text as it should be, and what had to change. `refused` says why a file is not text that can be mended."""

    data: bytes
    changes: tuple[Change, ...]
    refused: tuple[Finding, ...] = ()


PATIENCE = 10_000_000  # words and slips: mending may take its time

_TRAILING = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)


def mend(data: bytes, file: str, limits: Limits = Limits()) -> Mended:  # noqa: B008 - frozen, so sharing it is safe
    """Mend what can be mended without a change of meaning.

    Laws: mending twice changes nothing more; what could be read without an error reads the same afterwards; a file
    that is refused comes back byte for byte. Line numbers stay, because every kind of line end becomes one `\\n`.
    """
    report = Report(file, limits.findings)
    decoded = decode(data, limits, report)
    if decoded is None or decoded.broken:
        return Mended(data, (), report.findings())
    lines = decoded.lines
    changes = _of_encoding(decoded)
    mending = Mending(decoded.text, replace(limits, pieces=PATIENCE, slips=PATIENCE))
    try:
        for place, blemish in mending.passes(for_parser=False):
            if blemish.replacement is not None:
                changes.append(Change(lines.mark(place), blemish.message))
    except LimitReached:
        report.add(Mark(1, 1), "too-many-values", "this file is too long to mend", "split it into several files")
        return Mended(data, (), report.findings())
    if returns := decoded.text.count("\r"):
        changes.append(Change(Mark(1, 1), f"{returns:,} line ends became plain (LF)"))
    text = _tidy(mending.text, changes)
    return Mended(text.encode(), tuple(sorted(changes, key=lambda change: change.mark)))


def _of_encoding(decoded: Decoded) -> list[Change]:
    if decoded.encoding != "utf-8":
        return [Change(Mark(1, 1), f"{decoded.encoding.upper()} became UTF-8")]
    return [Change(Mark(1, 1), "the byte order mark is gone")] if decoded.marked else []


def _tidy(text: str, changes: list[Change]) -> str:
    """No spaces at the end of lines, a line end at the end; never inside quotes and blocks, where they count."""
    kept = [piece for piece in pieces(text) if piece.kind in {Kind.BLOCK, Kind.SINGLE, Kind.DOUBLE}]
    lines = Lines(text)
    parts: list[str] = []
    at = following = 0
    for found in _TRAILING.finditer(text):
        while following < len(kept) and kept[following].end <= found.start():
            following += 1
        if following < len(kept) and kept[following].start <= found.start():
            continue
        parts.append(text[at : found.start()])
        at = found.end()
        changes.append(Change(lines.mark(found.start()), "spaces at the end of the line are gone"))
    parts.append(text[at:])
    tidy = "".join(parts)
    inside = bool(kept) and kept[-1].end >= len(text)
    if tidy and not tidy.endswith("\n") and not (inside and kept[-1].kind is Kind.BLOCK):
        changes.append(Change(lines.mark(len(text)), "the last line is ended"))
        tidy += "\n"
    return tidy
