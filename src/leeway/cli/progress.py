"""Long work, told while it lasts: a bar for a person at a terminal, now and then a line for a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Tell = Callable[[int, int], None]
PATIENCE_S = 5.0
"""So long a log hears nothing, of work that is mostly short."""


@contextmanager
def progress(what: str, patience_s: float = PATIENCE_S) -> Iterator[Tell]:
    """What to call with how much is done, of how much. On standard error."""
    if not sys.stderr.isatty():
        yield _tenths(what, patience_s)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from leeway.cli.output import console

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=max(1, of))


def _tenths(what: str, patience_s: float) -> Tell:
    begin, told = time.monotonic(), -1

    def tell(done: int, of: int) -> None:
        nonlocal told
        tenth = 10 * done // max(1, of)
        if tenth > told and done < of and time.monotonic() - begin >= patience_s:
            told = tenth
            click.echo(f"{what}: {done} of {of}", err=True)

    return tell
