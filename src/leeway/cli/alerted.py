"""Alerts and deliveries for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from leeway.client.documents import Alert, Delivery
from leeway.client.figures import clock
from leeway.client.silences import Decided
from leeway.spec.quantity import count, span

COLOURS = {"page": "bold red", "ticket": "yellow"}

DECIDED = {"sent": "sent", "kept": "not sent", "ended": "over"}


def lines(alerts: Sequence[Alert]) -> Iterator[Text]:
    """Three lines for each: what, why, who."""
    for one in alerts:
        yield from _head(one)
        yield Text(f"    {_told(one)}", style="dim")


def decisions(found: Sequence[Decided]) -> Iterator[Text]:
    """The lines of each alert, then one for each decision about it, the newest first."""
    for each in found:
        one = each.alert
        yield from _head(one)
        if one.acknowledged_at is not None or not each.decisions:
            yield Text(f"    {_told(one)}", style="dim")
        for decision in each.decisions:
            yield Text(f"    {clock(decision.at)}  {DECIDED[decision.decision]:8}  ").append(decision.words)


def deliveries(found: Sequence[Delivery]) -> Iterator[Text]:
    """One line for each message, and one for each note about it."""
    for one in found:
        why = "" if one.role == "named" else f", {one.role}"
        yield Text(f"{one.event:9} {one.recipient}{why}  ").append(_fares(one), style="dim")
        yield from (Text(f"          {note}", style="yellow") for note in one.notes)


def _fares(one: Delivery) -> str:
    beside = f", told together with others: leeway alerts {one.together!r}" if one.together else ""
    if one.sent_at is not None:
        return f"arrived {clock(one.sent_at)}" + (f" as {one.reference}" if one.reference else "") + beside
    if one.attempts == 0 and one.error:
        return one.error
    if one.attempts == 0:
        return f"due {clock(one.due_at)}{beside}"
    return f"waits since {clock(one.due_at)}, {count(one.attempts, 'attempt')}: {one.error or 'under way'}{beside}"


def _head(one: Alert) -> Iterator[Text]:
    word = one.severity if one.sent_at else f"no {one.severity}"
    head = Text(f"{clock(one.fired_at)}  ").append(f"{word:9}", style=COLOURS[one.severity] if one.sent_at else "dim")
    head.append(f"  {one.slo} / {one.objective}", style="bold").append(f"  {one.policy}, ")
    if one.resolved_at is None:
        yield head.append("still burning")
    else:
        yield head.append(span(int((one.resolved_at - one.fired_at).total_seconds())))
    yield Text(f"    {'; '.join([one.condition, *one.reasons])}", style="dim")


def _told(one: Alert) -> str:
    if one.acknowledged_at is not None:
        return f"{one.acknowledged_by} looks after it since {clock(one.acknowledged_at)}; {one.key}"
    if one.sent_at is not None:
        return f"told {clock(one.sent_at)}; take it: leeway ack {one.key!r}"
    return f"nobody was told: {one.decided or one.suppressed_by or 'nobody is named who could be told'}"
