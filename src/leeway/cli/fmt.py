"""`leeway fmt`: mend what was copied wrongly, without a change of meaning."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import click

from leeway.cli.files import STDIN, File, load
from leeway.cli.output import Exit
from leeway.spec.text import Limits, Mended, mend


@click.command("fmt")
@click.option("--check", is_flag=True, help="Change nothing; exit with 3 if something would change.")
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read standard input, write the mended text to standard output."
)
@click.option(
    "--max-size", type=click.IntRange(min=1), default=10, show_default=True, metavar="MB", help="Refuse larger files."
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def command(*, check: bool, from_stdin: bool, max_size: int, paths: tuple[str, ...]) -> int:
    """Mend tabs, invisible and look-alike characters, typographic quotes, line ends and trailing spaces.

    PATH is a file, a folder or a pattern. Comments, order and layout stay as they are.
    """
    limits = Limits(size=max_size * 1_000_000)
    if from_stdin == bool(paths):
        raise click.UsageError("Name files or folders, or give --stdin, and not both.")
    return _worst([_one(file, limits, check=check) for file in load(paths or (STDIN,), limits)])


def _worst(ends: list[Exit]) -> Exit:
    """What could not be done outweighs what would change."""
    return next((end for end in (Exit.COULD_NOT_RUN, Exit.FINDINGS) if end in ends), Exit.FINE)


def _one(file: File, limits: Limits, *, check: bool) -> Exit:
    if file.problem:
        click.echo(f"{file.name}: {file.problem}", err=True)
        return Exit.COULD_NOT_RUN
    mended = mend(file.data, file.name, limits)
    piped = file.name == "<stdin>"
    if not check and not mended.refused:
        if piped:
            sys.stdout.buffer.write(mended.data)
        elif mended.changes:
            replace_file(Path(file.name), mended.data)
    return _tell(file.name, mended, check=check, to_stderr=piped and not check)


def _tell(file: str, mended: Mended, *, check: bool, to_stderr: bool) -> Exit:
    for finding in mended.refused:
        place = f"{file}:{finding.mark.line}:{finding.mark.column}"
        click.echo(f"{place}: {finding.message} ({finding.hint})", err=True)
    for change in mended.changes:
        click.echo(f"{file}:{change.mark.line}: {change.message}", err=to_stderr)
    if mended.refused:
        return Exit.COULD_NOT_RUN
    return Exit.FINDINGS if check and mended.changes else Exit.FINE


def replace_file(path: Path, data: bytes) -> None:
    """The old content or the new, never a half; the mode stays, and a symbolic link stays a link."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
