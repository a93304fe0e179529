"""Parameters as Prometheus takes them: of the address and of a form, times, steps; what it does not know is ignored."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.requests import Request

from leeway.errors import Invalid

MOST_STEPS = 11_000
LATEST = 1e11
"""Epoch seconds beyond this are no time that is meant."""

_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_UNITS = (31_536_000, 604_800, 86_400, 3_600, 60, 1, 0.001)


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent, by name: that of the body before that of the address."""

    values: Mapping[str, Sequence[str]]

    def text(self, name: str) -> str:
        """The first of this name, "" without one."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> Sequence[str]:
        """All of this name."""
        return self.values.get(name, ())

    def time(self, name: str, default: float | None = None) -> float:
        """Epoch seconds of a number or an RFC 3339 time. Raises Invalid."""
        text = self.text(name)
        if not text and default is not None:
            return default
        seconds = _number(text)
        if seconds is None:
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                moment = None
            seconds = moment.timestamp() if moment is not None and moment.tzinfo else None
        if seconds is None or not math.isfinite(seconds) or abs(seconds) > LATEST:
            raise Invalid(f'invalid parameter "{name}": cannot parse "{text}" to a valid timestamp')
        return round(seconds, 3)

    def step(self) -> float:
        """Seconds of a number or a duration as 1h30m. Raises Invalid."""
        text = self.text("step")
        seconds = _number(text)
        if seconds is None:
            found = _DURATION.fullmatch(text)
            if found is None or not text:
                raise Invalid(f'invalid parameter "step": cannot parse "{text}" to a valid duration')
            seconds = sum(int(part) * unit for part, unit in zip(found.groups("0"), _UNITS, strict=True))
        if not math.isfinite(seconds) or seconds > LATEST:
            raise Invalid(f'invalid parameter "step": cannot parse "{text}" to a valid duration. It overflows int64')
        if seconds < 0.001:
            fault = "zero or negative query resolution step widths are not accepted. Try a positive integer"
            raise Invalid(f'invalid parameter "step": {fault}')
        return seconds

    def moments(self) -> list[float]:
        """Every step from `start` to `end`, both included, to the millisecond. Raises Invalid."""
        start, end = self.time("start"), self.time("end")
        if end < start:
            raise Invalid('invalid parameter "end": end timestamp must not be before start time')
        step = self.step()
        if (end - start) / step > MOST_STEPS:
            fault = "exceeded maximum resolution of 11,000 points per timeseries."
            raise Invalid(f"{fault} Try decreasing the query resolution (?step=XX)")
        first, last, each = (round(seconds * 1000) for seconds in (start, end, step))
        return [moment / 1000 for moment in range(first, last + 1, each)]


async def form_of(request: Request) -> Form:
    """The parameters of a request. Raises Invalid for a body that is no form."""
    values: dict[str, list[str]] = {}
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        try:
            pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=1_000) + pairs
        except ValueError as error:
            raise Invalid(f"error parsing form values: {error}") from None
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return Form(values)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
