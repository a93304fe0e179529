"""What the templates show: documents put in the order in which people read them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from leeway.client import figures
from leeway.client.documents import Alert, State, Status
from leeway.client.figures import MARKS
from leeway.core.assess import Assessment, Health
from leeway.core.window import Rolling
from leeway.engine.views import Status as Standing


@dataclass(frozen=True, slots=True)
class Count:
    """How many objectives are in a state."""

    state: State
    number: int


def counts(found: Mapping[str, int]) -> tuple[Count, ...]:
    """All four states, also those that nothing is in."""
    return tuple(Count(state, found.get(state, 0)) for state in ("exhausted", "at_risk", "healthy", "no_data"))


KEPT = {
    "silence": "silenced",
    "hold": "held back",
    "grouping": "told with others",
    "inhibition": "told by its page",
    "doubt": "not believed",
    None: "nobody to tell",
}


def alerts(up: Sequence[Alert]) -> Mapping[tuple[str, str], tuple[Alert, ...]]:
    """What burns, by SLO and objective: pages first, then what people know of; without tickets that a page tells of."""
    found: defaultdict[tuple[str, str], list[Alert]] = defaultdict(list)
    for one in sorted(up, key=lambda one: (one.severity != "page", one.sent_at is None, one.fired_at)):
        if one.suppressed_by != "inhibition" or not found[one.slo, one.objective]:
            found[one.slo, one.objective].append(one)
    return {name: tuple(each) for name, each in found.items()}


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that wants a person now. `alerts` are up, the page first; none where the state alone says it."""

    status: Standing
    alerts: tuple[Alert, ...]
    urgency: int


PAGE, TICKET, FAILS, SPENT = range(4)


def needs(statuses: Sequence[Standing], up: Sequence[Alert]) -> tuple[Need, ...]:
    """Pages first, then tickets, sources that fail, budgets that are spent; of each the least budget left first."""
    burning = alerts(up)
    found = []
    for one in statuses:
        key = one.slo, one.assessment.objective.name
        mine = tuple(each for each in burning.get(key, ()) if each.sent_at is not None)
        if any(each.severity == "page" for each in mine):
            found.append(Need(one, mine, PAGE))
        elif mine:
            found.append(Need(one, mine, TICKET))
        elif one.source.last_error:
            found.append(Need(one, (), FAILS))
        elif one.assessment.health is Health.EXHAUSTED:
            found.append(Need(one, (), SPENT))
    return tuple(sorted(found, key=lambda need: (need.urgency, need.status.assessment.budget.remaining_ratio or 0)))


def ends_soonest(statuses: Sequence[Standing], most: int = 5) -> tuple[Standing, ...]:
    """Whose budget, not spent yet, will be gone before its window ends if it goes on like in the last hour."""
    ending = [(one.assessment.time_to_exhaustion_s, one) for one in statuses]
    soon = [(seconds, one) for seconds, one in ending if seconds and seconds <= _rest(one.assessment)]
    return tuple(one for _, one in sorted(soon, key=lambda pair: pair[0])[:most])


def _rest(one: Assessment) -> int:
    return one.window.length_s if isinstance(one.objective.window, Rolling) else one.window.end - one.as_of


def address(slo: str, objective: str = "") -> str:
    """The page of an SLO, at the objective if it has several."""
    return f"/slos/{quote(slo, safe='')}" + (f"?objective={quote(objective, safe='')}" if objective else "")


def told(one: Alert) -> str:
    """Who knows of an alert, in a word or two."""
    if one.acknowledged_at is not None:
        return f"{one.acknowledged_by} looks after it"
    return "told" if one.sent_at is not None else KEPT[one.suppressed_by]


def of_several(slos: Iterable[str]) -> frozenset[str]:
    """The SLOs that have several objectives, of the SLO of each objective."""
    return frozenset(slo for slo, objectives in Counter(slos).items() if objectives > 1)


def title(one: Status | Alert, several: Collection[str]) -> str:
    """The name of the objective where the SLO has several, else nothing."""
    return one.objective if one.slo in several else ""


def ends(begin: datetime, end: datetime, parts: int) -> list[datetime]:
    """Of each of so many equal parts."""
    return [begin + (end - begin) * place / parts for place in range(1, parts + 1)]


def drawn(one: Status) -> str:
    """What the sparkline shows, in words."""
    known = [ratio for ratio in one.trace if ratio is not None]
    if not known:
        return "remaining budget: nothing known"
    gaps = "" if len(known) == len(one.trace) else ", with gaps"
    low = f"lowest {figures.rough(min(known))}"
    return (
        f"remaining budget over the window: from {figures.rough(known[0])} to {figures.rough(known[-1])}, {low}{gaps}"
    )


def mark(state: str) -> figures.Mark:
    """Icon and word of a state."""
    return MARKS[state]
