"""`leeway why`: how one number came about, from the promise to the last reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, console, output_option, write_json
from leeway.cli.params import ask, server_option

if TYPE_CHECKING:
    from leeway.client.documents import Why


@click.command("why")
@click.argument("slo")
@click.option("--objective", metavar="NAME", help="Which objective, if the SLO has several; the first if not said.")
@click.option("--alerts", is_flag=True, help="Why people were told of its alerts, or were not, newest first.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many alerts.")
@output_option("text", "json")
@server_option
def command(slo: str, objective: str | None, limit: int, output: str, server: str, *, alerts: bool) -> int:
    """Explain a number: what was promised, what was counted, what is not known, and which reading says so.

    With --alerts, every decision about its alerts instead: sent or not sent, and why. Exit code 4 if there is no data
    to explain.
    """
    if alerts:
        _show_decisions(slo, objective, limit, output, server)
        return Exit.FINE
    why = ask(server, lambda client: client.why(slo, objective))
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(why))
    else:
        _show(why)
    return Exit.CANNOT_DECIDE if why.status.state == "no_data" else Exit.FINE


def _show_decisions(slo: str, objective: str | None, limit: int, output: str, server: str) -> None:
    from leeway.cli.alerted import decisions
    from leeway.client import as_json

    found = ask(server, lambda client: client.decisions(slo, limit=limit))
    found = [one for one in found if objective in (None, one.alert.objective)]
    if output == "json":
        write_json(as_json(found))
    elif found:
        out = console()
        for line in decisions(found):
            out.print(line)
    else:
        click.echo("No alert has fired.", err=True)


def _show(why: Why) -> None:
    from leeway.cli.explanation import show
    from leeway.cli.tables import now_utc

    show(why, now_utc())
