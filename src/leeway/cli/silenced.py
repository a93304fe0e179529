"""Silences for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from leeway.cli import alerted
from leeway.client.figures import clock
from leeway.client.silences import Silence, Silenced
from leeway.spec.quantity import count, span

SHOWN = 12
"""SLOs by name, before the rest is counted."""

COLOURS = {"in force": "bold yellow", "planned": "cyan", "over": "dim"}


def covered(made: Silenced) -> Iterator[Text]:
    """What a silence is about, and what is up already."""
    one = made.silence
    if one.number is None:
        yield Text("A dry run: nothing is silenced.", style="bold")
    yield from lines([one])
    slos = ", ".join(made.slos[:SHOWN]) + (f" and {len(made.slos) - SHOWN} more" if len(made.slos) > SHOWN else "")
    about = f"It is about {count(made.objectives, 'objective')} of {slos}" if slos else "It is about nothing yet"
    if not made.alerts:
        yield Text(f"{about}; no alert is up.")
        return
    yield Text(f"{about}; {count(len(made.alerts), 'alert is', 'alerts are')} up:")
    yield from alerted.lines(made.alerts)


def lines(silences: Sequence[Silence]) -> Iterator[Text]:
    """Two lines for each: what and how long, who and why."""
    for one in silences:
        number = "-" if one.number is None else str(one.number)
        head = Text(f"{number:>3}  ").append(f"{one.state:8}", style=COLOURS[one.state])
        head.append(f"  {scope(one)}", style="bold")
        lasts = span(int((one.ends_at - one.starts_at).total_seconds()))
        yield head.append(f"  {clock(one.starts_at)} to {clock(one.ends_at)} ({lasts})")
        ended = f"; ended by {one.ended_by}" if one.ended_by else ""
        yield Text(f"     {one.by}: {one.why}{ended}", style="dim")


def scope(one: Silence) -> str:
    """What it is about, as a phrase."""
    named = (("SLO", one.slo), ("service", one.service), ("policy", one.policy))
    return ", ".join([*(f"{kind} {name}" for kind, name in named if name), *one.labels]) or "everything"
