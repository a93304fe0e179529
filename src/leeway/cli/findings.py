"""Findings on paper: as text with carets, as JSON, as GitHub annotations, as SARIF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import click

from leeway.spec.codes import CODES
from leeway.spec.finding import Finding, Severity
from leeway.spec.text import Lines, caret
from leeway.version import VERSION

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def as_text(findings: Sequence[Finding], lines: Mapping[str, Lines], files: int, documents: int) -> Iterator[str]:
    """Each finding with its source line and a caret, and a summary at the end."""
    for one in findings:
        colour = COLOURS[one.severity]
        place = click.style(f"{one.file}:{one.mark.line}:{one.mark.column}", bold=True)
        code = click.style(f"[{one.code}]", dim=True)
        yield f"{place}: {click.style(one.severity, fg=colour, bold=True)}: {one.message} {code}"
        source = lines.get(one.file)
        if source is not None and source.line(one.mark.line):
            number = str(one.mark.line)
            gutter = click.style(" │ ", dim=True)
            shown, pointer = caret(source, one.mark)
            yield f"  {click.style(number, dim=True)}{gutter}{shown}"
            yield f"  {' ' * len(number)}{gutter}{click.style(pointer, fg=colour, bold=True)}"
        if one.hint:
            yield f"  {click.style('→', fg='green')} {one.hint}"
        yield ""
    yield _summary(findings, files, documents)


def _summary(findings: Sequence[Finding], files: int, documents: int) -> str:
    looked = f"{_many(files, 'file')}, {_many(documents, 'document')}"
    if not findings:
        return f"{click.style('✓', fg='green')} {looked}: nothing to mend"
    counts = Counter(one.severity for one in findings)
    named = (("error", Severity.ERROR), ("warning", Severity.WARNING), ("remark", Severity.INFO))
    said = ", ".join(click.style(_many(counts[one], word), fg=COLOURS[one]) for word, one in named if counts[one])
    return f"{looked}: {said}"


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def as_json(findings: Sequence[Finding], files: int, documents: int) -> dict[str, Any]:
    """What `leeway lint -o json` prints."""
    rows = [
        {
            "file": one.file,
            "line": one.mark.line,
            "column": one.mark.column,
            "path": one.path,
            "code": one.code,
            "severity": one.severity.value,
            "message": one.message,
            "hint": one.hint,
        }
        for one in findings
    ]
    return {"files": files, "documents": documents, "findings": rows}


def as_github(findings: Sequence[Finding]) -> Iterator[str]:
    """Workflow commands: GitHub shows each beside the line of a pull request."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    for one in findings:
        message = f"{one.message}\n{one.hint}" if one.hint else one.message
        place = f"file={_property(one.file)},line={one.mark.line},col={one.mark.column},title={_property(one.code)}"
        yield f"::{words[one.severity]} {place}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """SARIF 2.1.0, as code scanners read it."""
    used = list(dict.fromkeys(one.code for one in findings))
    driver = {
        "name": "leeway",
        "version": VERSION,
        "rules": [_rule(name) for name in used],
    }
    results = [_result(one, used.index(one.code)) for one in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [run]}


def _rule(name: str) -> dict[str, Any]:
    code = CODES.get(name)
    if code is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": code.what},
        "fullDescription": {"text": f"{code.what} {code.why}"},
        "help": {"text": code.mend},
    }


def _result(one: Finding, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(one.file)},
            "region": {"startLine": one.mark.line, "startColumn": one.mark.column},
        }
    }
    if one.path:
        place["logicalLocations"] = [{"fullyQualifiedName": one.path}]
    return {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": LEVELS[one.severity],
        "message": {"text": f"{one.message}. {one.hint}" if one.hint else one.message},
        "locations": [place],
    }
