"""Bytes become documents with places, and everything that is wrong with them is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import yaml

from leeway.spec.finding import Finding, Mark
from leeway.spec.text.compose import Composer
from leeway.spec.text.decode import decode
from leeway.spec.text.hygiene import MEND, Blemish
from leeway.spec.text.limits import LimitReached, Limits
from leeway.spec.text.lines import Lines
from leeway.spec.text.report import Report
from leeway.spec.text.rewriting import Mending
from leeway.spec.text.syntax import explain
from leeway.spec.text.tree import Node, Scalar

# libyaml is the parent of the parser inside the OpenSLO tools, and forty times faster than its Python twin.
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NEXT_DOCUMENT = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """What one file holds.

    `documents` are those that could be read whole, in order; a YAML list of objects is one document whose root is a
    `Sequence`. `findings` are in the order of the text. `lines` draws carets.
    """

    documents: tuple[Node, ...]
    findings: tuple[Finding, ...]
    lines: Lines


def read(data: bytes, file: str, limits: Limits = Limits()) -> Text:  # noqa: B008 - frozen, so sharing it is safe
    """Read YAML or JSON. Never raises for what the bytes hold: a fault is a finding, and reading goes on if it can.

    An empty file has no documents and no findings; a document without content is an error. `file` is only the name
    that findings carry.
    """
    report = Report(file, limits.findings)
    decoded = decode(data, limits, report)
    if decoded is None:
        return Text((), report.findings(), Lines(""))
    lines = decoded.lines
    if report.is_full():
        return Text((), report.findings(), lines)
    mending = Mending(decoded.text, limits)
    try:
        for place, blemish in mending.passes(for_parser=True):
            _tell(report, lines.mark(place), blemish, file)
    except LimitReached:
        hint = f"leeway fmt {file} mends what can be mended; or split the file"
        report.add(Mark(1, 1), "too-many-slips", "too many slips, or too many words, to look at each", hint)
        return Text((), report.findings(), lines)

    def mark_at(offset: int) -> Mark:
        return lines.mark(mending.original(offset))

    untouched = mending.text is decoded.text
    documents = tuple(_documents(mending.text, limits, report, lines.mark if untouched else mark_at))
    return Text(documents, report.findings(), lines)


def _tell(report: Report, mark: Mark, blemish: Blemish, file: str) -> None:
    if blemish.severity is not None:
        hint = blemish.hint.format(file=file) if blemish.hint is MEND else blemish.hint
        report.add(mark, blemish.code, blemish.message, hint, severity=blemish.severity)


def _documents(text: str, limits: Limits, report: Report, mark_at: Callable[[int], Mark]) -> Iterator[Node]:
    """All documents that are whole; after a syntax error reading goes on at the next `---`."""
    start = 0
    found = False
    for _ in range(limits.syntax_errors):
        composer = Composer(limits, report, partial(_shifted, mark_at, start) if start else mark_at)
        try:
            for document in composer.documents(yaml.parse(text[start:], Loader=_PARSER)):
                found = True
                if isinstance(document, Scalar) and document.text == "" and document.value is None:
                    _empty(report, document.mark)
                    continue
                yield document
        except LimitReached:
            return
        except yaml.YAMLError as error:
            fault = explain(error, len(text) - start)
            report.add(mark_at(start + fault.offset), "syntax", fault.message, fault.hint)
            found = True
            following = _NEXT_DOCUMENT.search(text, start + max(fault.stopped, 1))
            if following is None:
                return
            start = following.start()
        else:
            if not found and text.strip():
                _empty(report, Mark(1, 1))
            return


def _shifted(mark_at: Callable[[int], Mark], start: int, index: int) -> Mark:
    return mark_at(start + index)


def _empty(report: Report, mark: Mark) -> None:
    report.add(mark, "empty-document", "this document is empty", "remove the `---` beside it, or write the document")
