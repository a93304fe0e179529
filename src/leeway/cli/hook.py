"""`leeway hook`: subscribe a program to what happens, look whether it arrives, send it again, end it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, console, output_option, write_json
from leeway.cli.params import ask, who, writing_options

if TYPE_CHECKING:
    from rich.text import Text

    from leeway.client import Client
    from leeway.client.hooks import Hook, HookDelivery

KINDS = ("budget", "alert", "document", "annotation", "source")
WAIT_S, LOOK_S = 30.0, 0.2
"""So long a test is waited for, and so often looked at."""


@click.group("hook")
def command() -> None:
    """Subscribe programs to what happens: signed webhooks, delivered at least once and in order."""


@command.command("add")
@click.argument("url", required=False, default="")
@click.option("--recipient", default="", metavar="NAME", help="A Recipient with a signed webhook, in the stead of URL.")
@click.option("--secret-file", type=click.Path(path_type=Path), help="The server's file that holds the secret.")
@click.option("--secret-env", metavar="NAME", help="The server's environment variable that holds the secret.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="What they are about; can be repeated.")
@click.option("--slo", "slos", multiple=True, metavar="NAME", help="Of this SLO; can be repeated.")
@click.option("--project", "projects", multiple=True, metavar="NAME", help="Of this project; can be repeated.")
@click.option("--by", help="Who asks for it; default: you.")
@output_option("text", "json")
@writing_options
def add(
    url: str,
    recipient: str,
    secret_file: Path | None,
    secret_env: str | None,
    kinds: tuple[str, ...],
    slos: tuple[str, ...],
    projects: tuple[str, ...],
    by: str | None,
    output: str,
    server: str,
    data: Path,
) -> None:
    """Tell URL of what happens from now on: of everything, or of what is named.

    Each event is signed; the secret stays with the server, in a file or a variable that it may read.
    """
    from leeway.client.hooks import HookWish

    secret = {"file": secret_file, "env": secret_env} if secret_file or secret_env else None
    said = {"recipient": recipient, "url": url, "kinds": kinds, "slos": slos, "projects": projects}
    try:
        wish = HookWish.model_validate({**said, "secret": secret, "by": by or who()})
    except ValueError:
        raise click.UsageError("name one place of the secret: --secret-file or --secret-env") from None
    made = ask(server, lambda client: client.hooks.add(wish), data=data)
    if output == "json":
        _as_json(made)
    else:
        click.echo(f"Hook {made.number} tells {_whom(made)} of {_what(made)}.")


@command.command("list")
@click.argument("number", type=int, required=False)
@output_option("text", "json")
@writing_options
def listed(number: int | None, output: str, server: str, data: Path) -> None:
    """Show all hooks; of hook NUMBER its newest deliveries, and what became of each."""

    async def read(client: Client) -> Sequence[Hook | HookDelivery]:
        return await client.hooks.all() if number is None else (await client.hooks.deliveries(number)).items

    found = ask(server, read, data=data)
    if output == "json":
        _as_json(found)
        return
    if not found:
        click.echo("There is no hook." if number is None else "Nothing was to be told yet.", err=True)
    for line in _lines(found):
        console().print(line)


@command.command("test")
@click.argument("number", type=int)
@writing_options
def test(number: int, server: str, data: Path) -> int:
    """Send a test, once, and say what came of it. Exit code 3 if it did not arrive, 4 if that is not known yet."""

    async def run(client: Client) -> HookDelivery:
        found = await client.hooks.test(number, by=who())
        for _ in range(int(WAIT_S / LOOK_S)):
            if found.state != "waiting":
                break
            await asyncio.sleep(LOOK_S)
            found = await client.hooks.delivery(number, found.number)
        return found

    done = ask(server, run, data=data)
    if done.state == "waiting":
        click.echo(f"Delivery {done.number} is under way.")
        return Exit.CANNOT_DECIDE
    if done.state == "given_up":
        click.echo(f"Delivery {done.number} did not arrive: {done.error}")
        return Exit.FINDINGS
    click.echo(f"Delivery {done.number} arrived; it was answered {done.status}.")
    return Exit.FINE


@command.command("redeliver")
@click.argument("number", type=int)
@click.argument("delivery", type=int)
@writing_options
def redeliver(number: int, delivery: int, server: str, data: Path) -> None:
    """Send DELIVERY of hook NUMBER again, under the same id."""
    done = ask(server, lambda client: client.hooks.redeliver(number, delivery), data=data)
    click.echo(f"Delivery {done.number} is sent again.")


@command.command("remove")
@click.argument("number", type=int)
@writing_options
def remove(number: int, server: str, data: Path) -> None:
    """End a hook; what waits for it is dropped."""
    gone = ask(server, lambda client: client.hooks.remove(number), data=data)
    click.echo(f"Hook {gone.number} is gone; {_whom(gone)} hears no more of it.")


def _as_json(found: Hook | Sequence[Hook | HookDelivery]) -> None:
    from leeway.client import as_json

    write_json(as_json(found))


def _whom(hook: Hook) -> str:
    return hook.recipient or hook.url


def _what(hook: Hook) -> str:
    of = ", ".join([*hook.slos, *(f"project {name}" for name in hook.projects)])
    return (", ".join(hook.kinds) or "everything") + (f"; of {of}" if of else "")


def _lines(found: Sequence[Hook | HookDelivery]) -> Iterator[Text]:
    from rich.text import Text

    from leeway.client.figures import clock
    from leeway.client.hooks import Hook

    for one in found:
        if isinstance(one, Hook):
            lost = f"  {one.waiting} wait, {one.given_up} given up" if one.waiting or one.given_up else ""
            head = f"{one.number:>3}  {'active' if one.active else 'paused'}  {_whom(one)}  {_what(one)}"
            yield Text(head).append(lost, style="bold")
        else:
            told = one.error or f"answered {one.status}" if one.attempts else ""
            state = one.state.replace("_", " ")
            yield Text(f"{one.number:>5}  {clock(one.at)}  {state:<9}  {one.type} {one.subject}  {told}".rstrip())
