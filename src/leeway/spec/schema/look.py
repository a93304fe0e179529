"""Looking into a tree the way Go reads JSON: null is absent, and the case of a key does not matter."""

from __future__ import annotations

from collections.abc import Iterator

from leeway.spec.schema.shape import Step
from leeway.spec.text.tree import Entry, Mapping, Node, Scalar, Sequence


def entry(node: Node | None, name: str) -> Entry | None:
    """The entry `name` of a mapping: as spelled, else in another case."""
    if not isinstance(node, Mapping):
        return None
    other, folded = None, name.lower()
    for one in node.entries:
        key = one.key.value
        if key == name:
            return one
        if other is None and isinstance(key, str) and len(key) == len(name) and key.lower() == folded:
            other = one
    return other


def look(node: Node | None, *steps: Step) -> Node | None:
    """The value at the end of the path, or None if any step of it is absent or null."""
    for step in steps:
        if isinstance(step, int):
            node = node.items[step] if isinstance(node, Sequence) and 0 <= step < len(node.items) else None
        else:
            found = entry(node, step)
            node = found.value if found else None
        if is_null(node):
            return None
    return node


def text(node: Node | None, *steps: Step) -> str:
    """The text at the path, or an empty one."""
    found = look(node, *steps)
    return found.value if isinstance(found, Scalar) and isinstance(found.value, str) else ""


def items(node: Node | None, *steps: Step) -> Iterator[Node]:
    """The items of the list at the path, none if there is no list."""
    found = look(node, *steps)
    return iter(found.items if isinstance(found, Sequence) else ())


def is_null(node: Node | None) -> bool:
    """True for what is absent or null."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def is_empty(node: Node | None) -> bool:
    """True for what Go calls a zero value of a text or an object: absent, null, "" or {}."""
    if isinstance(node, Mapping):
        return all(is_null(one.value) for one in node)
    return is_null(node) or (isinstance(node, Scalar) and node.value == "")
