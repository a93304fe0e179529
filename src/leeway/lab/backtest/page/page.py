"""One self-contained page: no script, no request to anywhere, light and dark, and fit to print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from leeway.lab.backtest.incident import Incident
from leeway.lab.backtest.measures import Measure, in_short, measures
from leeway.lab.backtest.page.charts import Lane, days, hours, timeline
from leeway.lab.backtest.report import Report
from leeway.lab.backtest.score import NIGHT, Score
from leeway.lab.backtest.told import Told
from leeway.spec.quantity import count, span
from leeway.version import VERSION

LISTED = 500
"""Alerts that are listed of one objective; all of them are in the JSON and the CSV."""


@dataclass(frozen=True, slots=True)
class Part:
    """One objective: how each candidate did on it, and what it sent."""

    name: str
    scores: tuple[Score, ...]
    chart: Markup
    told: tuple[Told, ...]
    incidents: tuple[Incident, ...]

    @property
    def left(self) -> int:
        """Alerts that are not listed."""
        return max(0, len(self.told) - LISTED)


def page(report: Report) -> str:
    """The page. A report without any data has one too."""
    environment = Environment(
        loader=PackageLoader("leeway.lab.backtest.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    start, end = report.start or 0, report.end or 0
    lanes = [Lane(name, tuple(one for one in report.told_by(name) if one.is_sent)) for name in report.candidates]
    parts = list(_parts(report))
    return environment.get_template("backtest.html").render(
        report=report,
        start=_day(start),
        end=_day(end),
        lasts=span(end - start),
        objectives=count(len(report.judged), "objective"),
        measures=_lines(measures(marked=report.truth.marked), report.totals),
        days=days(lanes, start, end),
        hours=hours(lanes, report.truth.zone),
        night=NIGHT,
        parts=parts,
        quiet=len(report.judged) - len(parts),
        listed=LISTED,
        in_short=in_short,
        moment=_moment,
        span=span,
        version=VERSION,
    )


def _lines(lines: tuple[Measure, ...], scores: tuple[Score, ...]) -> list[tuple[Measure, list[str]]]:
    return [(line, [line.figure(score) for score in scores]) for line in lines]


def _parts(report: Report) -> Iterator[Part]:
    """Every objective of which there is anything to tell, those with the most alerts first."""
    told = report.told_of
    start, end = report.start or 0, report.end or 0
    scores = {owner: tuple(each) for owner, each in groupby(report.scores, lambda one: (one.slo, one.objective))}
    for owner in sorted(report.judged, key=lambda one: -len(told[one])):
        truth = report.truth.of(*owner)
        if told[owner] or truth.incidents:
            lanes = [
                Lane(name, tuple(one for one in told[owner] if one.candidate == name)) for name in report.candidates
            ]
            drawn = timeline(lanes, truth.incidents, start, end)
            yield Part(" / ".join(owner), scores[owner], drawn, tuple(told[owner]), truth.incidents)


def _moment(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %B %Y")
