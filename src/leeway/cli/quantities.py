"""Quantities as people type them: shares, lengths of time, rates."""

from __future__ import annotations

import re
from fractions import Fraction

import click

from leeway.spec.duration import Duration

PER_HOUR = {"s": 3_600.0, "m": 60.0, "h": 1.0, "d": 1 / 24}


class Share(click.ParamType[Fraction]):
    """`0.01` or `1%`, exactly; between 0 and 1, these two only where they are said to be allowed."""

    name = "share"

    def __init__(self, *, what: str = "such share", none: bool = False, all_: bool = False) -> None:
        self._what, self._none, self._all = what, none, all_

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """The share."""
        text = str(value)
        try:
            share = Fraction(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
        except (ValueError, ZeroDivisionError):
            share = Fraction(-1)
        if not (0 < share < 1 or (share == 0 and self._none) or (share == 1 and self._all)):
            self.fail(f"{text!r} is no {self._what}; write for example 0.01 or 1%", param, ctx)
        return share


class Length(click.ParamType[Duration]):
    """`30d`, `4w`, `30m`."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Duration:
        """The length."""
        length = value if isinstance(value, Duration) else Duration.parse(str(value))
        if length is None or length.seconds <= 0:
            self.fail(f"{value!r} is no length of time; write for example 30d or 30m", param, ctx)
        return length


class Rate(click.ParamType[float]):
    """`4/h`, `20/s`: arrives in events an hour."""

    name = "rate"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Events an hour."""
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)/([smhd])", str(value).strip())
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is no rate; write for example 4/h, 20/s or 500/d", param, ctx)
        return float(found[1]) * PER_HOUR[found[2]]
