"""`leeway ack`: take an alert, so that others see who looks after it."""

from __future__ import annotations

from pathlib import Path

import click

from leeway.cli.params import ask, who, writing_options


@click.command("ack")
@click.argument("alert")
@click.option("--by", help="Who looks after it; default: you.")
@writing_options
def command(alert: str, by: str | None, server: str, data: Path) -> None:
    """Take an alert, or all that were told of together under one key. They stay up until the burn ends; `leeway alerts`
    shows who looks after each."""
    name = by or who()
    for taken in ask(server, lambda client: client.acknowledge(alert, name), data=data):
        click.echo(f"{taken.acknowledged_by} looks after {taken.slo} / {taken.objective}.")
