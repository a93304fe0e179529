"""`leeway backup`: a copy of a data folder, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import click

from leeway.cli.params import default_data


@click.command("backup")
@click.argument("to", type=click.Path(path_type=Path))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data,
    envvar="LEEWAY_DATA",
    show_default="$XDG_DATA_HOME/leeway or ~/.local/share/leeway",
    help="The data folder to back up.",
)
def command(to: Path, data: Path) -> None:
    """Copy the data folder of a stopped server into the new folder TO.

    The copy holds every point with its history and all definitions, and a manifest that `leeway restore` checks.
    While a server runs, it holds the data: stop it first.
    """
    from leeway.store import backup_folder  # late: `--help` needs no database

    backup_folder(data, to)
    click.echo(f"{to}: backed up from {data}", err=True)
