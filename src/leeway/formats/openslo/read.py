"""Bytes become typed documents, and everything that is wrong with them is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from leeway.formats.openslo import leeway_v1, v1, v1alpha, v2alpha
from leeway.formats.openslo.build import build
from leeway.formats.openslo.header import Version, header
from leeway.formats.openslo.values import join
from leeway.formats.openslo.words import as_go_reads
from leeway.spec import codes
from leeway.spec.documents import Document, Kind, Origin
from leeway.spec.finding import Finding, Mark, Severity
from leeway.spec.schema.check import check
from leeway.spec.schema.look import text
from leeway.spec.schema.shape import Fault, Level
from leeway.spec.text import Entry, Limits, Lines, Mapping, Node, Sequence
from leeway.spec.text import read as read_text

SCHEMAS = {
    Version.V1: v1.SCHEMA,
    Version.V1ALPHA: v1alpha.SCHEMA,
    Version.V2ALPHA: v2alpha.SCHEMA,
    Version.LEEWAY: leeway_v1.SCHEMA,
}


class Mode(StrEnum):
    """Strict refuses what the text of OpenSLO or its Go SDK refuses, compat what the SDK refuses.

    Lenient is for computing rather than for judging a file: it refuses what the SDK refuses and what would be read
    as something else than it says; the rest is for lint to tell.
    """

    STRICT = "strict"
    COMPAT = "compat"
    LENIENT = "lenient"


_SEVERITY = {
    (Mode.STRICT, Level.TEXT): Severity.ERROR,
    (Mode.COMPAT, Level.TEXT): Severity.WARNING,
    (Mode.COMPAT, Level.MISREAD): Severity.WARNING,
    (Mode.STRICT, Level.SDK_ONLY): Severity.WARNING,
    (Mode.COMPAT, Level.SDK_ONLY): Severity.ERROR,
    (Mode.LENIENT, Level.TEXT): Severity.WARNING,
    (Mode.LENIENT, Level.SDK_ONLY): Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file as read.

    `documents` are those without an error. `count` counts all objects that were found, `names` are the kinds and names
    of all of them, so that a reference to a document with an error is not called dangling. `lines` draws carets.
    """

    file: str
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    lines: Lines
    count: int
    names: frozenset[tuple[Kind, str]]

    @property
    def is_valid(self) -> bool:
        """True if nothing in it is refused."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def read(
    data: bytes,
    file: str,
    *,
    mode: Mode = Mode.STRICT,
    limits: Limits = Limits(),  # noqa: B008 — frozen, so sharing it is safe
    marks: bool = True,
) -> Sheet:
    """Read one file: YAML or JSON, one document, several, or lists of them, of OpenSLO or Leeway's own.

    Never raises for what the bytes hold. Without `marks` the documents do not know the lines they stand on.
    """
    raw = read_text(data, file, limits)
    findings = [_as_mode(finding, mode) for finding in raw.findings]
    documents: list[Document] = []
    names: set[tuple[Kind, str]] = set()
    nodes = [one for root in raw.documents for one in _objects(as_go_reads(root, raw.lines))]
    for node, path in nodes:
        places = _Places(node, file, path, mode)
        head = header(node)
        if isinstance(head, Fault):
            findings.append(places.finding(head))
            continue
        names.add((head.kind, text(node, "metadata", "name")))
        room = max(0, limits.findings - len(findings))
        faults = list(islice(check(SCHEMAS[head.version][head.kind], node), room + 1))
        found = [places.finding(one) for one in faults[:room]]
        findings += found
        if len(faults) > room:
            findings.append(places.finding(_too_many(room, faults[room])))
            break
        if all(one.severity is not Severity.ERROR for one in found):
            documents.append(build(head, node, Origin(file, dict(_marks(node, "")) if marks else {}, path)))
    if not nodes and not findings:
        message = "this file holds no document"
        findings.append(Finding(file, Mark(1, 1), "", codes.NO_DOCUMENTS.name, Severity.WARNING, message))
    findings.sort(key=lambda one: one.mark)
    return Sheet(file, tuple(documents), tuple(findings), raw.lines, len(nodes), frozenset(names))


def _objects(root: Node) -> Iterator[tuple[Node, str]]:
    """The objects of a document, which may be a list of them, and the path each begins at."""
    if isinstance(root, Sequence):
        yield from ((item, f"[{index}]") for index, item in enumerate(root))
    else:
        yield root, ""


def _as_mode(finding: Finding, mode: Mode) -> Finding:
    """The SDK takes the last of duplicate keys; a compatible reading warns only."""
    if mode is Mode.COMPAT and finding.code == codes.DUPLICATE_KEY.name:
        return replace(finding, severity=Severity.WARNING)
    return finding


def _too_many(room: int, next_one: Fault) -> Fault:
    message = f"there is more to mend than these {room} places, for instance here: {next_one.message}"
    return Fault(codes.TOO_MANY_FINDINGS, message, "mend these first, then look again", next_one.at)


class _Places:
    """Where in one document a fault is. Keys are looked up in a table made once for each mapping."""

    def __init__(self, root: Node, file: str, path: str, mode: Mode) -> None:
        self._root, self._file, self._path, self._mode = root, file, path, mode
        self._tables: dict[int, dict[object, Entry]] = {}

    def finding(self, fault: Fault) -> Finding:
        """The finding a fault becomes: its severity by the mode, its place by its path."""
        severity = _SEVERITY.get((self._mode, fault.level), Severity.ERROR)
        if fault.level is Level.ADVICE:
            severity = Severity.WARNING
        where = join(self._path, *fault.at)
        return Finding(self._file, self._mark(fault), where, fault.code.name, severity, fault.message, fault.hint)

    def _mark(self, fault: Fault) -> Mark:
        """The place of the fault's value, or of the nearest value around it."""
        node, mark = self._root, self._root.mark
        for index, step in enumerate(fault.at):
            if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                mark = node.mark
                continue
            found = self._table(node).get(step) if isinstance(node, Mapping) else None
            if found is None:
                break
            node = found.value
            mark = found.key.mark if fault.on_key and index == len(fault.at) - 1 else node.mark
        return mark

    def _table(self, node: Mapping) -> dict[object, Entry]:
        if id(node) not in self._tables:
            self._tables[id(node)] = {one.key.value: one for one in node}
        return self._tables[id(node)]


def _marks(node: Node, path: str) -> Iterator[tuple[str, Mark]]:
    yield path, node.mark
    if isinstance(node, Mapping):
        for one in node:
            yield from _marks(one.value, join(path, str(one.key.value)))
    elif isinstance(node, Sequence):
        for index, item in enumerate(node):
            yield from _marks(item, join(path, index))
