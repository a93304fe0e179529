"""`leeway export`: the stored points of SLOs, as CSV."""

from __future__ import annotations

from datetime import datetime

import click

from leeway.cli.params import Time, ask, server_option


@click.command("export")
@click.argument("slos", nargs=-1, metavar="[SLO]...")
@click.option("--from", "start", type=Time(), help="The first time: RFC 3339 or epoch seconds; default: all.")
@click.option("--to", "end", type=Time(), help="The end; points at this very time are left out.")
@server_option
def command(slos: tuple[str, ...], start: datetime | None, end: datetime | None, server: str) -> None:
    """Print the points that a running server keeps of some SLOs, or of all, as CSV.

    \b
    leeway export checkout > points.csv
    leeway backtest -f slo.yaml --points points.csv

    Counts stand under good and total, ratios and values under value. Points of an SLI that was changed meanwhile are
    left out: they are of another question.
    """
    from leeway.cli.stored import write_points  # late: `--help` needs no HTTP

    if start is not None and end is not None and start >= end:
        raise click.BadParameter("the span ends before it starts", param_hint="--from, --to")
    since, until = (None if at is None else int(at.timestamp()) for at in (start, end))
    names = slos or tuple(dict.fromkeys(one.slo for one in ask(server, lambda client: client.statuses())))
    if not names:
        click.echo("No SLO is defined yet.", err=True)
    with click.open_file("-", "wb") as file:
        write_points(server, names, since, until, file)
