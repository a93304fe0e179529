"""Numbers as people say them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def count(number: int, one: str, many: str = "") -> str:
    """`1 objective`, `2 objectives`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: Fraction, digits: int = 6) -> str:
    """A share in per cent, with at most so many digits; of large ones all before the point.

    >>> percent(Fraction(999, 1000)), percent(Fraction(1, 3)), percent(Fraction(264, 10), 3)
    ('99.9 %', '33.3333 %', '2,640 %')
    """
    value = float(share * 100)
    return f"{value:,.0f} %" if abs(value) >= 10**digits else f"{value:.{digits}g} %"


_PERCENT = re.compile(r"(-?[0-9]{1,9}(?:\.[0-9]{1,9})?) ?%")


def share_of(value: object) -> Fraction | None:
    """The share that a number, or a text in per cent, says exactly; None for anything else.

    >>> share_of("20%"), share_of(Decimal("0.2")), share_of("20")
    (Fraction(1, 5), Fraction(1, 5), None)
    """
    if isinstance(value, str):
        found = _PERCENT.fullmatch(value)
        return Fraction(found[1]) / 100 if found else None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Fraction(value) if Decimal(value).is_finite() else None


def span(seconds: Fraction | int) -> str:
    """A span of time in its two largest units.

    >>> span(2419200), span(Fraction(241920, 100)), span(90), span(0)
    ('28 days', '40 minutes 19 seconds', '1 minute 30 seconds', '0 seconds')
    """
    left = round(seconds)
    if left == 0:
        return "0 seconds" if seconds == 0 else f"{float(seconds):.2g} seconds"
    words: list[str] = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            words.append(count(number, unit))
        elif words:
            break
        if len(words) == 2:
            break
    return " ".join(words)


def one_in(share: Fraction) -> str:
    """A small share as people say it.

    >>> one_in(Fraction(1, 1000)), one_in(Fraction(3, 100)), one_in(Fraction(123456, 1000000)), one_in(Fraction(0))
    ('1 in 1,000', '3 in 100', 'about 1 in 8', 'none')
    """
    if share == 0:
        return "none"
    if share.numerator <= 10:
        return f"{share.numerator:,} in {share.denominator:,}"
    return f"about 1 in {round(1 / share):,}" if share < Fraction(1, 2) else f"{percent(share)}"
