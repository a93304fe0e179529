"""Rules that a schema is made of: for single values, for keys, and for the fields of a record together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from leeway.spec import codes
from leeway.spec.duration import GO_FORM, Duration, Unit
from leeway.spec.nearest import did_you_mean
from leeway.spec.schema.look import look
from leeway.spec.schema.shape import Fault, KeyRule, Level, RecordRule, ScalarRule
from leeway.spec.text.tree import Mapping, Scalar

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_INT64 = 2**63


def dns_label(node: Scalar) -> Iterator[Fault]:
    """1–63 of a-z, 0-9 and `-`, a letter or digit at both ends (RFC 1123)."""
    value = str(node.value)
    if len(value) > 63:
        message = f"a name has at most 63 letters, this one has {len(value)}"
        yield Fault(codes.STRING_DNS_LABEL, message, f"for example `{value[:63].rstrip('-')}`")
    elif not _LABEL.fullmatch(value):
        better = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", value).lower()).strip("-")
        hint = f"for example `{better}`" if better else ""
        message = f"a name is made of a-z, 0-9 and `-`, with a letter or digit at both ends; found {value!a}"
        yield Fault(codes.STRING_DNS_LABEL, message, hint)


def max_length(most: int) -> ScalarRule:
    """At most so many characters (not bytes)."""

    def rule(node: Scalar) -> Iterator[Fault]:
        if (length := len(str(node.value))) > most:
            message = f"at most {most} characters are allowed, found {length}"
            yield Fault(codes.STRING_MAX_LENGTH, message, f"remove {length - most}")

    return rule


def one_of(choices: Collection[str], level: Level = Level.SDK) -> ScalarRule:
    """One of the words, in the case given."""

    def rule(node: Scalar) -> Iterator[Fault]:
        value = str(node.value)
        if value not in choices:
            message = f"`{value}` is not one of: {', '.join(choices)}"
            yield Fault(codes.ONE_OF, message, did_you_mean(value, choices), level=level)

    return rule


def at_least(low: int, level: Level = Level.SDK) -> ScalarRule:
    """The number is `low` or more."""

    def rule(node: Scalar) -> Iterator[Fault]:
        if _number(node) < low:
            yield Fault(codes.GREATER_THAN_OR_EQUAL_TO, f"must be {low} or more, found {node.text}", level=level)

    return rule


def above(low: int, level: Level = Level.SDK) -> ScalarRule:
    """The number is more than `low`."""

    def rule(node: Scalar) -> Iterator[Fault]:
        if _number(node) <= low:
            yield Fault(codes.GREATER_THAN, f"must be above {low}, found {node.text}", level=level)

    return rule


def below(high: int, level: Level = Level.SDK) -> ScalarRule:
    """The number is less than `high`."""

    def rule(node: Scalar) -> Iterator[Fault]:
        value = _number(node)
        if value >= high:
            hint = ""
            if high == 1 and 1 < value < 100:
                hint = f"`target` is a share: {node.text} % is `targetPercent: {node.text}` or `{value / 100}`"
            elif value == high:
                hint = (
                    "100 % leaves no error budget; 0.999 is a usual target" if high == 1 else "99.9 is a usual target"
                )
            yield Fault(codes.LESS_THAN, f"must be below {high}, found {node.text}", hint, level=level)

    return rule


def at_most(high: int, level: Level = Level.SDK) -> ScalarRule:
    """The number is `high` or less."""

    def rule(node: Scalar) -> Iterator[Fault]:
        if _number(node) > high:
            yield Fault(codes.LESS_THAN_OR_EQUAL_TO, f"must be {high} or less, found {node.text}", level=level)

    return rule


def whole(node: Scalar) -> Iterator[Fault]:
    """The number has no fraction."""
    if _number(node) % 1 != 0:
        yield Fault(codes.WRONG_TYPE, f"must be a whole number, found {node.text}")


def _number(node: Scalar) -> Decimal:
    return Decimal(node.value) if isinstance(node.value, (int, Decimal)) else Decimal(0)


def duration(units: str = "mhdwMQY") -> ScalarRule:
    """A whole number above 0 and one unit. What the Go SDK reads besides is refused by the text of OpenSLO."""

    def rule(node: Scalar) -> Iterator[Fault]:
        value = str(node.value)
        loose = GO_FORM.match(value)
        if loose is None or loose["unit"] not in units or int(loose["count"]) >= _INT64:
            message = f"`{value}` is no duration: a whole number and one of {', '.join(units)}"
            yield Fault(codes.DURATION, message, _mend(value, units))
        elif int(loose["count"]) < 0:
            yield Fault(
                codes.DURATION, f"`{value}` is negative", f"for example `{abs(int(loose['count']))}{loose['unit']}`"
            )
        elif int(loose["count"]) == 0:
            yield Fault(codes.DURATION, f"`{value}` is no time at all", "for example `5m`", level=Level.TEXT)
        elif value.startswith("0") and Duration.parse(value.lstrip("0")):
            yield Fault(
                codes.LEADING_ZERO, f"`{value}` begins with a zero", f"write `{value.lstrip('0')}`", (), Level.ADVICE
            )
        elif Duration.parse(value) is None:
            read = f"{int(loose['count'])}{loose['unit']}"
            message = f"{value!a} is no duration; the Go SDK reads it as `{read}`"
            level = Level.MISREAD if loose.end() < len(value.rstrip()) else Level.TEXT
            yield Fault(codes.DURATION, message, f"write `{read}`, if that is meant", level=level)

    return rule


def length(units: str = "mhdw") -> ScalarRule:
    """A duration in a language of Leeway's own, where nobody reads more than the exact form."""

    def rule(node: Scalar) -> Iterator[Fault]:
        value = str(node.value)
        found = Duration.parse(value)
        if found is None or found.unit not in units or found.count >= _INT64:
            message = f"`{value}` is no duration: a whole number above 0 and one of {', '.join(units)}"
            yield Fault(codes.DURATION, message, _mend(value, units) or "for example `5m`, `1h`, `3d`")

    return rule


