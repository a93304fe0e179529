"""What the offline verbs share: the definitions, their table of points, and telling what was set aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from leeway.cli.definitions import read_library
from leeway.errors import Invalid
from leeway.formats.points import Table, read_csv
from leeway.spec.duration import Duration
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.plan import Plan, compile_all
from leeway.spec.rows import Refused

Command = TypeVar("Command", bound=Callable[..., Any])

PARQUET = b"PAR1"
"""How every Parquet file begins."""

SHOWN = 10
"""Quarantined lines named one by one before the rest are counted."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Where definitions and points come from, as the options of a verb said; nothing is read yet."""

    files: tuple[str, ...]
    points: str | None

    @property
    def named(self) -> bool:
        """Whether points were asked for at all."""
        return self.points is not None


@dataclass(frozen=True, slots=True)
class Given:
    """Definitions and what is known of their past. `name` is what messages call the table."""

    library: Library
    plans: tuple[Plan, ...]
    table: Table
    name: str

    def tell(self, refused: Sequence[Refused], unknown: Sequence[str]) -> None:
        """Names on standard error what was set aside, and SLOs that nobody defined."""
        tell_refused(self.name, refused)
        known = [plan.slo for plan in self.plans]
        for slo in unknown[:SHOWN]:
            near = did_you_mean(slo, known)
            said = f"{self.name}: no SLO {slo!r} is defined, its rows are ignored{f'; {near}' if near else ''}"
            click.echo(said, err=True)
        if len(unknown) > SHOWN:
            click.echo(f"{self.name}: {len(unknown) - SHOWN:,} more SLOs are not defined", err=True)


def points_options(command: Command) -> Command:
    """`-f` and the ways to points, of which a verb takes one: they arrive together as `supply`, a `Supply`."""

    @wraps(command)
    def with_supply(*args: Any, files: tuple[str, ...], points: str | None, **others: Any) -> Any:
        return command(*args, supply=Supply(files, points), **others)

    options = (
        click.option("-f", "--file", "files", multiple=True, metavar="PATH", help="OpenSLO file or folder."),
        click.option(
            "--points", type=click.Path(dir_okay=False), help="CSV or Parquet: time,slo,good,total and others."
        ),
    )
    wrapped: Any = with_supply
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]  # click's options return what they were given


def step_option(command: Command) -> Command:
    """`--step`: arrives in seconds."""
    return click.option(
        "--step",
        default="1m",
        show_default=True,
        callback=lambda _context, _option, text: _step(text),
        help="How long a row of the points lasts: 10s, 1m, 1h, …",
    )(command)


def read_given(supply: Supply, step_s: int) -> Given:
    """The definitions and their points, rows of `step_s` seconds.

    Raises Invalid if they cannot be read or define no SLO, UsageError unless the options name one way to points.
    """
    del step_s  # what is read from a file has rows of its own
    if not supply.files:
        raise click.UsageError("Say which SLOs: -f PATH.")
    library = read_library(supply.files)
    plans = tuple(compile_all(library.slos, library))
    if not plans:
        mend = "give a file with a document of kind SLO"
        raise Invalid("no SLO is defined here", place=", ".join(supply.files), mend=mend)
    name, table = read_table(supply)
    return Given(library, plans, table, name)


def read_table(supply: Supply) -> tuple[str, Table]:
    """The points alone, and what messages call them. Raises as `read_given`."""
    if supply.points is None:
        raise click.UsageError("Say where the points are: --points FILE.")
    try:
        return supply.points, _read_file(supply.points)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise Invalid(message, place=supply.points, mend="check the path") from error


def _read_file(path: str) -> Table:
    """A CSV or a Parquet file; its first bytes tell which, whatever its name says."""
    with Path(path).open("rb") as file:
        if not file.peek(4).startswith(PARQUET):
            return read_csv(file, path)
        if not file.seekable():
            raise Invalid("Parquet cannot be read from a pipe", place=path, mend="write it to a file")
    from leeway.formats.points.read_parquet import read_parquet  # late: it loads a database

    return read_parquet(str(Path(path).resolve()), path)


def tell_refused(name: str, refused: Sequence[Refused]) -> None:
    """Names on standard error what was set aside: file, row, column and why."""
    for row in refused[:SHOWN]:
        column = f" {row.column}:" if row.column else ""
        click.echo(f"{name}:{row.line}:{column} set aside: {row.message}", err=True)
    if len(refused) > SHOWN:
        click.echo(f"{name}: {len(refused) - SHOWN:,} more lines were set aside", err=True)


def _step(text: str) -> int:
    form = re.fullmatch(r"([1-9]\d{0,6})s", text)
    length = Duration.parse(text)
    if form is None and length is None:
        raise click.BadParameter(f"{text!r} is no length of time; write for example 10s, 1m or 1h", param_hint="--step")
    return int(form[1]) if form else length.seconds if length else 0
