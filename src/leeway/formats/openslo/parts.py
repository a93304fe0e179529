"""Parts that the schemas of several versions share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leeway.spec import codes
from leeway.spec.schema.check import missing
from leeway.spec.schema.look import is_empty, look
from leeway.spec.schema.moments import start_time, time_zone
from leeway.spec.schema.rules import dns_label, exactly_one, max_length, one_of, pattern
from leeway.spec.schema.shape import Fault, Field, Flag, Items, Number, Record, Shape, Table, Text, Texts
from leeway.spec.text import Mapping, Scalar

OPS = ("lte", "gte", "lt", "gt")

_NAME = r"[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
_DNS = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"
_FORM = "letters, digits, `-`, `_` and `.`, a letter or digit at both ends, at most 63"
label_key = pattern(codes.STRING_MATCH_REGEXP, re.compile(_NAME), _FORM)
annotation_key = pattern(
    codes.STRING_MATCH_REGEXP,
    re.compile(rf"(?=.{{0,253}}/[^/]*\Z|[^/]*\Z)({_DNS}/)?{_NAME}"),
    f"{_FORM}; a DNS name in lower case and `/` may stand before",
)

DESCRIPTION = Field("description", Text((max_length(1050),)))
NAME = Field("name", Text((dns_label,)), required=True)
METADATA = Record(
    (
        NAME,
        Field("displayName", Text((max_length(63),))),
        Field("labels", Table(Texts(), (label_key,))),
        Field("annotations", Table(Text(), (annotation_key,))),
    )
)
REFERENCE = Text((dns_label,))
CALENDAR = Record((Field("startTime", Text((start_time,))), Field("timeZone", Text((time_zone,)))))


def document(metadata: Record, spec: Shape, *, spec_required: bool = True) -> Record:
    """A whole document: header, metadata, spec."""
    return Record(
        (
            Field("apiVersion", Text()),
            Field("kind", Text()),
            Field("metadata", metadata, required=True),
            Field("spec", spec, required=spec_required),
        )
    )


def inlined(reference: str, kind: str, metadata: Record, spec: Record) -> Record:
    """An item that is either `{reference: name}` or a whole object of `kind`, without apiVersion."""

    def whole(node: Mapping) -> Iterator[Fault]:
        given = look(node, reference)
        if given is not None and is_empty(given):
            yield missing(reference)
        if look(node, "spec") is None or given is not None:
            return
        for name in ("kind", "metadata", "spec"):
            if is_empty(look(node, name)):
                yield missing(name, why=f"of the inlined {kind}")
        found = look(node, "kind")
        if isinstance(found, Scalar) and found.value not in ("", kind):
            yield Fault(codes.EQUAL_TO, f"must be {kind}, found `{found.text}`", f"write `{kind}`", ("kind",))

    return Record(
        (
            Field(reference, REFERENCE),
            Field("kind", Text()),
            Field("metadata", metadata),
            Field("spec", spec),
        ),
        (exactly_one(reference, "spec"), whole),
    )


def window_shape(*fields: Field) -> Record:
    """A time window: `fields`, and rolling or with a calendar."""

    def rolling_or_calendar(node: Mapping) -> Iterator[Fault]:
        rolling, calendar = look(node, "isRolling"), look(node, "calendar")
        is_rolling = isinstance(rolling, Scalar) and rolling.value is True
        if isinstance(rolling, Scalar) and not isinstance(rolling.value, bool):
            return  # what it means is not known; its type is told already
        if is_rolling and calendar is not None:
            message = "a rolling window has no calendar"
            yield Fault(codes.CALENDAR, message, "remove `calendar`, or set `isRolling: false`", ("calendar",))
        elif not is_rolling and calendar is None:
            message = "a window is rolling, or it has a calendar; this one has neither"
            yield Fault(codes.CALENDAR, message, "add `isRolling: true`, or `calendar:` with startTime and timeZone")
        for name, form in (("startTime", "YYYY-MM-DD HH:MM:SS"), ("timeZone", "a name such as Europe/Berlin")):
            code = codes.STRING_DATE_TIME if name == "startTime" else codes.STRING_TIME_ZONE
            if calendar is not None and is_empty(look(calendar, name)):
                yield Fault(code, f"`{name}` is required in a calendar: {form}", f"add `{name}:`", ("calendar", name))

    return Record((*fields, Field("isRolling", Flag()), Field("calendar", CALENDAR)), (rolling_or_calendar,))


def alerting(metadata: Record, duration: Shape, *, alert_after_required: bool) -> tuple[Record, Record, Record]:
    """The specs of AlertPolicy, AlertCondition and AlertNotificationTarget."""
    burn_rate = Record(
        (
            Field("kind", Text((one_of(("burnrate",)),)), required=True),
            Field("op", Text((one_of(OPS),)), required=True),
            Field("threshold", Number(), required=True),
            Field("lookbackWindow", duration, required=True),
            Field("alertAfter", duration, required=alert_after_required),
        )
    )
    condition = Record(
        (DESCRIPTION, Field("severity", Text(), required=True), Field("condition", burn_rate, required=True))
    )
    target = Record((DESCRIPTION, Field("target", Text(), required=True)))
    policy = Record(
        (
            DESCRIPTION,
            Field("alertWhenNoData", Flag()),
            Field("alertWhenResolved", Flag()),
            Field("alertWhenBreaching", Flag()),
            Field("conditions", Items(inlined("conditionRef", "AlertCondition", metadata, condition), 1, 1)),
            Field(
                "notificationTargets",
                Items(inlined("targetRef", "AlertNotificationTarget", metadata, target), 1),
            ),
        )
    )
    return policy, condition, target