def _mend(value: str, units: str) -> str:
    if (found := re.fullmatch(r"\s*([0-9]+)h([0-9]+)m\s*", value)) and (minutes := int(found[1]) * 60 + int(found[2])):
        return f"write `{minutes}m`"
    if (found := re.fullmatch(r"\s*([0-9]+)s(ec.*)?\s*", value)) is not None:
        return "the shortest unit is a minute: `1m`"
    if (found := re.fullmatch(r"\s*([1-9][0-9]*)\s*([A-Za-z]+)\s*", value)) is not None:
        unit = Unit.named(found[2])
        return f"did you mean `{found[1]}{unit}`?" if unit and unit in units else ""
    if re.fullmatch(r"[0-9]+", value):
        return f"say of what: `{value}m` are minutes, `{value}d` days"
    return "for example `5m`, `1h`, `28d`, `1M`"


def pattern(code: codes.Code, form: re.Pattern[str], message: str) -> KeyRule:
    """A key of the form; `message` says which."""

    def rule(key: str) -> Iterator[Fault]:
        if not form.fullmatch(key):
            yield Fault(code, f"{key!a}: {message}", on_key=True)

    return rule


def exactly_one(*names: str) -> RecordRule:
    """One of the fields, and only one."""

    def rule(node: Mapping) -> Iterator[Fault]:
        given = [name for name in names if look(node, name) is not None]
        if not given:
            yield Fault(codes.MUTUALLY_EXCLUSIVE, f"one of {_listed(names)} must be set, found none")
        elif len(given) > 1:
            message = f"{_listed(given)} exclude each other"
            yield Fault(codes.MUTUALLY_EXCLUSIVE, message, "keep one of them")

    return rule


def _listed(names: Collection[str]) -> str:
    *first, last = (f"`{name}`" for name in names)
    return f"{', '.join(first)} and {last}" if first else last
