"""`leeway backtest`: what alert policies would have done over a table of points, with no server."""

from __future__ import annotations

import click

from leeway.cli.offline import Supply, points_options, read_given, step_option
from leeway.cli.output import Exit, output_option, write_json


@click.command()
@points_options
@step_option
@output_option("table", "json")
@click.pass_context
def command(context: click.Context, supply: Supply, step: int, output: str) -> None:
    """Run alert policies over the past, as if it had arrived live.

    SLOs that name no policy are watched by the default set: fast burns page, slow burns open a ticket, by burn rates
    made from the SLO's own window. Alerts that fired but would not have been sent are listed too, with the reason.

    Exit code 4 if no objective has any data; alerts are no error.
    """
    given = read_given(supply, step)
    from leeway.lab import run  # late: it loads numpy

    report = run(given.plans, given.library, given.table, step_s=step)
    given.tell(report.quarantined, report.unknown_slos)
    if output == "json":
        write_json(report.as_json())
    else:
        from leeway.cli.backtested import show  # late: what draws tables takes a while, and JSON does not need it

        show(report)
    if not report.judged:
        context.exit(Exit.CANNOT_DECIDE)
