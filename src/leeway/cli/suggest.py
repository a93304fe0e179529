"""`leeway suggest`: a first SLO from history, with the evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from leeway.cli.offline import WAYS, Supply, points_options, read_definitions, read_table, tell_refused
from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.quantities import Share
from leeway.cli.queries import Queries, queries_options
from leeway.spec.duration import Duration, Unit, seconds

if TYPE_CHECKING:
    from leeway.lab.suggest import Suggestion

MINUTE_S, SHORTEST_S, LONGEST_S = 60, 3_600, 366 * 86_400


@click.command()
@points_options
@queries_options
@click.option(
    "--window",
    default="28d",
    show_default=True,
    callback=lambda _context, _option, text: _window(text),
    help="The window of the SLOs: 28d, 4w, 12h, …",
)
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(min=0), help="The same seed, the same answer."
)
@click.option(
    "--step",
    callback=lambda _context, _option, text: _step(text),
    help="How long a row of the points lasts; default: told from the rows, and a minute of what is fetched.",
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    type=Share(what="target"),
    help="Try this target too, such as 0.995 or 99.5%; can be repeated.",
)
@click.option(
    "--better", type=click.Choice(("lower", "higher")), default="lower", show_default=True, help="Of values: which are."
)
@click.option("--threshold", type=float, help="Of values: which are good; default: drawn from the distribution.")
@click.option("--service", default="", help="The service of the SLOs; default: as in -f, or one named as the SLO.")
@output_option("yaml", "json", "table")
@click.pass_context
def command(
    context: click.Context,
    supply: Supply,
    queries: Queries | None,
    window: Duration,
    seed: int,
    step: int | None,
    targets: tuple[Fraction, ...],
    better: str,
    threshold: float | None,
    service: str,
    output: str,
) -> None:
    """Draw a first SLO for each series of a file, of documents (-f), of a server, or of queries to a Prometheus.

    The target is the strictest round one that 19 in 20 windows reach, made from the days of the history by chance.
    Beside it stand others, how often each would have been missed, whom it would have woken, and what nobody can know
    from so little. It is a draft: what users need is not in the data.

    A file is as for `leeway budget`. Of counts the target is for good/total; of values a threshold is drawn too.
    Exit code 4 if there is too little history for any target.
    """
    if not supply.named:
        raise click.UsageError(f"Say where the points are: {WAYS}.")
    if queries is not None and supply.fetch_s is None:
        raise click.UsageError("Say how far back to ask --prometheus: --fetch SPAN, such as --fetch 90d.")
    if threshold is not None and not math.isfinite(threshold):
        raise click.BadParameter("it must be a finite number", param_hint="--threshold")
    from leeway.lab.suggest import Asked, as_json, documents, suggest  # late: it loads numpy

    library, named = (read_definitions(supply), None) if queries is None else (queries.library(), queries.url)
    points, table = read_table(supply, library, step or MINUTE_S, named)
    answer = suggest(table, Asked(window, seed, step, targets, better == "higher", threshold))
    tell_refused(points, answer.quarantined, None if supply.points else table)
    match output:
        case "json":
            write_json([as_json(one) for one in answer.found])
        case "table":
            from leeway.cli.suggested import show  # late: what draws tables takes a while, and YAML does not need it

            show(answer.found)
        case _:
            from leeway.formats.openslo import write  # late: JSON and tables do not need it

            click.echo(write(documents(answer.found, service, library)), nl=False)
            _tell(points, answer.found)
    if not answer.found:
        click.echo(f"{points}: no row of any series", err=True)
    if all(one.chosen is None for one in answer.found):
        context.exit(Exit.CANNOT_DECIDE)


def _tell(points: str, found: Sequence[Suggestion]) -> None:
    """What the YAML cannot say: series without a target, and series whose rows go by another name."""
    from leeway.lab.suggest import names_of

    drawn = [one.owner for one in found if one.chosen is not None]
    names = dict(zip(drawn, names_of(drawn), strict=True))
    for one in found:
        series = " / ".join(filter(None, one.owner))
        if one.chosen is None:
            click.echo(f"{points}: no target for {series}: {one.caveats[0]}", err=True)
        elif names[one.owner] != one.owner.slo:
            click.echo(f"{points}: {series} became the SLO {names[one.owner]}: its rows must go by that name", err=True)


def _window(text: str) -> Duration:
    length = Duration.parse(text)
    if length is None or length.unit in (Unit.MONTH, Unit.QUARTER, Unit.YEAR):
        raise click.BadParameter(f"{text!r}: write days, weeks or hours, such as 28d", param_hint="--window")
    if not SHORTEST_S <= length.seconds <= LONGEST_S:
        raise click.BadParameter(f"{text!r} is not between an hour and a year", param_hint="--window")
    return length


def _step(text: str | None) -> int | None:
    try:
        return None if text is None else seconds(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--step") from error
