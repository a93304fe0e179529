"""Rules for start times and time zones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from leeway.spec import codes
from leeway.spec.nearest import did_you_mean
from leeway.spec.schema.shape import Fault, Level
from leeway.spec.text.tree import Scalar

_EXACT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
# Go's layout also takes an hour of one digit and a fraction of a second
_GO = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}) (?P<hour>[0-9]{1,2})(?P<rest>:[0-9]{2}:[0-9]{2})([.,][0-9]+)?")


def parse_start(text: str) -> datetime | None:
    """The wall-clock time a text says, whole seconds, without a zone; None if it says none."""
    found = _GO.fullmatch(text)
    if found is None:
        return None
    try:
        return datetime.strptime(f"{found['day']} {found['hour']:0>2}{found['rest']}", "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 — wall-clock time on purpose: the zone is another field
    except ValueError:
        return None


def start_time(node: Scalar) -> Iterator[Fault]:
    """`YYYY-MM-DD HH:MM:SS`, a moment that exists."""
    value = str(node.value)
    if parse_start(value) is None:
        yield Fault(codes.STRING_DATE_TIME, f"`{value}` is no `YYYY-MM-DD HH:MM:SS`", _mend(value))
    elif not _EXACT.fullmatch(value):
        message = f"`{value}` is no `YYYY-MM-DD HH:MM:SS`, though the Go SDK reads it"
        yield Fault(codes.STRING_DATE_TIME, message, f'write "{parse_start(value)}"', level=Level.TEXT)


def _mend(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return 'for example "2026-01-01 00:00:00"'
    zone = "; the zone belongs into `timeZone`" if moment.tzinfo else ""
    return f'write "{moment.replace(tzinfo=None, microsecond=0)}"{zone}'


def is_zone(name: str) -> bool:
    """True for a name of the IANA database, spelled exactly."""
    if name in ("", "Local", "localtime", "posixrules") or name.startswith(("/", ".")):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, such as `America`
        return False
    return True


def time_zone(node: Scalar) -> Iterator[Fault]:
    """A name of the IANA database."""
    value = str(node.value)
    if not is_zone(value):
        hint = did_you_mean(value, _zones()) or "for example `UTC` or `Europe/Berlin`"
        yield Fault(codes.STRING_TIME_ZONE, f"`{value}` is no time zone of the IANA database", hint)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
