"""What all verbs share when they answer: exit codes, the choice of format, JSON, colour."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

Command = TypeVar("Command", bound=Callable[..., Any])

PLAIN_WIDTH = 160  # columns of a table that goes to a file or a pipe, where nothing says how wide it may be
READABLE = 96


class Exit(IntEnum):
    """How a command ended; the same for every verb."""

    FINE = 0
    COULD_NOT_RUN = 1
    USAGE = 2
    FINDINGS = 3  # findings of severity error, changes of plan and diff, a gate that failed
    CANNOT_DECIDE = 4  # no data, or too little
    INTERRUPTED = 130


def output_option(*formats: str) -> Callable[[Command], Command]:
    """The option `-o`; its value arrives as `output`, the first format is the default."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print the answer.",
    )


def write_json(value: Any, stream: IO[str] | None = None) -> None:
    """One JSON document and a line end. NaN and infinity are refused: missing is null, and says why beside it.

    Decimals become numbers; datetimes must be aware and are written in UTC, as RFC 3339.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2, default=_as_json)
    click.echo(text, file=stream)


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} has no form in JSON")
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def colour_refused() -> bool:
    """Whether the person switched colour off (https://no-color.org) or has a terminal that knows none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def colour_wanted(stream: IO[str]) -> bool:
    """Colour only for a person at a terminal, never for a file or a pipe."""
    return stream.isatty() and not colour_refused()


def console(*, stderr: bool = False) -> Console:
    """A Rich console for tables; text is never taken for markup, and a pipe gets wide plain lines."""
    from rich.console import Console  # late: a verb without tables need not wait for it

    stream = sys.stderr if stderr else sys.stdout
    wanted = colour_wanted(stream)
    return Console(
        stderr=stderr,
        no_color=not wanted,
        width=None if stream.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )


def wrapped(text: str, first: str, rest: str, width: int = READABLE) -> list[str]:
    """Lines of a readable length; names and queries are not broken, nor is a figure parted from its unit."""
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
