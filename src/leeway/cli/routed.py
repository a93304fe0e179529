"""Routes for a terminal: SLOs with the same way to the same people stand together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.text import Text

from leeway.cli.alerted import COLOURS
from leeway.client.documents import Delivery
from leeway.client.figures import clock
from leeway.client.routes import Route, Told, Trial
from leeway.spec.people import CROWD, people
from leeway.spec.quantity import count, span

_NAMED = 5
"""So many SLOs of one way are named, the others counted."""


def lines(routes: Sequence[Route]) -> Iterator[Text]:
    """A head for each way, and a line for everybody on it, soonest first."""
    alike: defaultdict[str, list[Route]] = defaultdict(list)
    for one in routes:
        alike[one.model_copy(update={"slo": ""}).model_dump_json()].append(one)
    for group in alike.values():
        first, names = group[0], [one.slo for one in group]
        rest = f" and {count(len(names) - _NAMED, 'other SLO')}" if len(names) > _NAMED else ""
        head = Text(f"{first.severity:6}  ", style=COLOURS[first.severity])
        head.append(", ".join(names[:_NAMED]) + rest, style="bold").append(f"  by {first.policy}: ")
        yield head.append(_number(first), style="" if _few(first.people) else "bold red")
        width = max((len(told.recipient) for told in first.told), default=0)
        for told in first.told:
            when = "at once" if not told.after_s else f"after {span(told.after_s)}"
            yield Text(f"    {when:16}  {told.recipient:{width}}  {told.channel}, {people(told.people)}{_why(told)}")
            yield from (Text(f"        {trouble}", style="yellow") for trouble in troubles(told))


def troubles(told: Told) -> Iterator[str]:
    """Why somebody on a route may not be told, as sentences."""
    if told.refused:
        yield f"gets nothing at present: {told.refused}"
    if told.idle:
        yield f"got {told.pages} pages in 90 days, and nobody took one: does anybody read there?"


def outcome(trial: Trial, told: Delivery | None) -> str:
    """Whether a test arrived, in one sentence."""
    whom = f"{trial.recipient} ({trial.channel}, {people(trial.people)})"
    if told is None:
        return f"The test for {whom} is still under way: leeway alerts '{trial.key}'"
    if told.sent_at is None:
        return f"The test did not arrive at {whom}: {told.error}"
    named = f" as {told.reference}" if told.reference else ""
    return f"The test arrived at {whom}, {clock(told.sent_at)}{named}. Nobody else was told."


def _number(route: Route) -> str:
    if not route.told:
        return "nobody is named, so nobody is told"
    more = "" if route.people == route.people_at_once else f", {people(route.people)} in all"
    return f"{people(route.people_at_once)} at once{more}"


def _few(number: int | None) -> bool:
    return number is not None and number <= CROWD


def _why(told: Told) -> str:
    match told.role:
        case "fallback":
            return f"; if {told.stands_for} cannot be reached"
        case "escalation":
            return f"; if {told.stands_for} cannot be reached either" if told.stands_for else "; if nobody has taken it"
    return ""
