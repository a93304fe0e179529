"""What the offline verbs share: the definitions, their points from one of several places, and what was set aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np

from leeway.cli.definitions import read_library
from leeway.cli.params import Time, server_option
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

PACKED = {b"PK\x03\x04": "a workbook or a zip", b"\x1f\x8b": "packed by gzip", b"\x28\xb5\x2f\xfd": "packed by zstd"}
"""How other files begin that people take for tables."""

LONGEST_S = 3_653 * 86_400
"""Ten years: what is asked for is asked in slices, and somebody waits for them."""

SHOWN = 10
"""Quarantined lines named one by one before the rest are counted."""

WAYS = "--points FILE, --fetch SPAN or --stored SPAN"


@dataclass(frozen=True, slots=True)
class Supply:
    """Where definitions and points come from, as the options of a verb said; nothing is read yet.

    At most one of `points` (a file), `fetch_s` (so far back, from the sources) and `stored_s` (so far back, from the
    server) is there; both end at `until` (epoch seconds), or now.
    """

    files: tuple[str, ...]
    points: str | None
    fetch_s: int | None
    stored_s: int | None
    until: float | None
    server: str

    @property
    def named(self) -> bool:
        """Whether points were asked for at all."""
        return (self.points, self.fetch_s, self.stored_s) != (None, None, None)


@dataclass(frozen=True, slots=True)
class Given:
    """Definitions and what is known of their past. `name` is what messages call the table: a file or not."""

    library: Library
    plans: tuple[Plan, ...]
    table: Table
    name: str
    is_file: bool

    def tell(self, refused: Sequence[Refused], unknown: Sequence[str]) -> None:
        """Names on standard error what was set aside, and SLOs that nobody defined."""
        tell_refused(self.name, refused, None if self.is_file else self.table)
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
    def with_supply(
        *args: Any,
        files: tuple[str, ...],
        points: str | None,
        fetch: int | None,
        stored: int | None,
        until: datetime | None,
        server: str,
        **others: Any,
    ) -> Any:
        ways = [
            name for name, way in (("--points", points), ("--fetch", fetch), ("--stored", stored)) if way is not None
        ]
        if len(ways) > 1:
            raise click.UsageError(f"Points come from one place: {' or '.join(ways)}.")
        if until is not None and ways not in (["--fetch"], ["--stored"]):
            raise click.UsageError("--until says until when to --fetch, or to take what is --stored.")
        end = None if until is None else until.timestamp()
        return command(*args, supply=Supply(files, points, fetch, stored, end, server), **others)

    options = (
        click.option("-f", "--file", "files", multiple=True, metavar="PATH", help="OpenSLO file or folder."),
        click.option(
            "--points", type=click.Path(dir_okay=False), help="CSV or Parquet: time,slo,good,total and others."
        ),
        click.option(
            "--fetch", metavar="SPAN", callback=_span, help="Ask the SLOs' own sources, so far back: 30d, 12h, …"
        ),
        click.option(
            "--stored", metavar="SPAN", callback=_span, help="Take the points that a server keeps, so far back."
        ),
        click.option("--until", type=Time(), help="The end of what is fetched or stored; default: now."),
        server_option,
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
    """The definitions and their points, rows of `step_s` seconds; what is stored or in a file has rows of its own.

    Raises Invalid if they cannot be read or define no SLO, UsageError unless the options name one way to points, and
    what servers and sources raise.
    """
    if not supply.named:
        raise click.UsageError(f"Say where the points are: {WAYS}.")
    library = read_definitions(supply)
    if library is None:
        raise click.UsageError("Say which SLOs: -f PATH.")
    plans = tuple(compile_all(library.slos, library))
    if not plans:
        place, mend = ", ".join(supply.files) or supply.server, "give a file with a document of kind SLO"
        raise Invalid("no SLO is defined here", place=place, mend=mend)
    name, table = read_table(supply, library, step_s)
    return Given(library, plans, table, name, supply.points is not None)


def read_definitions(supply: Supply) -> Library | None:
    """Those of the files, else those of the server whose points are asked for, else none."""
    if supply.files:
        return read_library(supply.files)
    if supply.stored_s is None:
        return None
    from leeway.cli.stored import stored_library  # late: other ways ask no server

    return stored_library(supply.server)


def read_table(supply: Supply, library: Library | None, step_s: int, named: str | None = None) -> tuple[str, Table]:
    """What messages call the points, and the points of these definitions; `named` as for `leeway.cli.fetched`."""
    if supply.points is not None:
        return supply.points, read_points(supply.points)
    if supply.fetch_s is not None:
        if library is None:
            raise click.UsageError("Say what to ask: -f PATH, or for a first SLO --prometheus URL with its queries.")
        from leeway.cli.fetched import fetched  # late: it loads every part

        return "the sources", fetched(library, supply.fetch_s, supply.until, step_s, named)
    if supply.stored_s is None or library is None:
        raise click.UsageError(f"Say where the points are: {WAYS}.")
    from leeway.cli.stored import stored_points  # late: other ways ask no server

    slos = [slo.metadata.name for slo in library.slos]
    return supply.server, stored_points(supply.server, slos, supply.stored_s, supply.until)


def read_points(path: str) -> Table:
    """The table of a file: CSV or Parquet, as its first bytes tell, whatever its name says. Raises Invalid."""
    try:
        return _read_file(path)
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror or error}", place=path, mend="check the path") from error


def _read_file(path: str) -> Table:
    with Path(path).open("rb") as file:
        first = file.peek(4)
        for sign, said in PACKED.items():
            if first.startswith(sign):
                raise Invalid(f"this file is {said}", place=path, mend="unpack it, or save it as CSV or Parquet")
        if not first.startswith(PARQUET):
            return read_csv(file, path)
        if not file.seekable():
            raise Invalid("Parquet cannot be read from a pipe", place=path, mend="write it to a file")
    from leeway.formats.points.read_parquet import read_parquet  # late: it loads a database

    return read_parquet(str(Path(path).resolve()), path)


def tell_refused(name: str, refused: Sequence[Refused], table: Table | None = None) -> None:
    """Names on standard error what was set aside: file, row, column and why; with a `table` whose row, and of when."""
    for row in refused[:SHOWN]:
        place = (_when(table, row.line) if table else None) or f"{name}:{row.line}"
        column = f" {row.column}:" if row.column else ""
        click.echo(f"{place}:{column} set aside: {row.message}", err=True)
    if len(refused) > SHOWN:
        click.echo(f"{name}: {len(refused) - SHOWN:,} more rows were set aside", err=True)


def _when(table: Table, line: int) -> str | None:
    found = np.flatnonzero(table.line == line)
    if not len(found):  # it was no row at all
        return None
    row = int(found[0])
    owner = table.owners[int(np.searchsorted(table.bounds, row, side="right")) - 1]
    return f"{'/'.join(filter(None, owner))} at {datetime.fromtimestamp(int(table.time[row]), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _span(_context: click.Context, option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    length, hint = Duration.parse(text), f"--{option.name}"
    if length is None:
        raise click.BadParameter(f"{text!r} is no length of time; write for example 30d, 12h or 4w", param_hint=hint)
    if length.seconds > LONGEST_S:
        raise click.BadParameter(f"{text!r} is more than ten years", param_hint=hint)
    return length.seconds


def _step(text: str) -> int:
    form = re.fullmatch(r"([1-9]\d{0,6})s", text)
    length = Duration.parse(text)
    if form is None and length is None:
        raise click.BadParameter(f"{text!r} is no length of time; write for example 10s, 1m or 1h", param_hint="--step")
    return int(form[1]) if form else length.seconds if length else 0
