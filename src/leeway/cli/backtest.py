"""`leeway backtest`: what alert policies would have done over a table of points, with no server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from leeway.cli.offline import Given, Supply, points_options, read_given, step_option, tell_refused
from leeway.cli.output import Exit, output_option, write_json
from leeway.errors import Invalid

if TYPE_CHECKING:
    from leeway.lab.backtest import Asked, Incident, Report, Told


@click.command()
@points_options
@step_option
@click.option(
    "--try",
    "tried",
    multiple=True,
    metavar="POLICY[,POLICY…]",
    help="Compare with these policies instead of each SLO's own: names of the files, presets or `default`; repeatable.",
)
@click.option(
    "--pages",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What pages people today: CSV (time,slo,severity,resolved) or Alertmanager's JSON.",
)
@click.option(
    "--incidents",
    type=click.Path(dir_okay=False, path_type=Path),
    help="When users were really failed: CSV (start,end,slo,title). Gives precision and recall.",
)
@click.option("--zone", default="UTC", show_default=True, help="Where those sleep whom pages at night would wake.")
@click.option("--jobs", type=click.IntRange(min=1), default=lambda: os.cpu_count() or 1, help="Processes; all cores.")
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file that keeps what is done: run the same again and it goes on from there.",
)
@output_option("table", "json", "csv", "html")
@click.pass_context
def command(
    context: click.Context,
    supply: Supply,
    step: int,
    tried: tuple[str, ...],
    pages: Path | None,
    incidents: Path | None,
    zone: str,
    jobs: int,
    resume: Path | None,
    output: str,
) -> None:
    """Run alert policies over the past, as if it had arrived live.

    SLOs that name no policy are watched by the default set: fast burns page, slow burns open a ticket, by burn rates
    made from the SLO's own window. Alerts that fired but would not have been sent are listed too, with the reason.

    With --try, --pages or --incidents the answer is a comparison: who would have been woken, how often for nothing, how
    soon, and what would have been missed.

    Exit code 4 if no objective has any data; alerts are no error.
    """
    _check_zone(zone)
    given = read_given(supply, step)
    from leeway.cli.progress import progress
    from leeway.lab.backtest import run  # late: it loads numpy
    from leeway.lab.backtest.journal import Journal
    from leeway.lab.backtest.work import Work

    asked = _asked(given, tried, pages, incidents, zone)
    with progress("Backtest") as tell:
        work = Work(jobs, Journal(resume) if resume else None, tell)
        report = run(given.plans, given.library, given.table, step_s=step, asked=asked, work=work)
    given.tell(report.quarantined, report.unknown_slos)
    for sentence in sorted(set(report.outside)):
        click.echo(f"left out: {report.outside.count(sentence)} × {sentence}", err=True)
    _print(report, output)
    if not report.judged:
        context.exit(Exit.CANNOT_DECIDE)


def _print(report: Report, output: str) -> None:
    match output:
        case "json":
            write_json(report.as_json())
        case "csv":
            click.echo(report.as_csv(), nl=False)
        case "html":
            from leeway.lab.backtest.page import page

            click.echo(page(report), nl=False)
        case _:
            from leeway.cli.backtested import show  # late: what draws tables takes a while, and JSON does not need it

            show(report)


def _asked(given: Given, tried: tuple[str, ...], pages: Path | None, incidents: Path | None, zone: str) -> Asked:
    from leeway.lab.backtest import Asked, candidate

    return Asked(
        candidates=tuple({each.name: each for each in (candidate(text, given.library) for text in tried)}.values()),
        incidents=None if incidents is None else _incidents(incidents),
        present=None if pages is None else _present(pages),
        zone=zone,
    )


def _incidents(path: Path) -> tuple[Incident, ...]:
    from leeway.formats.past import read_incidents
    from leeway.lab.backtest import Incident

    marked, refused = read_incidents(_read(path), str(path))
    tell_refused(str(path), refused)
    return tuple(Incident(one.start, one.end, one.slo, title=one.title) for one in marked)


def _present(path: Path) -> tuple[Told, ...]:
    from leeway.formats.past import read_pages
    from leeway.lab.backtest import PRESENT, Told

    found = read_pages(_read(path), str(path))
    tell_refused(str(path), found.refused)
    return tuple(
        Told(PRESENT, one.slo, one.objective, one.name, "", one.severity, one.at, one.at, one.resolved)
        for one in found.sent
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise Invalid(message, place=str(path), mend="check the path") from error


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{name!r} is no time zone; write for example Europe/Berlin"
        raise click.BadParameter(message, param_hint="--zone") from error
