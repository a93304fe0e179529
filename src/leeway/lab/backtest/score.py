"""How a candidate did: whom it would have woken, for what, how soon, and what it would have missed."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from leeway.core.alerting.policy import Severity
from leeway.lab.backtest.incident import Incident
from leeway.lab.backtest.told import Told

NIGHT = (22, 7)
"""From this hour to that one people sleep."""
LEAD_S, GRACE_S = 600, 1_800
"""An alert answers an incident if it was sent so long before its start, as people mark starts late, or so long after
its end, as windows look back."""
RESPOND_S = 900
"""Nobody mends anything within so long of a page."""


@dataclass(frozen=True, slots=True)
class Score:
    """Of one candidate, on one objective or on all.

    `false_pages` answer no marked incident; where none are marked, the burn behind them was over, or did not matter,
    before anybody could have acted. `paged`, `ticketed` (by a ticket only) and `missed` add up to `incidents`. Delays
    are medians in seconds: from an incident's start to its first page, from its end to the end of that page.
    `budget_at_page` is the median share of the window's budget that was gone at that page. `precision` is the share of
    pages that answer a marked incident, `recall` of marked incidents that were paged; None where none are marked.
    """

    candidate: str
    slo: str | None
    objective: str | None
    pages: int
    tickets: int
    night_pages: int
    false_pages: int
    incidents: int
    paged: int
    ticketed: int
    missed: int
    detection_s: float | None
    reset_s: float | None
    budget_at_page: float | None
    precision: float | None
    recall: float | None

    def as_json(self) -> dict[str, object]:
        """As `leeway backtest -o json` prints it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Truth:
    """What alerts are measured by. `marked` says that people told of the incidents; `zone` is where they sleep."""

    incidents: tuple[Incident, ...]
    marked: bool
    zone: str

    def of(self, slo: str, objective: str) -> Truth:
        """Those that concern one objective."""
        kept = tuple(one for one in self.incidents if one.concerns(slo, objective))
        return Truth(kept, self.marked, self.zone)


def score(candidate: str, told: Iterable[Told], truth: Truth, owner: tuple[str, str] | None = None) -> Score:
    """Of these alerts, all of the candidate; `owner` is the objective that they are of, None for many."""
    sent = [one for one in told if one.is_sent]
    pages = [one for one in sent if one.severity is Severity.PAGE]
    tickets = [one for one in sent if one.severity is Severity.TICKET]
    zone = ZoneInfo(truth.zone)
    false = sum(not _answers(page, truth) for page in pages)
    delays, resets, budgets, ticketed = list[float](), list[float](), list[float](), 0
    for incident in truth.incidents:
        first = min(_about(incident, pages), key=_sent_at, default=None)
        if first is None:
            ticketed += any(True for _ in _about(incident, tickets))
            continue
        delays.append(max(0, _sent_at(first) - incident.start))
        if first.resolved_at is not None:
            resets.append(max(0, first.resolved_at - incident.end))
        if first.consumed_ratio is not None:
            budgets.append(first.consumed_ratio)
    slo, objective = owner or (None, None)
    count = len(truth.incidents)
    return Score(
        candidate,
        slo,
        objective,
        pages=len(pages),
        tickets=len(tickets),
        night_pages=sum(_at_night(page, zone) for page in pages),
        false_pages=false,
        incidents=count,
        paged=len(delays),
        ticketed=ticketed,
        missed=count - len(delays) - ticketed,
        detection_s=_median(delays),
        reset_s=_median(resets),
        budget_at_page=_median(budgets),
        precision=(len(pages) - false) / len(pages) if truth.marked and pages else None,
        recall=len(delays) / count if truth.marked and count else None,
    )


def noticed(incident: Incident, told: Sequence[Told]) -> Told | None:
    """The first page that was sent for an incident, else its first ticket; None: nobody was told."""
    about = _about(incident, [one for one in told if one.is_sent])
    return min(about, key=lambda one: (one.severity is not Severity.PAGE, _sent_at(one)), default=None)


def _about(incident: Incident, alerts: Sequence[Told]) -> Iterable[Told]:
    """Those that were sent for it."""
    begin, end = incident.start - LEAD_S, incident.end + GRACE_S
    return (one for one in alerts if begin <= _sent_at(one) < end and incident.concerns(one.slo, one.objective))


def _answers(page: Told, truth: Truth) -> bool:
    """Whether there was something behind it, and a person could still do something about it."""
    sent, over = _sent_at(page), page.resolved_at
    for one in truth.incidents:
        if not one.concerns(page.slo, page.objective):
            continue
        touches = sent < one.end + GRACE_S and (over is None or over > one.start - LEAD_S)
        if touches and (truth.marked or one.end > sent + RESPOND_S):
            return True
    return False


def _sent_at(told: Told) -> int:
    return told.fired_at if told.sent_at is None else told.sent_at


def _at_night(page: Told, zone: ZoneInfo) -> bool:
    hour = datetime.fromtimestamp(_sent_at(page), zone).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


def _median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None
