"""One series by its queries to a Prometheus: what `leeway suggest` asks where there is no SLO yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar

import click

from leeway.core.objective import Op, Threshold
from leeway.formats.points import Owner
from leeway.spec.documents import SLI, DataSource, Metadata, Metric, Ratio, RawValue, Reference
from leeway.spec.duration import Duration, Unit
from leeway.spec.library import Library

Command = TypeVar("Command", bound=Callable[..., Any])

PROMETHEUS = "prometheus"
FORMS = ({"good", "total"}, {"bad", "total"}, {"value"})


@dataclass(frozen=True, slots=True)
class Queries:
    """The address of a server, the series' name, and PromQL by its role: good, bad, total or value."""

    url: str
    name: str
    by_role: dict[str, str]

    def library(self) -> Library:
        """The same as documents: a DataSource, and an SLO that has the question and no more of its own."""
        from leeway.lab.suggest import draft  # late: it loads numpy

        ask = {role: Metric({"query": text}, Reference(PROMETHEUS), PROMETHEUS) for role, text in self.by_role.items()}
        value = ask.get("value")
        asked = RawValue(value) if value else Ratio(ask["total"], ask.get("good"), ask.get("bad"), counter=True)
        threshold = Threshold(Op.LTE, 0.0) if value else None
        slo = draft(Owner(self.name), Fraction(1, 2), Duration(4, Unit.WEEK), threshold)
        slo = replace(slo, indicator=SLI(Metadata(f"{self.name}-sli"), asked))
        return Library.of([DataSource(Metadata(PROMETHEUS), PROMETHEUS, {"url": self.url}), slo])


def queries_options(command: Command) -> Command:
    """`--prometheus` and its queries: they arrive as `queries`, None if there are none."""

    @wraps(command)
    def with_queries(
        *args: Any,
        prometheus: str | None,
        name: str | None,
        good: str | None,
        bad: str | None,
        total: str | None,
        value: str | None,
        **others: Any,
    ) -> Any:
        told = {"good": good, "bad": bad, "total": total, "value": value}
        by_role = {role: text for role, text in told.items() if text is not None}
        if prometheus is None:
            if by_role or name is not None:
                raise click.UsageError("Say whom to ask: --prometheus URL.")
            return command(*args, queries=None, **others)
        if set(by_role) not in FORMS:
            raise click.UsageError("Say what to ask: --good and --total, --bad and --total, or --value.")
        if name is None:
            raise click.UsageError("Say what to call the series: --name NAME.")
        return command(*args, queries=Queries(prometheus, name, by_role), **others)

    options = (
        click.option("--prometheus", metavar="URL", help="With --fetch and no -f: the server to ask."),
        click.option("--name", metavar="NAME", help="What to call the series that is asked of --prometheus."),
        click.option("--good", metavar="PROMQL", help="Good events, such as 'http_requests_total{code!~\"5..\"}'."),
        click.option("--bad", metavar="PROMQL", help="Bad events, instead of good ones."),
        click.option("--total", metavar="PROMQL", help="All events, such as 'http_requests_total'."),
        click.option("--value", metavar="PROMQL", help="A value, instead of events."),
    )
    wrapped: Any = with_queries
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]  # click's options return what they were given
