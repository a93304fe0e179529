"""Points from the sources that the SLOs name, asked now: with the settings that a server here would have."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.progress import progress
from leeway.errors import Unreachable
from leeway.formats.points import Table
from leeway.net import parse_url
from leeway.spec.library import Library

if TYPE_CHECKING:
    from leeway.engine.fetch import Trouble

SHOWN = 10
"""Series that could not be read, named one by one before the rest are counted."""


def fetched(library: Library, length_s: int, until: float | None, step_s: int, named: str | None = None) -> Table:
    """The rows that the SLOs' sources have; what is wrong is told on standard error.

    `named` is the address of a server that whoever calls has named: it may be asked wherever it is. Raises Unreachable
    if something is wrong everywhere, so that nothing could be read.
    """
    from leeway.app import open_source, outside_of, pulls  # late: it loads every part
    from leeway.clock import SystemClock
    from leeway.config import load
    from leeway.engine.fetch import Wanted, fetch, questions_of

    wanted = Wanted(length_s, until, step_s)
    file = os.environ.get("LEEWAY_CONFIG")
    config = load(Path(file) if file else None, os.environ, {})
    outside = outside_of(config, SystemClock())
    if named is not None:
        url = parse_url(named, "--prometheus")
        listed = outside.egress.allow | {f"{url.host}:{url.port}", f"[{url.host}]:{url.port}"}
        outside = replace(outside, egress=replace(outside.egress, allow=listed))
    with progress("asking the sources") as tell:
        table, troubles = asyncio.run(
            fetch(
                questions_of(library),
                wanted,
                lambda key: open_source(key, outside) if pulls(key.type) else None,
                outside.clock,
                tell,
            )
        )
    for one in troubles[:SHOWN]:
        click.echo(_said(one), err=True)
    if len(troubles) > SHOWN:
        click.echo(f"{len(troubles) - SHOWN:,} more series could not be read", err=True)
    if not len(table) and any(one.error for one in troubles):
        raise Unreachable("no source could be read", mend="mend what is named above, and ask again")
    return table


def _said(trouble: Trouble) -> str:
    question = trouble.question
    name = "/".join(filter(None, question.owner))
    if trouble.error is None:
        return f"{name}: {question.source.title if question.source else ''} knows nothing of {question.words}"
    return f"{name}: {question.words}: {trouble.error}"
