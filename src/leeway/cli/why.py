"""`leeway why`: how one number came about, from the promise to the last reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, server_option

if TYPE_CHECKING:
    from leeway.client.documents import Why


@click.command("why")
@click.argument("slo")
@click.option("--objective", metavar="NAME", help="Which objective, if the SLO has several; the first if not said.")
@output_option("text", "json")
@server_option
def command(slo: str, objective: str | None, output: str, server: str) -> int:
    """Explain a number: what was promised, what was counted, what is not known, and which reading says so.

    Exit code 4 if there is no data to explain.
    """
    why = ask(server, lambda client: client.why(slo, objective))
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(why))
    else:
        _show(why)
    return Exit.CANNOT_DECIDE if why.status.state == "no_data" else Exit.FINE


def _show(why: Why) -> None:
    from leeway.cli.explanation import show
    from leeway.cli.tables import now_utc

    show(why, now_utc())
