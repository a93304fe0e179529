"""`leeway silence`: keep alerts from people for a time, look at what is silenced, end it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from leeway.cli.output import console, output_option, write_json
from leeway.cli.params import Time, ask, server_option, who, writing_options
from leeway.spec.duration import seconds


class _Span(click.ParamType[int]):
    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return seconds(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group("silence")
def command() -> None:
    """Keep alerts from people for a time: because they know, or because work is planned.

    Alerts under a silence fire and are shown as ever, by `leeway alerts` and on the page; nobody is told of them. What
    still burns when the silence is over is told then.
    """


@command.command("add")
@click.option("--slo", default="", metavar="NAME", help="Of this SLO.")
@click.option("--service", default="", metavar="NAME", help="Of the SLOs of this service.")
@click.option("--policy", default="", metavar="NAME", help="Of this alert policy.")
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="With this label; can be repeated.")
@click.option("--everything", is_flag=True, help="Of everything, in the stead of names.")
@click.option("--for", "lasts_s", type=_Span(), help="How long: 30m, 2h, 1d.")
@click.option("--until", "end", type=Time(), help="Its end: RFC 3339 or epoch seconds.")
@click.option("--from", "start", type=Time(), help="Its beginning, for planned work; now if not said.")
@click.option("--why", required=True, help="The reason; others read it.")
@click.option("--by", help="Who asks for it; default: you.")
@click.option("--dry-run", is_flag=True, help="Only say what it would cover.")
@output_option("text", "json")
@writing_options
def add(
    slo: str,
    service: str,
    policy: str,
    labels: tuple[str, ...],
    lasts_s: int | None,
    end: datetime | None,
    start: datetime | None,
    why: str,
    by: str | None,
    output: str,
    server: str,
    data: Path,
    *,
    everything: bool,
    dry_run: bool,
) -> None:
    """Silence the alerts that agree with all that is named, each name to the character.

    Says how many objectives that is, and which of their alerts are up. It lasts for 30 days at most.
    """
    from leeway.client.silences import SilenceWish

    wish = SilenceWish(
        slo=slo,
        service=service,
        policy=policy,
        labels=list(labels),
        everything=everything,
        start=start,
        end=end,
        lasts_s=lasts_s,
        by=who() if by is None else by,
        why=why,
        dry_run=dry_run,
    )
    made = ask(server, lambda client: client.silence(wish), data=data)
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(made))
        return
    from leeway.cli.silenced import covered

    for line in covered(made):
        console().print(line)


@command.command("list")
@click.option("--all", "over", is_flag=True, help="Those that are over too.")
@output_option("text", "json")
@server_option
def listed(output: str, server: str, *, over: bool) -> None:
    """Show what is silenced, now or later: what it is about, until when, by whom and why."""
    found = ask(server, lambda client: client.silences(over=over))
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(found))
    elif found:
        from leeway.cli.silenced import lines

        for line in lines(found):
            console().print(line)
    else:
        click.echo("Nothing is silenced.", err=True)


@command.command("end")
@click.argument("number", type=int)
@click.option("--by", help="Who ends it; default: you.")
@writing_options
def end(number: int, by: str | None, server: str, data: Path) -> None:
    """End a silence now, or call it off before it begins. It stays for the record."""
    name = by or who()
    ended = ask(server, lambda client: client.end_silence(number, by=name), data=data)
    click.echo(f"Silence {ended.number} is over; what still burns will be told.")
