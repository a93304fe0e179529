"""The one walker: holds a tree against a schema and reports every fault at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from leeway.spec import codes
from leeway.spec.nearest import did_you_mean
from leeway.spec.quantity import share_of
from leeway.spec.schema.look import entry, is_empty, is_null
from leeway.spec.schema.shape import (
    Anything,
    Fault,
    Field,
    Flag,
    Items,
    Level,
    Number,
    Record,
    Shape,
    Share,
    Table,
    Text,
    Texts,
)
from leeway.spec.text.tree import Entry, Mapping, Node, Scalar, Sequence

_WANTED = {
    Text: "text",
    Number: "a number",
    Share: "a share such as 20% or 0.2",
    Flag: "true or false",
    Texts: "text or a list of texts",
}


def check(shape: Shape, node: Node) -> Iterator[Fault]:
    """Every fault of `node`. Null is absent, and what is absent has no fault here: `Field.required` asks for it."""
    if isinstance(shape, Anything) or is_null(node):
        return
    match shape, node:
        case Record(), Mapping():
            yield from _record(shape, node)
        case Table(), Mapping():
            yield from _table(shape, node)
        case Items(), Sequence():
            yield from _items(shape, node)
        case Texts(), Sequence():
            yield from _items(Items(Text()), node)
        case _, Scalar():
            yield from _scalar(shape, node)
        case _:
            yield _wrong_type(shape, node)


def _scalar(shape: Shape, node: Scalar) -> Iterator[Fault]:
    match shape, node.value:
        case Text(), str():
            if node.value != "":
                for rule in shape.rules:
                    yield from rule(node)
        case (Flag(), bool()) | (Texts(), str()):
            return
        case Number(), int() | Decimal() if not isinstance(node.value, bool):
            yield from _number(shape, node)
        case Share(), str() | int() | Decimal() if (share := share_of(node.value)) is not None:
            yield from _share(shape, share, node)
        case _:
            yield _wrong_type(shape, node)


def _record(shape: Record, node: Mapping) -> Iterator[Fault]:
    there = {_word(one): one for one in node.entries}
    known = {field.name for field in shape.fields}
    strange = [key for key in there if key not in known]
    if strange:
        yield from _strange(shape, strange)
    for field in shape.fields:
        yield from _field(field, entry(node, field.name) if strange else there.get(field.name))
    for rule in shape.rules:
        yield from rule(node)


def _word(one: Entry) -> str:
    return one.key.value if isinstance(one.key.value, str) else one.key.text


def _strange(shape: Record, keys: list[str]) -> Iterator[Fault]:
    known = [field.name for field in shape.fields]
    folded = {name.lower(): name for name in known}
    for key in keys:
        if key.lower() in folded:
            name = folded[key.lower()]
            yield Fault(
                codes.KEY_CASE,
                f"`{key}` is spelled `{name}`; the Go SDK takes any case, YAML does not",
                f"write `{name}`",
                (key,),
                Level.TEXT,
                on_key=True,
            )
        else:
            hint = did_you_mean(key, known) or f"known here: {', '.join(known)}"
            yield Fault(codes.UNKNOWN_FIELD, f"unknown field `{key}`", hint, (key,), on_key=True)


def _field(field: Field, found: Entry | None) -> Iterator[Fault]:
    value = found.value if found else None
    if isinstance(field.shape, Items) and is_null(value):
        yield from _length(field.shape, 0, field.name)
    elif field.required and _lacks(field.shape, found):
        yield missing(field.name)
    elif value is not None and found is not None:
        for fault in check(field.shape, value):
            yield fault.under(_word(found))


def _lacks(shape: Shape, found: Entry | None) -> bool:
    if found is None:
        return True
    if isinstance(shape, Anything):
        return False
    return is_null(found.value) if isinstance(shape, Table) and shape.least else is_empty(found.value)


def missing(*path: str | int, why: str = "", level: Level = Level.SDK) -> Fault:
    """The fault of a field that must be there and is absent or empty; `path` ends in its name."""
    reason = f": {why}" if why else ""
    return Fault(codes.REQUIRED, f"`{path[-1]}` is required{reason}", f"add `{path[-1]}:`", path, level)


def _table(shape: Table, node: Mapping) -> Iterator[Fault]:
    if len(node.entries) < shape.least:
        yield Fault(codes.MAP_MIN_LENGTH, "must hold at least one entry", "say what to ask the source for")
    for one in node:
        key = _word(one)
        for rule in shape.key_rules:
            for fault in rule(key):
                yield fault.under(key)
        if is_null(one.value) and isinstance(shape.value, Text):
            continue
        for fault in check(shape.value, one.value):
            yield fault.under(key)


def _items(shape: Items, node: Sequence) -> Iterator[Fault]:
    yield from _length(shape, len(node.items))
    for index, item in enumerate(node):
        # a null item of a list of records is an empty record to Go, so its rules are asked too
        judged = Mapping((), item.mark) if is_null(item) and isinstance(shape.item, Record) else item
        for fault in check(shape.item, judged):
            yield fault.under(index)


def _length(shape: Items, count: int, name: str = "") -> Iterator[Fault]:
    at = (name,) if name else ()
    if shape.most == shape.least and count != shape.least:
        many = "item" if shape.least == 1 else "items"
        message = f"must hold exactly {shape.least} {many}, found {count}"
        yield Fault(codes.SLICE_LENGTH, message, "", at, shape.level)
    elif count < shape.least:
        message = f"must hold at least {shape.least}, found {count}"
        yield Fault(codes.SLICE_MIN_LENGTH, message, "", at, shape.level)


def _number(shape: Number, node: Scalar) -> Iterator[Fault]:
    if isinstance(node.value, Decimal) and not node.value.is_finite():
        yield Fault(codes.NOT_FINITE, f"`{node.text}` is not a number that JSON or the SDK can carry", "write a number")
        return
    for rule in shape.rules:
        yield from rule(node)


def _share(shape: Share, share: Fraction, node: Scalar) -> Iterator[Fault]:
    if share > 1:
        hint = f"{node.text} % is `{node.text}%`" if not isinstance(node.value, str) and share <= 100 else ""
        yield Fault(codes.LESS_THAN_OR_EQUAL_TO, f"a share is at most 100 %, found {node.text}", hint)
    elif shape.positive and share <= 0:
        yield Fault(codes.GREATER_THAN, f"must be above 0, found {node.text}", "for example `20%`")


def _wrong_type(shape: Shape, node: Node) -> Fault:
    wanted = _WANTED.get(type(shape), "a list" if isinstance(shape, Items) else "a mapping of keys and values")
    hint = ""
    if isinstance(node, Scalar):
        if isinstance(shape, (Text, Texts)):
            hint = f'put it in quotes: "{node.text}"'
        elif isinstance(shape, (Number, Flag)) and isinstance(node.value, str):
            hint = "write it without quotes"
        elif isinstance(shape, Items):
            hint = "start the line below with `- `"
    elif isinstance(node, Mapping) and isinstance(shape, Items):
        hint = "make it a list: put `- ` before the first key"
    return Fault(codes.WRONG_TYPE, f"must be {wanted}, found {kind_of(node)}", hint)


def kind_of(node: Node) -> str:
    """What a value is, in a reader's words."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.value is None:
        return "nothing"
    shown = node.text if len(node.text) <= 40 else node.text[:37] + "…"
    if isinstance(node.value, bool):
        return f"the boolean `{shown}`"
    return f"the text `{shown}`" if isinstance(node.value, str) else f"the number `{shown}`"
