"""The panel of the demo: the bar as it is right now, and the buttons that break and mend it."""

from __future__ import annotations

import json
import math
from pathlib import Path

from leeway.client import figures
from leeway.demo.bar import Bar
from leeway.ports.clock import Clock
from leeway.server.pages import Button, Panel

MINUTE_S = 60
SETTLE_S = 5
"""A minute is counted at most so long after its end."""

LAST = 20
INBOX_SHOWN = 3

PROMISE = (
    "The promise: 99 % of the guests are greeted within 30 seconds (a hundred times faster here: 0.3). "
    "Leeway sends a guest every 2 seconds for each of the two SLOs of the bar."
)
STORIES = (
    "Beside it, invented: checkout, a fast burn; search, a slow burn; catalogue, it heals by itself; "
    "invoices, four points an hour; daily-report, a late batch. Each line opens and tells its story."
)


def panel(bar: Bar, clock: Clock, inbox: Path) -> Panel:
    """The bar now. Guests show at once, budgets when their minute is over, alerts when the inbox has them."""
    now = clock.now()
    minute = now - now % MINUTE_S
    greeted, lost = bar.since(minute)
    before_greeted, before_lost = bar.since(minute - MINUTE_S)
    return Panel(
        banner="This is a demo. The bar is real: guests come, one by one. The other stories are invented history.",
        title=_title(bar.errors),
        sentences=(PROMISE, _hint(bar.errors), STORIES),
        facts=(
            ("Guests this minute", _went(greeted, lost)),
            ("The minute before", _went(before_greeted - greeted, before_lost - lost)),
            ("The last ones", _drawn(bar)),
            ("Budgets are counted next", f"in {math.ceil(minute + MINUTE_S + SETTLE_S - now)} s"),
            *(("In the inbox of who is on call", said) for said in newest(inbox, INBOX_SHOWN)),
        ),
        buttons=_buttons(bar),
    )


def newest(inbox: Path, count: int) -> list[str]:
    """The last messages that the pager got, the newest first: when, whether page or ticket, and of what."""
    path = inbox / "inbox.jsonl"
    lines = path.read_text("utf-8").splitlines()[-count:] if path.exists() else []
    told = [json.loads(line) for line in reversed(lines)]
    return [f"{one['severity']}, {one['event']}: {one['title']}" for one in told] or ["nothing yet"]


def _title(errors: float) -> str:
    return f"The bar is broken: {figures.rough(errors)} of the guests walk out" if errors else "The bar is open"


def _hint(errors: float) -> str:
    if errors:
        return (
            "Watch bar-this-hour below: it can afford 18 walk-outs an hour. Will you mend the bar before they are gone?"
        )
    return "All is well. Break it, and watch what a budget does; bar-this-hour shows it within a minute."


def _went(greeted: int, lost: int) -> str:
    return f"{greeted} greeted, {lost} walked out"


def _drawn(bar: Bar) -> str:
    return "".join("✕" if guest.fault else "●" for guest in list(bar.guests)[-LAST:]) or "nobody came yet"


def _buttons(bar: Bar) -> tuple[Button, ...]:
    def breaking(errors: float) -> Button:
        async def act() -> None:
            bar.break_down(errors)

        share = f"{figures.rough(errors)} of the guests walk out" if errors < 1 else "everybody walks out"
        hint = f"leeway demo break --errors {errors:.0%}"
        return Button(f"break-{errors:.0%}".rstrip("%"), f"Break the bar: {share}", act, hint)

    async def mend() -> None:
        bar.mend()

    mending = Button("mend", "Mend it", mend, "leeway demo mend")
    return (mending,) if bar.errors else (breaking(0.3), breaking(1.0))
