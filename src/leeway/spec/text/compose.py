"""Parser events become a tree: places kept, keys unique, aliases expanded under a cap, numbers exact.

PyYAML's own composer and constructor are not used: they keep the last of duplicate keys, read YAML 1.1 (`no` is
false, `1:30` is 90, dates become objects), turn numbers into floats and lose places. Its parser is fine: an event at
a time, no recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import yaml

from leeway.spec.finding import Mark, Severity
from leeway.spec.text.limits import LimitReached, Limits
from leeway.spec.text.report import Report
from leeway.spec.text.scalar import NumberOutOfRange, NumberTooLong, Value, resolve
from leeway.spec.text.tree import Entry, Mapping, Node, Scalar, Sequence

_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq", "merge"))


class _Open:
    """A collection that is not finished. `key` is the key that waits for its value."""

    __slots__ = ("anchor", "entries", "height", "items", "key", "mark", "merges", "size")

    def __init__(self, mark: Mark, anchor: str | None, *, mapping: bool) -> None:
        self.mark = mark
        self.anchor = anchor
        self.entries: dict[str, Entry] | None = {} if mapping else None
        self.items: list[Node] = []
        self.merges: list[Mapping] = []
        self.key: Scalar | None = None
        self.size = 1
        self.height = 0


class _Measured:
    """A finished node that an alias may repeat: how many values it holds, and how deep it is."""

    __slots__ = ("height", "node", "size")

    def __init__(self, node: Node, size: int, height: int) -> None:
        self.node = node
        self.size = size
        self.height = height


_MERGE = "<<"
_NO_KEY = Scalar("", "", Mark(0, 0))  # stands for a key that was refused: its value is read and dropped


class Composer:
    """Builds documents one at a time; everything it objects to goes to the report."""

    def __init__(self, limits: Limits, report: Report, mark_at: Callable[[int], Mark]) -> None:
        self._limits = limits
        self._report = report
        self._mark_at = mark_at
        self._file_nodes = 0
        self._documents = 0
        self._start()

    def _start(self) -> None:
        self._open: list[_Open] = []
        self._anchors: dict[str, _Measured | None] = {}
        self._nodes = 0
        self._root: Node | None = None

    def documents(self, events: Iterator[yaml.Event]) -> Iterator[Node]:
        """Each document when it is whole; raises `LimitReached`, and what the parser raises."""
        self._start()
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._begin(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._end()
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentStartEvent():
                    self._another_document(event)
                case yaml.DocumentEndEvent():
                    if self._root is not None:
                        yield self._root
                    self._start()

    # one event each

    def _another_document(self, event: yaml.Event) -> None:
        self._documents += 1
        if self._documents > self._limits.documents:
            self._stop(
                self._mark(event),
                "too-many-documents",
                f"this file has more than {self._limits.documents:,} documents",
                "split it into several files",
            )

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = self._mark(event)
        is_key = self._expects_key()
        if is_key and event.value == _MERGE and not event.style:
            self._open[-1].key = Scalar(_MERGE, "", mark)
            return
        value = event.value if is_key else self._value(event, mark)
        node = Scalar(value, event.value, mark)
        self._count(1, mark)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Measured(node, 1, 0)
        self._place(node, 1, 0)

    def _value(self, event: yaml.ScalarEvent, mark: Mark) -> Value:
        text: str = event.value
        tag = event.tag
        self._check_tag(tag, mark)
        quoted = bool(event.style)  # libyaml says "" for a plain scalar, its Python twin None
        if tag in {"!", _TAG + "str"} or (quoted and tag not in _KNOWN_TAGS):
            return text
        try:
            return resolve(text, self._limits.digits)
        except NumberTooLong:
            self._report.add(
                mark,
                "number-too-long",
                f"a number of {len(text)} characters; at most {self._limits.digits} digits are read",
                "shorten the number, or put it in quotes if it is text",
                path=self._path(),
            )
        except NumberOutOfRange:
            self._report.add(
                mark,
                "number-out-of-range",
                f"the number {text[:40]} is beyond what any tool can hold (1e±308)",
                "write a smaller exponent, or put it in quotes if it is text",
                path=self._path(),
            )
        return text

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mark = self._mark(event)
        self._count(1, mark)
        if len(self._open) >= self._limits.depth:
            self._too_deep(mark)
        self._check_tag(event.tag, mark)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._open.append(_Open(mark, event.anchor, mapping=isinstance(event, yaml.MappingStartEvent)))

    def _end(self) -> None:
        done = self._open.pop()
        node: Node
        if done.entries is None:
            node = Sequence(tuple(done.items), done.mark)
        else:
            node = Mapping(tuple(self._merged(done).values()), done.mark)
        height = done.height + 1
        if done.anchor is not None:
            self._anchors[done.anchor] = _Measured(node, done.size, height)
        self._place(node, done.size, height)

    def _alias(self, event: yaml.AliasEvent) -> None:
        mark = self._mark(event)
        name = event.anchor or ""
        anchored = self._anchors.get(name)
        if anchored is None:
            inside = name in self._anchors
            self._report.add(
                mark,
                "alias-loop" if inside else "alias-unknown",
                f"*{name} refers to " + ("what it is a part of" if inside else "an anchor that is not there"),
                f"put &{name} before the value to be repeated, earlier in the same document",
                path=self._path(),
            )
            self._place(Scalar(None, "", mark), 1, 0)
            return
        self._count(anchored.size, mark, alias=name)
        if len(self._open) + anchored.height > self._limits.depth:
            self._too_deep(mark)
        self._place(anchored.node, anchored.size, anchored.height)

    # where a finished node goes

    def _expects_key(self) -> bool:
        return bool(self._open) and self._open[-1].entries is not None and self._open[-1].key is None

    def _place(self, node: Node, size: int, height: int) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if parent.entries is None:
            parent.items.append(node)
        elif parent.key is None:
            self._take_key(parent, node)
            return
        elif parent.key is not _NO_KEY:
            self._take_value(parent, parent.key, node)
        parent.key = None
        parent.size += size
        parent.height = max(parent.height, height)

    def _take_key(self, parent: _Open, node: Node) -> None:
        if isinstance(node, Scalar):
            parent.key = node if node.value is node.text else Scalar(node.text, node.text, node.mark)
            return
        parent.key = _NO_KEY
        self._report.add(
            node.mark,
            "key-not-text",
            "a key must be a word; here a whole list or mapping is used as a key",
            'if this is a template such as {{ .x }}, put it in quotes: "{{ .x }}"',
            path=self._path(),
        )

    def _take_value(self, parent: _Open, key: Scalar, node: Node) -> None:
        if key.value == _MERGE and key.text == "":
            self._take_merge(parent, key, node)
            return
        entries = parent.entries
        assert entries is not None  # noqa: S101 - for the type checker: only mappings have keys
        name = key.text
        if name in entries:
            self._tell_duplicate(name, key.mark, entries.pop(name).key.mark)
        entries[name] = Entry(key, node)

    def _tell_duplicate(self, name: str, mark: Mark, first: Mark) -> None:
        self._report.add(
            mark,
            "duplicate-key",
            f"the key {name[:60]!r} is here again; the first is in line {first.line}, column {first.column}",
            "remove one of the two: tools differ in which one they use",
            path=self._path(),
        )

    def _take_merge(self, parent: _Open, key: Scalar, node: Node) -> None:
        parts = node.items if isinstance(node, Sequence) else (node,)
        for part in parts:
            if isinstance(part, Mapping):
                parent.merges.append(part)
                self._count(len(part.entries), key.mark)
                continue
            self._report.add(
                key.mark,
                "merge-not-mapping",
                "`<<` merges mappings, and this is not one",
                "write `<<: *name`, where &name stands before a mapping",
                path=self._path(),
            )
            return

    def _merged(self, done: _Open) -> dict[str, Entry]:
        """Own keys win over merged ones, and of those the earlier ones."""
        entries = dict(done.entries or {})
        for mapping in done.merges:
            for entry in mapping:
                entries.setdefault(entry.key.text, entry)
        return entries

    # guards

    def _mark(self, event: yaml.Event) -> Mark:
        start = event.start_mark
        return self._mark_at(start.index if start else 0)

    def _check_tag(self, tag: str | None, mark: Mark) -> None:
        if tag is None or tag == "!" or tag in _KNOWN_TAGS:
            return
        self._report.add(
            mark,
            "unknown-tag",
            f"the tag {tag.removeprefix(_TAG)[:60]} means nothing here and is ignored",
            "remove it",
            path=self._path(),
            severity=Severity.WARNING,
        )

    def _count(self, size: int, mark: Mark, alias: str = "") -> None:
        self._nodes += size
        self._file_nodes += 1
        if self._nodes > self._limits.nodes:
            what = f"with *{alias} expanded, this document" if alias else "this document"
            self._stop(
                mark,
                "alias-expansion" if alias else "too-many-values",
                f"{what} has more than {self._limits.nodes:,} keys and values",
                "repeat less with aliases" if alias else "split it into several documents",
            )
        if self._file_nodes > self._limits.file_nodes:
            self._stop(
                mark,
                "too-many-values",
                f"this file has more than {self._limits.file_nodes:,} keys and values",
                "split it into several files",
            )

    def _too_deep(self, mark: Mark) -> None:
        self._stop(
            mark,
            "too-deep",
            f"more than {self._limits.depth} levels of nesting",
            "no definition needs that: look for a bracket that is never closed",
        )

    def _stop(self, mark: Mark, code: str, message: str, hint: str) -> None:
        self._report.add(mark, code, message, hint)
        raise LimitReached

    def _path(self) -> str:
        """Where the parser is, like `spec.objectives[0].target`."""
        path = ""
        for collection in self._open:
            if collection.entries is None:
                path += f"[{len(collection.items)}]"
            elif collection.key is not None and collection.key is not _NO_KEY:
                path += f".{collection.key.text or collection.key.value}"
        return path.removeprefix(".")
