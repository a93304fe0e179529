"""`leeway delete`: take one definition away."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leeway.cli.kinds import kind_named
from leeway.cli.output import output_option, write_json
from leeway.cli.params import ask, who, writing_options


@click.command("delete")
@click.argument("kind")
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@output_option("text", "json")
@writing_options
def command(kind: str, name: str, output: str, server: str, data: Path, *, yes: bool) -> None:
    """Delete one definition. Its history stays, and so do the points of an SLO: applying it again brings all back."""
    known = kind_named(kind)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("There is nobody to ask: give --yes to delete without a question.")
        click.confirm(f"Delete {known} {name}?", abort=True, err=True)
    by = who()
    revision = ask(server, lambda client: client.delete(known, name, by=by), data=data)
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(revision))
        return
    click.echo(f"Deleted {known} {name}; `leeway get {known} {name} --history` still shows what it was.")
