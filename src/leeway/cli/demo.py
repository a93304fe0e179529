"""`leeway demo`: everything at once, on this machine alone, for somebody who never saw it."""

from __future__ import annotations

import logging
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leeway.cli.logs import write_logs
from leeway.cli.params import SERVER

if TYPE_CHECKING:
    from leeway.demo.control import Talk
    from leeway.demo.whereabouts import Whereabouts

PORT = 8474

port_option = click.option(
    "--port", type=click.IntRange(1, 65_535), help="The demo at this port.  [default: the one started last]"
)


class Share(click.ParamType[float]):
    """A share of guests, written as 30%, 30 % or 0.3."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share as a number from 0 to 1."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", str(value).strip())
        share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
        if not 0 < share <= 1:
            self.fail(f"{value!r} is no share above 0% and up to 100%", param, ctx)
        return share


@click.group("demo", invoke_without_command=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=PORT,
    show_default=True,
    help="The port on the loopback; 0 takes a free one.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything in this folder.  [default: a temporary one, removed at the end]",
)
@click.option("--keep", is_flag=True, help="Do not remove the temporary folder at the end.")
@click.pass_context
def command(ctx: click.Context, port: int, data: Path | None, *, keep: bool) -> None:
    """Show Leeway at work: a small bar that is really probed, and 90 days of history beside it.

    No account, no network beyond this machine, nothing left behind. Stop it with Ctrl-C.

    \b
    In another terminal:
      leeway demo break --errors 30%
      leeway demo mend
    """
    if ctx.invoked_subcommand is not None:
        return
    write_logs(least=logging.WARNING)
    click.echo("Opening the bar, and writing 90 days of history …", err=True)
    from leeway.clock import SystemClock  # late: `--help` needs no engine
    from leeway.demo.run import Wish, demonstrate
    from leeway.server import listen

    wish = Wish(port, data, keep)
    found: list[Whereabouts] = []

    def opened(where: Whereabouts) -> None:
        found.append(where)
        _welcome(where)

    listen.until_stopped(lambda: demonstrate(wish, SystemClock(), opened))
    kept = found and (keep or data is not None)
    click.echo(f"\nClosed. The data is in {found[0].data}" if kept else "\nClosed. Nothing is left behind.", err=True)


@command.command("break")
@click.option(
    "--errors", type=Share(), default=0.3, show_default="30%", help="The share of guests that walk out, such as 30%."
)
@port_option
def break_(errors: float, port: int | None) -> None:
    """Break the bar: from now on a share of its guests walks out."""
    from leeway.clock import SystemClock
    from leeway.demo.control import break_bar
    from leeway.demo.whereabouts import find

    where = find(port)
    break_bar(where, SystemClock(), errors)
    click.echo(f"The bar is broken: {errors:.0%} of its guests walk out from now on.")
    click.echo("Guests show at once, the budgets within a minute:")
    _watch(where)
    click.echo(f"Enough seen? {typed_name()} demo mend")


@command.command("mend")
@port_option
def mend(port: int | None) -> None:
    """Mend the bar: everybody is greeted again."""
    from leeway.clock import SystemClock
    from leeway.demo.control import mend_bar
    from leeway.demo.whereabouts import find

    where = find(port)
    _say(mend_bar(where, SystemClock()))
    click.echo("What was lost stays lost: a budget comes back only as the bad minutes leave its window.")
    _watch(where)


@command.command("status")
@port_option
def status(port: int | None) -> None:
    """Say how the bar is, and where the demo runs."""
    from leeway.clock import SystemClock
    from leeway.demo.control import look
    from leeway.demo.whereabouts import find

    where = find(port)
    _say(look(where, SystemClock()))
    _watch(where)
    came = datetime.fromtimestamp(where.batch, UTC)
    nine = f"{came:%Y-%m-%d}T09:00:00Z"
    click.echo(
        f"The late batch was written at {came:%Y-%m-%d %H:%M} UTC. The budget of that morning, as it is known now,"
    )
    click.echo("and as it was known then:")
    click.echo(f"  curl '{where.page}/api/v1/slos/daily-report/budget?as_of={nine}'")
    click.echo(f"  curl '{where.page}/api/v1/slos/daily-report/budget?as_of={nine}&known_at={nine}'")


def _say(talk: Talk) -> None:
    state = f"broken: {talk.errors:.0%} of its guests walk out" if talk.errors else "open, and everybody is greeted"
    click.echo(f"The bar is {state}.")
    click.echo(f"In the last minute {talk.greeted} were greeted and {talk.lost} walked out.")


def _watch(where: Whereabouts) -> None:
    server = "" if where.page == SERVER else f" --server {where.page}"
    click.echo(f"  {where.page}")
    click.echo(f"  {typed_name()} status bar-this-hour{server}")


def typed_name() -> str:
    """What to type for `leeway`: its path where the shell would not find it, as after `make demo`."""
    called = sys.argv[0]
    return called if Path(called).name == "leeway" and shutil.which("leeway") is None else "leeway"


def _welcome(where: Whereabouts) -> None:
    def bold(text: str) -> str:
        return click.style(text, bold=True)

    name, server = typed_name(), "" if where.page == SERVER else f" --server {where.page}"
    lines = (
        "",
        f"The bar is open:  {click.style(where.page, fg='cyan', bold=True, underline=True)}",
        "",
        f"  {bold('1')}  Open the page. Every line is a story; click one to see where its number comes from.",
        f"  {bold('2')}  Break the bar, with the button or here in another terminal:",
        f"       {bold(f'{name} demo break --errors 30%')}",
        f"  {bold('3')}  Watch bar-this-hour: guests walk out at once, its budget follows within a minute.",
        f"       {bold(f'{name} status{server}')}",
        f"  {bold('4')}  Mend it, and ask why the budget is what it is:",
        f"       {bold(f'{name} demo mend')}",
        f"       {bold(f'{name} why bar-this-hour{server}')}",
        "",
        f"Data: {where.data}. Stop with Ctrl-C.",
    )
    for line in lines:
        click.echo(line)
