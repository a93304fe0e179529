"""`leeway backtest`: what alert policies would have done over a table of points, with no server."""

from __future__ import annotations

import click

from leeway.cli.definitions import read_library
from leeway.cli.offline import points_option, read_points, step_option, tell_refused
from leeway.cli.output import Exit, output_option, write_json
from leeway.errors import Invalid
from leeway.formats.openslo import Mode
from leeway.spec.plan import compile_all


@click.command()
@click.option("-f", "--file", "files", multiple=True, required=True, metavar="PATH", help="OpenSLO file or folder.")
@points_option
@step_option
@output_option("table", "json")
@click.pass_context
def command(context: click.Context, files: tuple[str, ...], points: str, step: int, output: str) -> None:
    """Run alert policies over the past, as if it had arrived live.

    SLOs that name no policy are watched by the default set: fast burns page, slow burns open a ticket, by burn rates
    made from the SLO's own window. Alerts that fired but would not have been sent are listed too, with the reason.

    Exit code 4 if no objective has any data; alerts are no error.
    """
    library = read_library(files, mode=Mode.LENIENT)
    plans = compile_all(library.slos, library)
    if not plans:
        raise Invalid("no SLO is defined here", place=", ".join(files), mend="give a file with a document of kind SLO")
    from leeway.lab import run  # late: it loads numpy

    report = run(plans, library, read_points(points), step_s=step)
    tell_refused(points, report.quarantined, report.unknown_slos, [plan.slo for plan in plans])
    if output == "json":
        write_json(report.as_json())
    else:
        from leeway.cli.backtested import show  # late: what draws tables takes a while, and JSON does not need it

        show(report)
    if not report.judged:
        context.exit(Exit.CANNOT_DECIDE)
