"""Pictures of a backtest as SVG. Colours come from the page's style by class; each says in words what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from leeway.core.alerting.policy import Severity
from leeway.core.objective import DAY_S
from leeway.lab.backtest.incident import Incident
from leeway.lab.backtest.score import NIGHT
from leeway.lab.backtest.told import Told
from leeway.spec.quantity import count

WIDTH, LEFT, LANE = 1_000, 150, 34
"""Of a picture; of the names at its left; of what one candidate takes."""
MOST_DATES = 8


@dataclass(frozen=True, slots=True)
class Lane:
    """One candidate and its alerts."""

    name: str
    told: tuple[Told, ...]


def timeline(lanes: Sequence[Lane], incidents: Sequence[Incident], start: int, end: int) -> Markup:
    """When each candidate told of what, over the incidents of the objective."""
    height = LANE * len(lanes)

    def x(time: float) -> float:
        return round(LEFT + (WIDTH - LEFT) * (min(max(time, start), end) - start) / max(1, end - start), 1)

    parts = []
    for one in incidents:
        title = escape(one.title or "incident")
        width = max(1.5, x(one.end) - x(one.start))
        parts.append(
            f'<rect class="incident" x="{x(one.start)}" y="0" width="{width:.1f}" height="{height}">'
            f"<title>{title}</title></rect>"
        )
    for place, lane in enumerate(lanes):
        top = LANE * place
        parts.append(_name(lane.name, top))
        parts.append(_rule(top + LANE))
        parts += _marks(lane.told, top, x)
    parts += _dates(start, end, height)
    said = "; ".join(f"{lane.name}: {_counted(lane.told)}" for lane in lanes)
    return _svg(parts, height + 22, f"{count(len(incidents), 'incident')}. {said}")


def days(lanes: Sequence[Lane], start: int, end: int) -> Markup:
    """How many pages each candidate sent on each day."""
    first = start - start % DAY_S
    number = max(1, -(-(end - first) // DAY_S))
    of = [Counter((_sent_at(one) - first) // DAY_S for one in lane.told if _is_page(one)) for lane in lanes]
    most = max((max(each.values(), default=0) for each in of), default=0)
    wide = (WIDTH - LEFT) / number
    return _bars(lanes, of, most, wide, number, [*_dates(first, first + number * DAY_S, _tall(lanes))], "a day")


def hours(lanes: Sequence[Lane], zone: str) -> Markup:
    """At which hours of the day each candidate sent pages."""
    where = ZoneInfo(zone)
    of = [
        Counter(datetime.fromtimestamp(_sent_at(one), where).hour for one in lane.told if _is_page(one))
        for lane in lanes
    ]
    most = max((max(each.values(), default=0) for each in of), default=0)
    wide, tall = (WIDTH - LEFT) / 24, _tall(lanes)
    parts = [
        f'<rect class="night" x="{LEFT + wide * begin:.1f}" y="0" width="{wide * lasts:.1f}" height="{tall}"/>'
        for begin, lasts in ((0, NIGHT[1]), (NIGHT[0], 24 - NIGHT[0]))
    ]
    parts += [
        f'<text class="date" x="{LEFT + wide * hour:.1f}" y="{tall + 16}">{hour}:00</text>' for hour in range(0, 24, 3)
    ]
    return _bars(lanes, of, most, wide, 24, parts, "at an hour")


def _bars(
    lanes: Sequence[Lane],
    of: Sequence[Counter[int]],
    most: int,
    wide: float,
    number: int,
    ground: Sequence[str],
    unit: str,
) -> Markup:
    parts = list(ground)
    for place, (lane, counts) in enumerate(zip(lanes, of, strict=True)):
        top = 2 * LANE * place
        parts.append(_name(lane.name, top + LANE))
        parts.append(_rule(top + 2 * LANE))
        for slot in range(number):
            if counts[slot]:
                tall = (2 * LANE - 6) * counts[slot] / most
                parts.append(
                    f'<rect class="page" x="{LEFT + wide * slot + 0.5:.1f}" y="{top + 2 * LANE - tall:.1f}" '
                    f'width="{max(1.0, wide - 1):.1f}" height="{tall:.1f}"><title>{count(counts[slot], "page")}</title>'
                    "</rect>"
                )
    said = "; ".join(f"{lane.name}: {_counted(lane.told)}" for lane in lanes)
    return _svg(parts, _tall(lanes) + 22, f"Pages, at most {most} {unit}. {said}")


def _marks(told: Sequence[Told], top: int, x: Callable[[float], float]) -> Iterator[str]:
    for one in told:
        at = x(_sent_at(one))
        shape = "kept" if not one.is_sent else one.severity.value
        high = {"page": LANE - 8, "ticket": LANE - 18, "kept": LANE - 22}[shape]
        yield (
            f'<rect class="{shape}" x="{at}" y="{top + LANE - 3 - high}" width="2.5" height="{high}">'
            f"<title>{escape(one.policy)}</title></rect>"
        )


def _dates(start: int, end: int, height: int) -> Iterator[str]:
    """Midnights, as many as fit."""
    day = datetime.fromtimestamp(start, UTC).replace(hour=0, minute=0, second=0) + timedelta(days=1)
    every = max(1, (end - start) // DAY_S // MOST_DATES)
    while (time := int(day.timestamp())) < end:
        at = round(LEFT + (WIDTH - LEFT) * (time - start) / max(1, end - start), 1)
        if at < WIDTH - 50:
            yield f'<line class="grid" x1="{at}" x2="{at}" y1="0" y2="{height}"/>'
            yield f'<text class="date" x="{at}" y="{height + 16}">{day:%-d %b}</text>'
        day += timedelta(days=every)


def _name(name: str, top: int) -> str:
    short = name if len(name) <= 20 else f"{name[:19]}…"
    said = f"{escape(short)}<title>{escape(name)}</title>"
    return f'<text class="name" x="{LEFT - 10}" y="{top + LANE / 2 + 5:.0f}">{said}</text>'


def _rule(y: int) -> str:
    return f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y}" y2="{y}"/>'


def _tall(lanes: Sequence[Lane]) -> int:
    return 2 * LANE * len(lanes)


def _svg(parts: Sequence[str], height: int, said: str) -> Markup:
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(said)}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 - every text in it is escaped where it is put in


def _counted(told: Sequence[Told]) -> str:
    sent = Counter(one.severity for one in told if one.is_sent)
    return f"{count(sent[Severity.PAGE], 'page')}, {count(sent[Severity.TICKET], 'ticket')}"


def _is_page(one: Told) -> bool:
    return one.is_sent and one.severity is Severity.PAGE


def _sent_at(one: Told) -> int:
    return one.fired_at if one.sent_at is None else one.sent_at
