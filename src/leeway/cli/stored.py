"""Definitions and points as a running server keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import click

from leeway.cli.definitions import library_of
from leeway.cli.params import ask
from leeway.cli.progress import progress
from leeway.clock import SystemClock
from leeway.engine.export import HEADER
from leeway.errors import NotFound
from leeway.formats import openslo
from leeway.formats.points import Table, read_csv
from leeway.spec.library import Library

if TYPE_CHECKING:
    from leeway.client import Client

PART_S = 30 * 86_400
"""What is asked for together, of one SLO: some megabytes."""


def stored_library(server: str) -> Library:
    """All definitions of the server."""
    revisions = ask(server, lambda client: client.documents())
    return library_of(
        openslo.read(one.body.encode(), f"{one.kind} {one.name}", mode=openslo.Mode.LENIENT)
        for one in revisions
        if one.body is not None
    )


def stored_points(server: str, slos: Sequence[str], length_s: int, until: float | None) -> Table:
    """The points of these SLOs, from so far back; SLOs that the server does not know are named on standard error.

    NotFound if it knows none of them.
    """
    end = int(SystemClock().now() if until is None else until)
    with TemporaryFile() as file:
        write_points(server, slos, end - length_s, end, file)
        file.seek(0)
        return read_csv(file, server)


def write_points(server: str, slos: Sequence[str], start: int | None, end: int | None, file: IO[bytes]) -> None:
    """Writes one CSV of the points of these SLOs, with start ≤ time < end (None: all). Errors as `stored_points`."""

    async def copy(client: Client) -> None:
        known = [(one.slo, int(one.born.timestamp())) for one in await client.statuses() if one.born is not None]
        born = dict(sorted(known, key=itemgetter(1), reverse=True))  # of each the first
        unknown, header = [], HEADER
        with progress("reading stored points") as tell:
            for place, slo in enumerate(slos):
                try:
                    async for rows in _rows(client, slo, born.get(slo), start, end):
                        file.write(header + rows)
                        header = b""
                except NotFound as error:
                    click.echo(str(error), err=True)
                    unknown.append(error)
                tell(place + 1, len(slos))
        if unknown and len(unknown) == len(slos):
            raise unknown[0]
        file.write(header)

    ask(server, copy)


async def _rows(client: Client, slo: str, born: int | None, start: int | None, end: int | None) -> AsyncIterator[bytes]:
    """In parts, from the first point on; the last one reaches to the end, even if the server's clock is ahead."""
    first = max(born or 0, start or 0)
    last = int(SystemClock().now()) if end is None else end
    edges = [first] if born is None else [*range(first, last, PART_S)]
    for since, until in zip(edges, [*edges[1:], end], strict=True):
        body = await client.points(slo, start=str(since), end=None if until is None else str(until))
        yield body.removeprefix(HEADER)
