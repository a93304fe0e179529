"""`leeway restore`: a data folder from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from leeway.cli.params import default_data


@click.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data,
    envvar="LEEWAY_DATA",
    show_default="$XDG_DATA_HOME/leeway or ~/.local/share/leeway",
    help="The data folder to make; it must be new or empty.",
)
def command(source: Path, data: Path) -> None:
    """Make a data folder from the backup FROM, after every file was checked.

    Nothing is ever written over: move the old data folder away first.
    """
    from leeway.store import restore  # late: `--help` needs no database

    restore(source, data)
    click.echo(f"{data}: restored from {source}", err=True)
