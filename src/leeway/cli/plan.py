"""`leeway plan`: what applying would do."""

from __future__ import annotations

from pathlib import Path

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, files_option, read_files, writing_options


@click.command("plan")
@files_option
@click.option("--prune", is_flag=True, help="Also delete every definition that these files do not name.")
@output_option("text", "json")
@writing_options
def command(paths: tuple[str, ...], output: str, server: str, data: Path, *, prune: bool) -> int:
    """Compare definitions with those of a running server, and say what applying them would mean.

    Nothing is changed. Exit code 3 if something would change, or if the plan could not be applied.
    """
    files = read_files(paths)
    plan = ask(server, lambda client: client.plan(files, prune=prune), data=data)
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(plan))
    else:
        from leeway.cli.changes import show_findings, show_plan

        show_findings(plan.findings)
        show_plan(plan, diffs=True)
        if plan.refused:
            click.echo("This cannot be applied before the findings above are mended.", err=True)
    return Exit.FINDINGS if plan.changed or plan.refused else Exit.FINE
