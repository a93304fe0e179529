"""Words that YAML 1.1 takes for booleans.

The Go SDK reads YAML 1.1: there `name: on` is `name: true`, and is refused. Leeway's reader knows YAML 1.2, where it is
a text. To say what the SDK will say, such words without quotes are turned into booleans before the schema looks.
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_

from leeway.spec.text import Entry, Lines, Mapping, Node, Scalar, Sequence

_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF"))
_WORDS = _TRUE | _FALSE


def as_go_reads(node: Node, lines: Lines) -> Node:
    """The same tree; words that the Go SDK takes for booleans are booleans, their `text` stays."""
    match node:
        case Scalar():
            if node.value in _WORDS and _is_bare(node, lines):
                return replace(node, value=node.value in _TRUE)
            return node
        case Sequence():
            items = tuple([as_go_reads(item, lines) for item in node.items])
            return node if all(map(is_, items, node.items)) else replace(node, items=items)
        case Mapping():
            entries = tuple([_entry(one, lines) for one in node.entries])
            return node if all(map(is_, entries, node.entries)) else replace(node, entries=entries)


def _entry(one: Entry, lines: Lines) -> Entry:
    value = as_go_reads(one.value, lines)
    return one if value is one.value else Entry(one.key, value)


def _is_bare(node: Scalar, lines: Lines) -> bool:
    line = lines.line(node.mark.line)
    return line[node.mark.column - 1 :].startswith(node.text)
