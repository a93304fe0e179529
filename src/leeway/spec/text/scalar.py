"""What a plain scalar means: the core schema of YAML 1.2, with exact numbers.

`true`, `false` and `null` are the only words with a meaning; `no`, `on`, `017`, `1:30`, `1_000` and dates are text,
as they look. A number is an int or a Decimal, never a float. Source: YAML 1.2.2, section 10.3; leading zeros are
left as text because YAML 1.1, 1.2 and JSON read them in three ways.
"""

from __future__ import annotations

import re
from decimal import Decimal

Value = bool | int | Decimal | str | None

LARGEST_EXPONENT = 308  # of a double, which is what every other tool reads the number into

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?")
_SPECIAL = {
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), Decimal("Infinity")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), Decimal("-Infinity")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), Decimal("NaN")),
}
_NUMBER_STARTS = frozenset("0123456789+-.")


class NumberTooLong(ValueError):
    """A number with more digits than anybody needs."""


class NumberOutOfRange(ValueError):
    """A number other tools cannot hold: they would read infinity, or zero."""


def resolve(text: str, digits: int) -> Value:
    """The value of a plain scalar; raises `NumberTooLong` or `NumberOutOfRange` for a number nobody can mean."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if text in _SPECIAL:
        return _SPECIAL[text]
    for pattern, base in ((_INT, 10), (_OCTAL, 8), (_HEX, 16)):
        if pattern.fullmatch(text):
            _check_length(text, digits)
            return int(text, base) if base == 10 else int(text[2:], base)
    return _decimal(text, digits)


def _decimal(text: str, digits: int) -> Decimal | str:
    match = _FLOAT.fullmatch(text)
    if match is None:
        return text
    _check_length(text, digits)
    number = match.group(1)
    if number and abs(int(number)) > 2 * LARGEST_EXPONENT:
        raise NumberOutOfRange
    value = Decimal(text)
    if value and abs(value.adjusted()) > LARGEST_EXPONENT:
        raise NumberOutOfRange
    return value


def _check_length(text: str, digits: int) -> None:
    spare = len("-0.e+308")
    if len(text) > digits + spare or sum(character.isalnum() for character in text) > digits:
        raise NumberTooLong
