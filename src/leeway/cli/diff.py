"""`leeway diff`: the lines in which definitions differ from those of the server."""

from __future__ import annotations

from pathlib import Path

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, files_option, read_files, writing_options


@click.command("diff")
@files_option
@click.option("--prune", is_flag=True, help="Also show every definition that these files do not name, as deleted.")
@output_option("text", "json")
@writing_options
def command(paths: tuple[str, ...], output: str, server: str, data: Path, *, prune: bool) -> int:
    """Show line by line how definitions differ from those of a running server, as a patch.

    Both sides are written in the same order and form, so that layout and comments make no difference. Exit code 3 if
    they differ.
    """
    files = read_files(paths)
    plan = ask(server, lambda client: client.plan(files, prune=prune), data=data)
    from leeway.cli.changes import diff, show_findings

    differing = [change for change in plan.changes if change.action != "keep"]
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(differing))
    else:
        show_findings([one for one in plan.findings if one.severity == "error"])
        for change in differing:
            for line in diff(change):
                click.echo(line)
    return Exit.FINDINGS if differing or plan.refused else Exit.FINE
