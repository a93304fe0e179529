"""`leeway budget`: error budgets from definitions and a CSV of points, with no server."""

from __future__ import annotations

import click

from leeway.cli.definitions import read_library
from leeway.cli.offline import points_option, read_points, step_option, tell_refused
from leeway.cli.output import Exit, output_option, write_json
from leeway.core.assess import Health
from leeway.engine.offline import evaluate
from leeway.engine.report import as_json
from leeway.errors import Invalid
from leeway.formats import points_csv
from leeway.formats.openslo import Mode
from leeway.spec.plan import compile_all


@click.command()
@click.option("-f", "--file", "files", multiple=True, required=True, metavar="PATH", help="OpenSLO file or folder.")
@points_option
@click.option("--at", metavar="TIME", help="As of this time (RFC 3339 or epoch seconds); default: the last step's end.")
@step_option
@output_option("table", "json")
@click.pass_context
def command(
    context: click.Context, files: tuple[str, ...], points: str, at: str | None, step: int, output: str
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
    result = evaluate(plans, read_points(points), at=_time(at), step_s=step)
    tell_refused(points, result.quarantined, result.unknown_slos, [plan.slo for plan in plans])
    answer = [as_json(one.slo, one.assessment) for one in result.assessed]
    if output == "json":
        write_json(answer)
    else:
        from leeway.cli.assessed import show  # late: what draws tables takes a while, and JSON does not need it
        from leeway.client.documents import Assessment

        show([Assessment.model_validate(one) for one in answer])
    if all(one.assessment.health is Health.NO_DATA for one in result.assessed):
        context.exit(Exit.CANNOT_DECIDE)


def _time(text: str | None) -> int | None:
    if text is None:
        return None
    time = points_csv.parse_time(text)
    if time is None:
        raise click.BadParameter(f"{text!r} is no time; write 2026-11-22T18:00:00Z or epoch seconds", param_hint="--at")
    return time
