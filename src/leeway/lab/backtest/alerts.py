"""Alert policies over one objective's past, as if its points had arrived live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from leeway.core.alerting.conditions import Sums
from leeway.core.alerting.decide import (
    HOLD_AT_MOST_S,
    HORIZON_S,
    Recovery,
    Suppression,
    holds,
    is_slow,
    linger_s,
)
from leeway.core.alerting.past import Episode, episodes
from leeway.core.alerting.policy import Policy, Severity
from leeway.core.alerting.survival import Lasted
from leeway.core.points import Floats, Ints

HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as somebody would have got it or, with `suppressed_by`, would not.

    `sent_at` is later than the firing where it was held or inhibited first; None if it was never sent. `severity` is
    ticket also for the ticket that stands for a held page.
    """

    episode: Episode
    severity: Severity
    sent_at: int | None
    suppressed_by: Suppression | None = None


def alerts_of(policies: Sequence[Policy], sums: Sums, at: Ints, horizon_s: int = HORIZON_S) -> list[Alert]:
    """All alerts of one objective over the moments `at`, in the order of firing."""
    found = episodes(policies, sums, at)
    alerts = list(_paged([one for one in found if one.policy.severity is Severity.PAGE], sums, at, horizon_s))
    pages = [one for one in alerts if one.severity is Severity.PAGE and one.sent_at is not None]
    alerts += [_ticket(one, pages) for one in found if one.policy.severity is Severity.TICKET]
    return sorted(alerts, key=lambda one: one.episode.fired_at)


def _paged(pages: list[Episode], sums: Sums, at: Ints, horizon_s: int) -> Iterator[Alert]:
    left = _time_to_exhaustion_s(sums)
    past: dict[str, list[Lasted]] = {}
    for page in pages:
        known = past.setdefault(page.policy.name, [])
        held_until = _held_until(page, tuple(known), at, left, horizon_s)
        if held_until == page.fired_at:
            yield Alert(page, Severity.PAGE, page.fired_at)
        else:
            yield Alert(page, Severity.TICKET, page.fired_at)
            yield Alert(page, Severity.PAGE, held_until, Suppression.HOLD if held_until is None else None)
        if page.resolved_at is not None:
            known.append(Lasted(page.resolved_at - page.fired_at))


def _held_until(page: Episode, past: tuple[Lasted, ...], at: Ints, left: Floats, horizon_s: int) -> int | None:
    """When the page is sent; None if it resolves before."""
    fast = min((time for group, time in page.fired if not is_slow(page.policy, group)), default=None)
    first, last = np.searchsorted(at, (page.fired_at, page.fired_at + HOLD_AT_MOST_S), side="left")
    for place in range(int(first), min(int(last) + 1, len(at))):
        now = int(at[place])
        if not page.lasts_beyond(now):
            return None
        recovery = Recovery(past, None if np.isnan(left[place]) else float(left[place]))
        if (fast is not None and fast <= now) or not holds(
            page.policy, page.group, now - page.fired_at, recovery, horizon_s
        ):
            return now
    return None


def _time_to_exhaustion_s(sums: Sums) -> Floats:
    """The linear figure of core.burn at every moment; NaN where nothing burns or nothing is known."""
    burn, spent = sums.burn(HOUR_S).floats(), sums.spent(None).floats()
    seconds: Floats = np.divide(
        np.maximum(0.0, 1 - spent) * sums.window_s, burn, out=np.full(len(burn), np.nan), where=burn > 0
    )
    return seconds


def _ticket(ticket: Episode, pages: Sequence[Alert]) -> Alert:
    """Sent at once, or when no page and nothing that a page left behind explains it any more."""
    sent_at = ticket.fired_at
    linger = linger_s(ticket.policy)
    for page in pages:
        end = page.episode.resolved_at
        if page.sent_at is not None and page.sent_at <= sent_at and (end is None or sent_at < end + linger):
            if end is None or not ticket.lasts_beyond(end + linger):
                return Alert(ticket, Severity.TICKET, None, Suppression.INHIBITION)
            sent_at = end + linger
    return Alert(ticket, Severity.TICKET, sent_at)
