"""Single values out of a tree that its schema has accepted."""

from __future__ import annotations

from decimal import Decimal

from leeway.spec.documents import Metadata, Plain, Start
from leeway.spec.duration import Duration
from leeway.spec.schema.look import look, text
from leeway.spec.schema.moments import parse_start
from leeway.spec.schema.shape import Step
from leeway.spec.text import Mapping, Node, Scalar, Sequence


def plain(node: Node | None) -> Plain:
    """Any YAML as plain data. Words that only YAML 1.1 takes for booleans stay words."""
    match node:
        case None:
            return None
        case Mapping():
            return {str(one.key.value): plain(one.value) for one in node}
        case Sequence():
            return [plain(item) for item in node]
        case Scalar():
            if isinstance(node.value, bool) and node.text.lower() not in ("true", "false"):
                return node.text
            return node.value


def join(path: str, *steps: Step) -> str:
    """`spec` and `objectives`, 0 → `spec.objectives[0]`; a key that is no word → `metadata.labels['my-key']`."""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isidentifier() and step.isascii():
            path += f".{step}" if path else step
        else:
            path += f"['{step}']"
    return path


def metadata(node: Node | None) -> Metadata:
    """The metadata of a document."""
    found = look(node, "metadata")
    labels, annotations = look(found, "labels"), look(found, "annotations")
    return Metadata(
        text(found, "name"),
        text(found, "displayName"),
        {str(one.key.value): texts(one.value) for one in labels} if isinstance(labels, Mapping) else {},
        {str(one.key.value): str(plain(one.value) or "") for one in annotations}
        if isinstance(annotations, Mapping)
        else {},
    )


def texts(node: Node) -> tuple[str, ...]:
    """A text or a list of texts, as a list."""
    found = plain(node)
    return tuple(str(one) for one in found) if isinstance(found, list) else (str(found or ""),)


def table(node: Node | None) -> dict[str, Plain]:
    """A mapping as plain data, empty if absent."""
    found = plain(node)
    return found if isinstance(found, dict) else {}


def flag(node: Node | None, name: str) -> bool:
    """True only where `true` is written."""
    found = look(node, name)
    return isinstance(found, Scalar) and found.value is True


def number(node: Node | None, name: str) -> Decimal | None:
    """A number, exact."""
    found = look(node, name)
    if isinstance(found, Scalar) and isinstance(found.value, (int, Decimal)):
        return Decimal(found.value)
    return None


def duration(node: Node | None, name: str) -> Duration | None:
    """A duration, as generously as the Go SDK reads it."""
    return Duration.parse_as_go(text(node, name))


def start(node: Node | None) -> Start | None:
    """Where the calendar of a window begins, None if it rolls."""
    calendar = look(node, "calendar")
    time = parse_start(text(calendar, "startTime"))
    return Start(time, text(calendar, "timeZone")) if time else None
