"""`leeway budget`: error budgets from definitions and a CSV of points, with no server."""

from __future__ import annotations

import re
from pathlib import Path

import click

from leeway.cli.definitions import read_library
from leeway.cli.output import Exit, output_option, write_json
from leeway.core.assess import Health
from leeway.engine.offline import Result, evaluate
from leeway.engine.report import as_json
from leeway.errors import Invalid
from leeway.formats import points_csv
from leeway.formats.openslo import Mode
from leeway.spec.duration import Duration
from leeway.spec.nearest import did_you_mean
from leeway.spec.plan import compile_all

SHOWN = 10
"""Quarantined lines named one by one before the rest are counted."""


@click.command()
@click.option("-f", "--file", "files", multiple=True, required=True, metavar="PATH", help="OpenSLO file or folder.")
@click.option("--points", required=True, type=click.Path(dir_okay=False), help="CSV: time,slo,good,total and others.")
@click.option("--at", metavar="TIME", help="As of this time (RFC 3339 or epoch seconds); default: the last step's end.")
@click.option("--step", default="1m", show_default=True, help="How long a row of the CSV lasts: 10s, 1m, 1h, …")
@output_option("table", "json")
@click.pass_context
def command(
    context: click.Context, files: tuple[str, ...], points: str, at: str | None, step: str, output: str
) -> None:
    """Compute the error budget of every objective from a table of points.

    The header is time,slo,good,total or time,slo,bad,total or time,slo,value, and objective if you like. A step without
    a row is unknown, never good. Lines that cannot be trusted are set aside and named on standard error.

    Exit code 4 if no objective has any data; a spent budget is no error.
    """
    library = read_library(files, mode=Mode.LENIENT)
    plans = compile_all(library.slos, library)
    if not plans:
        raise Invalid("no SLO is defined here", place=", ".join(files), mend="give a file with a document of kind SLO")
    result = evaluate(plans, _table(points), at=_time(at), step_s=_step(step))
    _tell(result, points)
    answer = [as_json(one.slo, one.assessment) for one in result.assessed]
    if output == "json":
        write_json(answer)
    else:
        from leeway.cli.assessed import show  # late: what draws tables takes a while, and JSON does not need it
        from leeway.client.documents import Assessment

        show([Assessment.model_validate(one) for one in answer])
    if all(one.assessment.health is Health.NO_DATA for one in result.assessed):
        context.exit(Exit.CANNOT_DECIDE)


def _table(path: str) -> points_csv.Table:
    try:
        return points_csv.read(Path(path).read_bytes(), path)
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror or error}", place=path, mend="check the path") from error


def _time(text: str | None) -> int | None:
    if text is None:
        return None
    time = points_csv.parse_time(text)
    if time is None:
        raise click.BadParameter(f"{text!r} is no time; write 2026-11-22T18:00:00Z or epoch seconds", param_hint="--at")
    return time


def _step(text: str) -> int:
    form = re.fullmatch(r"([1-9]\d{0,6})s", text)
    length = Duration.parse(text)
    if form is None and length is None:
        raise click.BadParameter(f"{text!r} is no length of time; write for example 10s, 1m or 1h", param_hint="--step")
    return int(form[1]) if form else length.seconds if length else 0


def _tell(result: Result, points: str) -> None:
    lines = result.quarantined
    for line in lines[:SHOWN]:
        click.echo(f"{points}:{line.line}: set aside: {line.message}", err=True)
    if len(lines) > SHOWN:
        click.echo(f"{points}: {len(lines) - SHOWN:,} more lines were set aside", err=True)
    known = {one.slo for one in result.assessed}
    for slo in result.unknown_slos[:SHOWN]:
        near = did_you_mean(slo, known)
        click.echo(f"{points}: no SLO {slo!r} is defined, its rows are ignored{f'; {near}' if near else ''}", err=True)
    if len(result.unknown_slos) > SHOWN:
        click.echo(f"{points}: {len(result.unknown_slos) - SHOWN:,} more SLOs are not defined", err=True)
