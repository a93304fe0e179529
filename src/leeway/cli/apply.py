"""`leeway apply`: make the definitions of the server equal to those of the files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, files_option, read_files, who, writing_options

if TYPE_CHECKING:
    from leeway.client.documents import Crowd


class Number(click.ParamType[tuple[str, int]]):
    """A Recipient's name, whole and to the character, and how many people it reaches."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """NAME=N."""
        name, equals, number = str(value).rpartition("=")
        if not (name and equals and number.isascii() and number.isdecimal()):
            self.fail(f"{value!r} is no number of people; write NAME=45", param, ctx)
        return name, int(number)


@click.command("apply")
@files_option
@click.option("--prune", is_flag=True, help="Also delete every definition that these files do not name.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--people",
    "typed",
    multiple=True,
    type=Number(),
    metavar="NAME=N",
    help="How many people a Recipient of more than 20 reaches, typed again; can be repeated.",
)
@output_option("text", "json")
@writing_options
def command(
    paths: tuple[str, ...],
    typed: tuple[tuple[str, int], ...],
    output: str,
    server: str,
    data: Path,
    *,
    prune: bool,
    yes: bool,
) -> int:
    """Show what would change, ask, and apply it: all or nothing.

    If somebody else changes one of the definitions between the look and the yes, nothing is applied. Errors and serious
    advice (a reference that leads nowhere, an alert that can never fire) are refused with exit code 3. A Recipient of
    more than 20 people needs its number once more, from --people or typed when asked.
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
    people = dict(typed)
    if plan.changed or any(not one.agreed for one in plan.crowds):
        if not yes:
            _ask()
            people |= {
                one.recipient: _count(one) for one in plan.crowds if not one.agreed and one.recipient not in people
            }
        seen = [Expected(kind=one.kind, name=one.name, revision=one.expected) for one in plan.changes]
        by = who()
        plan = ask(
            server, lambda client: client.apply(files, by=by, prune=prune, expected=seen, people=people), data=data
        )
    if output == "json":
        write_json(as_json(plan))
    else:
        click.echo("Applied." if plan.changed else "Nothing to do.")
    return Exit.FINE


def _ask() -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("There is nobody to ask: give --yes to apply without a question.")
    click.confirm("Apply this?", abort=True, err=True)


def _count(crowd: Crowd) -> int:
    """The number, typed by a person: not confirmed, because a yes is given without reading."""
    number: int = click.prompt(f"How many people does {crowd.recipient} reach?", type=int, err=True)
    return number
