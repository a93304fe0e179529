"""`leeway alerts`: what is burning, who was told, and what was kept from people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import click
from pydantic import BaseModel
from rich.text import Text

from leeway.cli.alerted import deliveries, lines
from leeway.cli.output import console, output_option, write_json
from leeway.cli.params import ask, server_option
from leeway.client import as_json


@click.command("alerts")
@click.argument("alert", required=False)
@click.option("--slo", help="Of this SLO only.")
@click.option("--all", "also_resolved", is_flag=True, help="Those that are over too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@output_option("table", "json")
@server_option
def command(alert: str | None, slo: str | None, limit: int, output: str, server: str, *, also_resolved: bool) -> None:
    """Show alerts, the newest first; or, with an alert's key, what was said of it, to whom, and whether it arrived."""
    if alert:
        told = ask(server, lambda client: client.deliveries(alert))
        _show(told, output, "Nobody was told of it.", lambda: deliveries(told))
    else:
        found = ask(server, lambda client: client.alerts(slo, up=not also_resolved, limit=limit))
        _show(found, output, "Nothing burns.", lambda: lines(found))


def _show(found: Sequence[BaseModel], output: str, nothing: str, drawn: Callable[[], Iterator[Text]]) -> None:
    if output == "json":
        write_json(as_json(found))
    elif found:
        out = console()
        for line in drawn():
            out.print(line)
    else:
        click.echo(nothing, err=True)
