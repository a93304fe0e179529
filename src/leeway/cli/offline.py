"""What the offline verbs share: the table of points, how long its rows last, and telling what was set aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from leeway.errors import Invalid
from leeway.formats import points_csv
from leeway.spec.duration import Duration
from leeway.spec.nearest import did_you_mean

Command = TypeVar("Command", bound=Callable[..., Any])

SHOWN = 10
"""Quarantined lines named one by one before the rest are counted."""


def points_option(command: Command) -> Command:
    """`--points`: the path of a CSV."""
    return click.option(
        "--points", required=True, type=click.Path(dir_okay=False), help="CSV: time,slo,good,total and others."
    )(command)


def step_option(command: Command) -> Command:
    """`--step`: arrives in seconds."""
    return click.option(
        "--step",
        default="1m",
        show_default=True,
        callback=lambda _context, _option, text: _step(text),
        help="How long a row of the CSV lasts: 10s, 1m, 1h, …",
    )(command)


def read_points(path: str) -> points_csv.Table:
    """The table. Raises Invalid if it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return points_csv.read(file, path)
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror or error}", place=path, mend="check the path") from error


def tell_refused(
    points: str, lines: Sequence[points_csv.Refused], unknown: Sequence[str], known: Iterable[str]
) -> None:
    """Names on standard error what was set aside, and SLOs that nobody defined."""
    for line in lines[:SHOWN]:
        click.echo(f"{points}:{line.line}: set aside: {line.message}", err=True)
    if len(lines) > SHOWN:
        click.echo(f"{points}: {len(lines) - SHOWN:,} more lines were set aside", err=True)
    names = list(known)
    for slo in unknown[:SHOWN]:
        near = did_you_mean(slo, names)
        click.echo(f"{points}: no SLO {slo!r} is defined, its rows are ignored{f'; {near}' if near else ''}", err=True)
    if len(unknown) > SHOWN:
        click.echo(f"{points}: {len(unknown) - SHOWN:,} more SLOs are not defined", err=True)


def _step(text: str) -> int:
    form = re.fullmatch(r"([1-9]\d{0,6})s", text)
    length = Duration.parse(text)
    if form is None and length is None:
        raise click.BadParameter(f"{text!r} is no length of time; write for example 10s, 1m or 1h", param_hint="--step")
    return int(form[1]) if form else length.seconds if length else 0
