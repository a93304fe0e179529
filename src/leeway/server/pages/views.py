"""What the templates show: documents put in the order in which people read them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from leeway.client import figures
from leeway.client.documents import Alert, State, Status
from leeway.client.figures import MARKS, WORST


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service with its objectives; its state is the worst of theirs."""

    name: str
    state: State
    rows: tuple[Status, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many objectives are in a state."""

    state: State
    number: int


def services(statuses: Sequence[Status]) -> tuple[ServiceView, ...]:
    """What needs a person comes first: services, and SLOs inside, by their worst state, then by name."""

    def worst(rows: Sequence[Status]) -> int:
        return min(WORST.index(one.state) for one in rows)

    of_service: dict[str, dict[str, list[Status]]] = {}
    for one in statuses:
        of_service.setdefault(one.service, {}).setdefault(one.slo, []).append(one)
    views = []
    for name, slos in of_service.items():
        groups = sorted(slos.items(), key=lambda pair: (worst(pair[1]), pair[0]))
        rows = tuple(one for _, group in groups for one in group)
        views.append(ServiceView(name, WORST[worst(rows)], rows))
    return tuple(sorted(views, key=lambda view: (WORST.index(view.state), view.name)))


def counts(statuses: Sequence[Status]) -> tuple[Count, ...]:
    """All four states, also those that nothing is in."""
    found = Counter(one.state for one in statuses)
    return tuple(Count(state, found[state]) for state in ("exhausted", "at_risk", "healthy", "no_data"))


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

    status: Status
    alerts: tuple[Alert, ...]
    urgency: int


PAGE, TICKET, FAILS, SPENT = range(4)


def needs(statuses: Sequence[Status], up: Sequence[Alert]) -> tuple[Need, ...]:
    """Pages first, then tickets, sources that fail, budgets that are spent; of each the least budget left first."""
    burning = alerts(up)
    found = []
    for one in statuses:
        mine = tuple(each for each in burning.get((one.slo, one.objective), ()) if each.sent_at is not None)
        if any(each.severity == "page" for each in mine):
            found.append(Need(one, mine, PAGE))
        elif mine:
            found.append(Need(one, mine, TICKET))
        elif one.source.last_error:
            found.append(Need(one, (), FAILS))
        elif one.state == "exhausted":
            found.append(Need(one, (), SPENT))
    return tuple(sorted(found, key=lambda need: (need.urgency, need.status.budget.remaining_ratio or 0.0)))


def ends_soonest(statuses: Sequence[Status], most: int = 5) -> tuple[Status, ...]:
    """Whose budget, not spent yet, will be gone before its window ends if it goes on like in the last hour."""
    ending = [one for one in statuses if one.time_to_exhaustion_s and one.time_to_exhaustion_s <= _rest(one)]
    return tuple(sorted(ending, key=lambda one: one.time_to_exhaustion_s or 0.0)[:most])


def _rest(one: Status) -> float:
    whole = (one.window.end - one.window.start).total_seconds()
    return whole if one.window.type == "rolling" else (one.window.end - one.as_of).total_seconds()


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
