"""`leeway apply`: make the definitions of the server equal to those of the files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, files_option, read_files, who, writing_options


@click.command("apply")
@files_option
@click.option("--prune", is_flag=True, help="Also delete every definition that these files do not name.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@output_option("text", "json")
@writing_options
def command(paths: tuple[str, ...], output: str, server: str, data: Path, *, prune: bool, yes: bool) -> int:
    """Show what would change, ask, and apply it: all or nothing.

    If somebody else changes one of the definitions between the look and the yes, nothing is applied. Errors and serious
    advice (a reference that leads nowhere, an alert that can never fire) are refused with exit code 3.
    """
    from leeway.cli.changes import show_findings, show_plan
    from leeway.client import as_json
    from leeway.client.documents import Expected

    files = read_files(paths)
    plan = ask(server, lambda client: client.plan(files, prune=prune), data=data)
    show_findings(plan.findings)
    if plan.refused:
        click.echo("Nothing was applied: the findings above have to be mended first.", err=True)
        return Exit.FINDINGS
    if output == "text":
        show_plan(plan, diffs=True)
    if plan.changed:
        if not yes:
            _ask()
        seen = [Expected(kind=one.kind, name=one.name, revision=one.expected) for one in plan.changes]
        by = who()
        plan = ask(server, lambda client: client.apply(files, by=by, prune=prune, expected=seen), data=data)
    if output == "json":
        write_json(as_json(plan))
    else:
        click.echo("Applied." if plan.changed else "Nothing to do.")
    return Exit.FINE


def _ask() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("There is nobody to ask: give --yes to apply without a question.")
    click.confirm("Apply this?", abort=True, err=True)
