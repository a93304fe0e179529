"""`leeway routes`: who would be told of what, before it is needed; and a test that shows whether it arrives."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from leeway.cli.output import Exit, console, output_option, write_json
from leeway.cli.params import ask, server_option, who, writing_options

if TYPE_CHECKING:
    from leeway.client import Client
    from leeway.client.documents import Delivery
    from leeway.client.routes import Route, Trial

WAIT_S, LOOK_S = 60.0, 0.25
"""A channel is given 20 seconds, and what waits before a test some more."""


@click.group("routes")
def command() -> None:
    """Look at who would be told, before it is needed."""


@command.command("preview")
@click.option("--slo", metavar="NAME", help="Of this SLO only.")
@click.option("--policy", metavar="NAME", help="By this alert policy only.")
@click.option(
    "-f",
    "--file",
    "files",
    multiple=True,
    metavar="PATH",
    help="Of these files, in the stead of a running server: file, folder, glob or -; can be repeated.",
)
@output_option("table", "json")
@server_option
def preview(slo: str | None, policy: str | None, files: tuple[str, ...], output: str, server: str) -> None:
    """Show who would be woken by which SLO and policy, how soon, and how many people these are.

    First come those whom a policy names, then those who are told when a channel fails for 60 seconds or nobody takes a
    page. A running server also knows who takes no page ever: nobody may read there any more.
    """
    found = _of_files(files, slo, policy) if files else ask(server, lambda client: client.routes(slo, policy))
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(found))
    elif found:
        from leeway.cli.routed import lines

        for line in lines(found):
            console().print(line)
    else:
        click.echo("No SLO is there, so nobody would be told.", err=True)


@command.command("test")
@click.argument("recipient")
@click.option(
    "--severity",
    type=click.Choice(("page", "ticket")),
    default="page",
    show_default=True,
    help="As what it is sent.",
)
@click.option("--by", help="Who asks for it, for whoever gets it; default: you.")
@output_option("text", "json")
@writing_options
def test(
    recipient: str, severity: Literal["page", "ticket"], by: str | None, output: str, server: str, data: Path
) -> int:
    """Send a test to the Recipient of exactly this name, and to nobody else; say whether it arrived.

    It says of itself that it is a test, goes the way of every page, and is tried once. Exit code 3 if it did not
    arrive, 4 if that is not known yet.
    """
    name = by or who()

    async def try_it(client: Client) -> tuple[Trial, Delivery | None]:
        trial = await client.test_route(recipient, by=name, severity=severity)
        for _ in range(int(WAIT_S / LOOK_S)):
            (told,) = await client.deliveries(trial.key)
            if told.sent_at is not None or told.error:
                return trial, told
            await asyncio.sleep(LOOK_S)
        return trial, None

    trial, told = ask(server, try_it, data=data)
    if output == "json":
        from leeway.client import as_json

        write_json({"test": as_json(trial), "delivery": None if told is None else as_json(told)})
    else:
        from leeway.cli.routed import outcome

        click.echo(outcome(trial, told))
    if told is None:
        return Exit.CANNOT_DECIDE
    return Exit.FINDINGS if told.sent_at is None else Exit.FINE


def _of_files(files: tuple[str, ...], slo: str | None, policy: str | None) -> list[Route]:
    from leeway.cli.definitions import read_library
    from leeway.client.routes import document
    from leeway.engine.alerts.routes import of_library

    return [document(one) for one in of_library(read_library(files), slo, policy)]
