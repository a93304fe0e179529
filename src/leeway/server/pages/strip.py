"""Sixty halves of a day as a strip: in which of them alerts fired, pages above tickets, drawn by the server as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from leeway.client.documents import Alert

BUCKETS = 60
BUCKET = timedelta(hours=12)
_STEP, _LANE, _GAP = 10, 22, 6


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many alerts fired from `start` on: told and kept from people, pages and tickets."""

    start: datetime
    pages: int = 0
    tickets: int = 0
    pages_kept: int = 0
    tickets_kept: int = 0

    @property
    def any(self) -> bool:
        """Whether anything fired."""
        return bool(self.pages or self.tickets or self.pages_kept or self.tickets_kept)


def buckets(alerts: Sequence[Alert], now: datetime) -> tuple[Bucket, ...]:
    """The last 30 days, oldest first; what fired earlier is left out."""
    begins = now - BUCKETS * BUCKET
    found = [[0, 0, 0, 0] for _ in range(BUCKETS)]
    for one in alerts:
        place = (one.fired_at - begins) // BUCKET
        if 0 <= place < BUCKETS or one.fired_at == now:
            found[min(place, BUCKETS - 1)][(one.severity == "ticket") + 2 * (one.sent_at is None)] += 1
    return tuple(Bucket(begins + BUCKET * place, *each) for place, each in enumerate(found))


def said(found: Sequence[Bucket]) -> str:
    """What the strip shows, in a sentence."""
    pages, tickets = sum(one.pages for one in found), sum(one.tickets for one in found)
    kept = sum(one.pages_kept + one.tickets_kept for one in found)
    counted = f"{pages} {'page' if pages == 1 else 'pages'}, {tickets} {'ticket' if tickets == 1 else 'tickets'}"
    return f"The last 30 days: {counted}, {kept} that nobody was told of"


def strip(found: Sequence[Bucket]) -> Markup:
    """Pages are the upper lane, tickets the lower; full where people were told, hollow where nobody was."""
    parts = []
    for place, one in enumerate(found):
        for lane, (told, kept) in enumerate(((one.pages, one.pages_kept), (one.tickets, one.tickets_kept))):
            kind = ("page-mark", "ticket-mark")[lane] if told else "kept-mark" if kept else "quiet-mark"
            y = 1 + lane * (_LANE + _GAP)
            parts.append(
                f'<rect class="{kind}" x="{place * _STEP + 1}" y="{y}" width="{_STEP - 2}" height="{_LANE}" rx="2"/>'
            )
    width, height = BUCKETS * _STEP, 2 * _LANE + _GAP + 2
    return Markup(  # noqa: S704 — numbers of our own, and what is not is escaped
        f'<svg class="strip" role="img" aria-label="{Markup.escape(said(found))}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" preserveAspectRatio="none">{"".join(parts)}</svg>'
    )
