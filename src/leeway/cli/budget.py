"""`leeway budget`: error budgets from definitions and a table of points, with no server."""

from __future__ import annotations

import click

from leeway.cli.offline import Supply, points_options, read_given, step_option
from leeway.cli.output import Exit, output_option, write_json
from leeway.clock import SystemClock
from leeway.core.assess import Health
from leeway.engine.offline import evaluate
from leeway.engine.report import as_json
from leeway.spec.rows import parse_time


@click.command()
@points_options
@click.option("--at", metavar="TIME", help="As of this time (RFC 3339 or epoch seconds); default: the last step's end.")
@step_option
@output_option("table", "json")
@click.pass_context
def command(context: click.Context, supply: Supply, at: str | None, step: int, output: str) -> None:
    """Compute the error budget of every objective from its past: a file, the SLOs' own sources, or a running server.

    The columns of a file are time,slo,good,total or time,slo,bad,total or time,slo,value, and objective if you like. A
    step without a row is unknown, never good. Rows that cannot be trusted are set aside and named on standard error.

    Exit code 4 if no objective has any data; a spent budget is no error.
    """
    given = read_given(supply, step)
    when = _time(at)
    if when is None and not len(given.table):  # there is no last step, and 1970 is none
        when = int(SystemClock().now() if supply.until is None else supply.until)
    result = evaluate(given.plans, given.table, at=when, step_s=step)
    given.tell(result.quarantined, result.unknown_slos)
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
    time = parse_time(text)
    if time is None:
        raise click.BadParameter(f"{text!r} is no time; write 2026-11-22T18:00:00Z or epoch seconds", param_hint="--at")
    return time
