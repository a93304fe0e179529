"""The schema of `leeway.dev/v1`: alert policies that OpenSLO cannot say, and who can be told."""

from __future__ import annotations

from collections.abc import Iterator

from leeway.core.alerting.policy import Of, Severity
from leeway.formats.openslo.parts import DESCRIPTION, METADATA, OPS, REFERENCE, document
from leeway.spec import codes
from leeway.spec.documents import LONGEST_TEXT, LONGEST_TITLE, Kind
from leeway.spec.policies import DEFAULT, PRESETS
from leeway.spec.schema.check import missing
from leeway.spec.schema.look import entry, is_empty, items, look, text
from leeway.spec.schema.rules import at_least, dns_label, exactly_one, length, one_of, whole
from leeway.spec.schema.shape import (
    Anything,
    Fault,
    Field,
    Items,
    Number,
    Record,
    ScalarRule,
    Share,
    Table,
    Text,
)
from leeway.spec.text import Mapping, Scalar

SPAN = Text((length(),))
TYPES: dict[str, tuple[str, ...]] = {
    "burnRate": ("long", "short", "op", "lastsFor"),
    "budgetLeft": ("op", "lastsFor"),
    "exhaustion": ("of", "over", "op", "lastsFor"),
    "budgetDrop": ("over", "op", "lastsFor"),
    "coverage": ("over", "op", "lastsFor"),
    "noData": ("lastsFor",),
}
"""What a condition is about, and what can be said beside it."""
NEEDED = {"burnRate": "long", "budgetDrop": "over", "coverage": "over"}

_FIELDS = (
    Field("burnRate", Number((at_least(0),))),
    Field("budgetLeft", Share(positive=False)),
    Field("exhaustion", SPAN),
    Field("budgetDrop", Share()),
    Field("coverage", Share()),
    Field("noData", SPAN),
    Field("long", SPAN),
    Field("short", SPAN),
    Field("over", SPAN),
    Field("of", Text((one_of(tuple(Of)),))),
    Field("op", Text((one_of(OPS),))),
    Field("lastsFor", SPAN),
)
_one_type = exactly_one(*TYPES)


def condition(node: Mapping) -> Iterator[Fault]:
    """One type, with what it needs and nothing that belongs to another."""
    yield from _one_type(node)
    types = [name for name in TYPES if look(node, name) is not None]
    if len(types) != 1:
        return
    (kind,) = types
    needed = NEEDED.get(kind)
    if needed and look(node, needed) is None:
        yield missing(needed, why=f"the span that `{kind}` looks at")
    for field in _FIELDS:
        if field.name in (kind, *TYPES[kind]) or (found := entry(node, field.name)) is None:
            continue
        message = f"`{field.name}` says nothing beside `{kind}`"
        hint = f"remove it; beside `{kind}` stand {', '.join(TYPES[kind])}"
        yield Fault(codes.FORBIDDEN, message, hint, (str(found.key.value),), on_key=True)


def group(node: Mapping) -> Iterator[Fault]:
    """One condition, or `all` of several."""
    several = look(node, "all")
    if several is None:
        yield from condition(node)
        return
    if not list(items(several)):
        yield Fault(codes.SLICE_MIN_LENGTH, "`all` must hold at least one condition, found 0", "", ("all",))
    for field in _FIELDS:
        if (found := entry(node, field.name)) is not None:
            message = f"`{field.name}` stands beside `all`, where it says nothing"
            key = (str(found.key.value),)
            yield Fault(codes.FORBIDDEN, message, "move it into the list of `all`", key, on_key=True)


def policy(node: Mapping) -> Iterator[Fault]:
    """Conditions and what they lead to; a preset brings its own, and the default set has two severities."""
    preset = text(node, "preset")
    if look(node, "conditions") is not None:
        if not list(items(node, "conditions")):
            yield Fault(codes.SLICE_MIN_LENGTH, "must hold at least one condition, found 0", "", ("conditions",))
        if not preset and is_empty(look(node, "severity")):
            yield missing("severity", why="page wakes a person, ticket does not")
    if preset == DEFAULT and look(node, "severity") is not None:
        message = "the default set has severities of its own: a fast burn pages, a slow burn opens a ticket"
        yield Fault(codes.FORBIDDEN, message, "remove it", ("severity",), on_key=True)
    for index, one in enumerate(items(node, "notify")):
        if is_empty(one):
            yield Fault(codes.REQUIRED, "the name of a Recipient is required", "", ("notify", index))


CONDITION = Record(_FIELDS, (condition,))
GROUP = Record((*_FIELDS, Field("all", Items(CONDITION))), (group,))
POLICY = Record(
    (
        DESCRIPTION,
        Field("severity", Text((one_of(tuple(Severity)),))),
        Field("cooldown", SPAN),
        Field("conditions", Items(GROUP)),
        Field("preset", Text((one_of(PRESETS),))),
        Field("notify", Items(REFERENCE)),
    ),
    (exactly_one("conditions", "preset"), policy),
)


def words(longest: int) -> ScalarRule:
    """A template that every message can be told by."""

    def rule(node: Scalar) -> Iterator[Fault]:
        from leeway.spec.template import flaw_in  # late: Jinja takes longer to load than most files to judge

        if flaw := flaw_in(str(node.value), longest):
            where = f"line {flaw.line} of the template: " if "\n" in str(node.value).strip() else ""
            yield Fault(codes.TEMPLATE_FLAW, where + flaw.message, flaw.hint)

    return rule


ESCALATION = Record((Field("to", REFERENCE, required=True), Field("after", SPAN)))
TEMPLATE = Record((Field("title", Text((words(LONGEST_TITLE),))), Field("text", Text((words(LONGEST_TEXT),)))))
RECIPIENT = Record(
    (
        DESCRIPTION,
        Field("channel", Text((dns_label,)), required=True),
        Field("settings", Table(Anything())),
        Field("people", Number((whole, at_least(1)))),
        Field("owner", Text()),
        Field("fallback", REFERENCE),
        Field("escalation", ESCALATION),
        Field("template", TEMPLATE),
    )
)

SCHEMA: dict[Kind, Record] = {
    Kind.ALERT_POLICY: document(METADATA, POLICY),
    Kind.RECIPIENT: document(METADATA, RECIPIENT),
}
