"""Words that YAML 1.1 takes for booleans.

The Go SDK reads YAML 1.1: there `name: on` is `name: true`, and is refused. Leeway's reader knows YAML 1.2, where it is
a text. To say what the SDK will say, such words without quotes are turned into booleans before the schema looks.
"""

from __future__ import annotations

from dataclasses import replace

from leeway.spec.text import Entry, Lines, Mapping, Node, Scalar, Sequence

_TRUE = frozenset(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("n", "N", "no", "No", "NO", "off", "Off", "OFF"))


def as_go_reads(node: Node, lines: Lines) -> Node:
    """The same tree; words that the Go SDK takes for booleans are booleans, their `text` stays."""
    match node:
        case Mapping():
            entries = tuple(Entry(one.key, as_go_reads(one.value, lines)) for one in node)
            return replace(node, entries=entries)
        case Sequence():
            return replace(node, items=tuple(as_go_reads(item, lines) for item in node))
        case Scalar():
            if node.value in _TRUE | _FALSE and _is_bare(node, lines):
                return replace(node, value=node.value in _TRUE)
            return node


def _is_bare(node: Scalar, lines: Lines) -> bool:
    line = lines.line(node.mark.line)
    return line[node.mark.column - 1 :].startswith(node.text)
