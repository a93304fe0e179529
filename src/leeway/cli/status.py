"""`leeway status`: every error budget, now."""

from __future__ import annotations

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, server_option


@click.command("status")
@click.argument("slo", required=False)
@output_option("table", "json")
@server_option
def command(slo: str | None, output: str, server: str) -> int:
    """Show the error budgets of a running server: all of them, or those of one SLO.

    The bars are the remaining budget over the window, oldest first; a dot where nothing is known. Exit code 4 if no
    objective has any data.
    """
    statuses = ask(server, lambda client: client.status(slo) if slo else client.statuses())
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(statuses))
    elif not statuses:
        click.echo("No SLO is defined yet. Write one, look at what it would do, then apply it:", err=True)
        click.echo("  leeway plan -f slo.yaml && leeway apply -f slo.yaml", err=True)
    else:
        from leeway.cli.tables import now_utc, show_statuses

        show_statuses(statuses, now_utc())
    return Exit.CANNOT_DECIDE if all(one.state == "no_data" for one in statuses) else Exit.FINE
