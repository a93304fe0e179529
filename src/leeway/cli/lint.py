"""`leeway lint`: what is wrong with definitions, to the character, and what would be unwise."""

from __future__ import annotations

import click

from leeway.cli.definitions import library_of, read_sheets
from leeway.cli.findings import as_github, as_json, as_sarif, as_text
from leeway.cli.output import Exit, output_option, write_json
from leeway.formats.openslo import Mode, Sheet
from leeway.spec.advice import advise
from leeway.spec.finding import Finding, Severity


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--mode",
    type=click.Choice([Mode.STRICT.value, Mode.COMPAT.value]),
    default=Mode.STRICT.value,
    show_default=True,
    help="strict: what the text of OpenSLO or its Go SDK refuses; compat: what the Go SDK refuses.",
)
@click.option("--isolated", is_flag=True, help="Judge each file alone: references to other files are not looked at.")
@output_option("text", "json", "github", "sarif")
@click.pass_context
def command(context: click.Context, paths: tuple[str, ...], mode: str, output: str, *, isolated: bool) -> None:
    """Check OpenSLO definitions: files, folders, globs, or - for standard input.

    Errors are what OpenSLO refuses; warnings are Leeway's advice. Exit code 3 if there is an error.
    """
    sheets = read_sheets(paths, Mode(mode))
    findings = judge(sheets, isolated=isolated)
    documents = sum(sheet.count for sheet in sheets)
    match output:
        case "json":
            write_json(as_json(findings, len(sheets), documents))
        case "sarif":
            write_json(as_sarif(findings))
        case "github":
            for line in as_github(findings):
                click.echo(line)
        case _:
            lines = {sheet.file: sheet.lines for sheet in sheets}
            for line in as_text(findings, lines, len(sheets), documents):
                click.echo(line)
    if any(one.severity is Severity.ERROR for one in findings):
        context.exit(Exit.FINDINGS)


def judge(sheets: list[Sheet], *, isolated: bool) -> list[Finding]:
    """All findings of the files and all advice, in the order of files and lines."""
    groups = [[sheet] for sheet in sheets] if isolated else [sheets]
    advice = [one for group in groups for one in advise(library_of(group), references=not isolated)]
    order = {sheet.file: place for place, sheet in enumerate(sheets)}
    found = [*(one for sheet in sheets for one in sheet.findings), *advice]
    return sorted(dict.fromkeys(found), key=lambda one: (order[one.file], one.mark))
