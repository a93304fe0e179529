"""`leeway simulate`: what alert policies would page on, in months that never happened."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from leeway.cli.offline import Supply, points_options, read_definitions, read_table, step_option
from leeway.cli.output import output_option, write_json
from leeway.cli.quantities import Length, Rate, Share
from leeway.spec.duration import Duration

if TYPE_CHECKING:
    from leeway.lab.simulate import Subject, World

MADE_UP = ("rate", "share", "bursts", "severity", "swing")
"""Options that make traffic up; a real history has its own."""


@click.command()
@click.option("--rate", type=Rate(), help="How many events: 4/h, 20/s, 500/d.")
@click.option("--errors", "share", type=Share(none=True), help="Which part is bad; default: the whole budget, evenly.")
@click.option("--bursts", type=Length(), help="Bad events come in bursts that last so long on average.")
@click.option(
    "--severity", type=Share(all_=True), default="50%", show_default=True, help="Which part of a burst is bad."
)
@click.option(
    "--swing",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="How far traffic swings around its mean by day and night.",
)
@click.option("--target", type=Share(), default="99.9%", show_default=True, help="Of an SLO that is made up, too.")
@click.option("--window", type=Length(), default="30d", show_default=True, help="Of an SLO that is made up, too.")
@points_options
@step_option
@click.option("--slo", metavar="NAME", help="Which SLO of the files, if there are several; its first objective.")
@click.option(
    "--try",
    "tried",
    multiple=True,
    metavar="POLICY[,POLICY…]",
    help="Compare with these policies: names of the files, presets or `default`; repeatable.",
)
@click.option(
    "--fail",
    "parts",
    multiple=True,
    type=Share(all_=True),
    default=("100%", "50%", "10%"),
    show_default=True,
    help="How soon is it told if this part fails? Repeatable.",
)
@click.option("--runs", type=click.IntRange(2, 100_000), default=200, show_default=True, help="How many months.")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How long each of them is.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed, the same answer."
)
@click.option("--jobs", type=click.IntRange(min=1), default=lambda: os.cpu_count() or 1, help="Processes; all cores.")
@output_option("table", "json", "csv")
@click.pass_context
def command(
    context: click.Context,
    rate: float | None,
    share: Fraction | None,
    bursts: Duration | None,
    severity: Fraction,
    swing: float,
    target: Fraction,
    window: Duration,
    supply: Supply,
    step: int,
    slo: str | None,
    tried: tuple[str, ...],
    parts: tuple[Fraction, ...],
    runs: int,
    days: int,
    seed: int,
    jobs: int,
    output: str,
) -> None:
    """What would these policies page on?

    Months of events are made up, and every policy runs over them: how often it pages although nothing got worse than
    you say, and how soon when all, half or a tenth of the events begin to fail.

    Give figures (--rate 4/h --target 99%), an SLO and figures (-f slo.yaml --rate 4/h), or an SLO and its points: then
    each simulated day is a day of that history, drawn by chance.
    """
    _check(context, rate, supply)
    from leeway.cli.progress import progress
    from leeway.lab.backtest import DEFINED, Candidate, candidate
    from leeway.lab.simulate import Asked, Drawn, Subject, simulate  # late: it loads numpy
    from leeway.lab.streams import Traffic

    library = read_definitions(supply)
    subject = Subject.made(target, window) if library is None else Subject.of(library, slo)
    if rate is None:
        _, table = read_table(supply, library, step)
        world: World = subject.history(table, step)
    else:
        bad = float(subject.objective.allowed_share if share is None else share)
        world = Drawn(Traffic(rate, swing), bad, bursts.seconds if bursts else None, float(severity))
    own = Candidate(DEFINED if library else "default")
    candidates = [own, *(candidate(text, subject.library) for text in tried)]
    with progress("Simulation") as tell:
        asked = Asked(runs, days, seed, tuple(float(part) for part in parts))
        watching = subject.watching(candidates)
        answer = simulate(world, subject.objective, watching, asked, horizon_s=subject.horizon_s, jobs=jobs, tell=tell)
    match output:
        case "json":
            write_json({"world": _world(world), "slo": _slo(subject)} | answer.as_json())
        case "csv":
            click.echo(answer.as_csv(), nl=False)
        case _:
            from leeway.cli.simulated import show  # late: what draws tables takes a while, and JSON does not need it

            show(world, subject, answer)


def _check(context: click.Context, rate: float | None, supply: Supply) -> None:
    if rate is None and not supply.named:
        raise click.UsageError("Say what traffic there is: --rate 4/h, or an SLO and its points.")
    typed = click.core.ParameterSource.COMMANDLINE
    given = [name for name in (*MADE_UP, "target", "window") if context.get_parameter_source(name) is typed]
    if supply.named and (made := [name for name in given if name in MADE_UP]):
        said = ", ".join("--errors" if name == "share" else f"--{name}" for name in made)
        raise click.UsageError(f"A real history has its own traffic: leave out {said}.")
    if supply.named and not supply.files and supply.stored_s is None:
        raise click.UsageError("Say which SLO the points are of: -f PATH.")
    if supply.files and ("target" in given or "window" in given):
        raise click.UsageError("The SLO of the files has its own target and window: leave out --target and --window.")


def _world(world: World) -> dict[str, object]:
    return {"events_per_hour": world.per_hour, "bad_share": world.share, "words": world.words}


def _slo(subject: Subject) -> dict[str, object]:
    return {
        "name": subject.slo.metadata.name,
        "target": float(subject.objective.target),
        "window_s": subject.objective.window.longest_s,
        "method": subject.objective.method.value,
    }
