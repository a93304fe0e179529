"""`leeway annotate`: write on the charts of an SLO what happened, look at what is written there, take it away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.output import console, output_option, write_json
from leeway.cli.params import Time, ask, who, writing_options

if TYPE_CHECKING:
    from rich.text import Text

    from leeway.client.charts import Annotation


@click.command("annotate")
@click.argument("slo")
@click.argument("text", required=False)
@click.option("--at", "start", type=Time(), help="When it happened, or began; now if not said.")
@click.option("--until", "end", type=Time(), help="Its end, if it is about a span.")
@click.option("--by", help="Who says so; default: you.")
@click.option("--list", "listed", is_flag=True, help="Show what is written there.")
@click.option("--remove", type=int, metavar="NUMBER", help="Take this one away, for good.")
@output_option("text", "json")
@writing_options
def command(
    slo: str,
    text: str | None,
    start: datetime | None,
    end: datetime | None,
    by: str | None,
    remove: int | None,
    output: str,
    server: str,
    data: Path,
    *,
    listed: bool,
) -> None:
    """Write TEXT on every chart of an SLO: a release, a change, what was found out.

    With --list, show what is written there instead; with --remove, take one away.
    """
    if [text is not None, listed, remove is not None].count(True) != 1:
        raise click.UsageError("give a text, or --list, or --remove NUMBER")
    if listed:
        found: Sequence[Annotation] = ask(server, lambda client: client.annotations(slo))
    elif remove is not None:
        found = [ask(server, lambda client: client.remove_annotation(slo, remove), data=data)]
    else:
        from leeway.client.charts import AnnotationWish

        wish = AnnotationWish(text=text or "", by=by or who(), start=start, end=end)
        found = [ask(server, lambda client: client.annotate(slo, wish), data=data)]
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(found) if listed else as_json(found[0]))
        return
    if not found:
        click.echo(f"Nothing is written on the charts of {slo}.", err=True)
    for line in _lines(found):
        console().print(line)


def _lines(annotations: Sequence[Annotation]) -> Iterator[Text]:
    from rich.text import Text

    from leeway.client.figures import clock

    for one in annotations:
        until = f" to {clock(one.end)}" if one.end else ""
        head = Text(f"{one.number:>3}  {clock(one.start)}{until}  ").append(one.by, style="dim")
        yield head.append(f"  {' '.join(one.text.split())}")
