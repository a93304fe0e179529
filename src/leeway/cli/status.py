"""`leeway status`: every error budget, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, server_option

if TYPE_CHECKING:
    from leeway.client import Client
    from leeway.client.documents import Status

MOST = 10_000
"""That the server answers at once."""


@click.command("status")
@click.argument("slo", required=False)
@click.option("--service", metavar="NAME", help="Of this service.")
@click.option("--owner", metavar="NAME", help="Of this owner.")
@click.option("--project", metavar="NAME", help="Of this project.")
@click.option("--state", type=click.Choice(("healthy", "at_risk", "exhausted", "no_data")), help="In this state.")
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="With this label; can be repeated.")
@click.option("--find", "q", metavar="WORDS", help="With these words in name, service, owner or labels.")
@click.option(
    "--sort", metavar="ORDER", help="By state, remaining, burn, lasts, …; with - before it the other way round."
)
@output_option("table", "json")
@server_option
def command(
    slo: str | None,
    service: str | None,
    owner: str | None,
    project: str | None,
    state: Literal["healthy", "at_risk", "exhausted", "no_data"] | None,
    labels: tuple[str, ...],
    q: str | None,
    sort: str | None,
    output: str,
    server: str,
) -> int:
    """Show the error budgets of a running server: all of them, those of one SLO, or those that are like something.

    The bars are the remaining budget over the window, oldest first; a dot where nothing is known. Exit code 4 if no
    objective has any data.
    """
    wished = service or owner or project or state or labels or q or sort
    if slo and wished:
        raise click.UsageError("name one SLO, or say which ones you look for")

    async def asked(client: Client) -> list[Status]:
        if slo:
            return await client.status(slo)
        if not wished:
            return await client.statuses()
        found = await client.statuses_page(
            service=service,
            owner=owner,
            project=project,
            state=state,
            label=" ".join(labels) or None,
            q=q,
            sort=sort or "slo",
            limit=MOST,
        )
        return found.items

    statuses = ask(server, asked)
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(statuses))
    elif not statuses and wished:
        click.echo("No SLO is like that.", err=True)
    elif not statuses:
        click.echo("No SLO is defined yet. Write one, look at what it would do, then apply it:", err=True)
        click.echo("  leeway plan -f slo.yaml && leeway apply -f slo.yaml", err=True)
    else:
        from leeway.cli.tables import now_utc, show_statuses

        show_statuses(statuses, now_utc())
    return Exit.CANNOT_DECIDE if all(one.state == "no_data" for one in statuses) else Exit.FINE
