"""What the templates show: documents put in the order in which people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from leeway.client import figures
from leeway.client.documents import State, Status
from leeway.client.figures import MARKS, WORST


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service with its objectives, those that need somebody first."""

    name: str
    state: State
    rows: tuple[Status, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many objectives are in a state."""

    state: State
    number: int


def services(statuses: Sequence[Status]) -> tuple[ServiceView, ...]:
    """Services by their worst state, then by name; inside, SLOs in the order of definition, worst first."""
    names = dict.fromkeys(one.service for one in statuses)
    views = []
    for name in names:
        rows = sorted((one for one in statuses if one.service == name), key=lambda one: WORST.index(one.state))
        views.append(ServiceView(name, rows[0].state, tuple(rows)))
    return tuple(sorted(views, key=lambda view: (WORST.index(view.state), view.name)))


def counts(statuses: Sequence[Status]) -> tuple[Count, ...]:
    """All four states, also those that nothing is in."""
    found = Counter(one.state for one in statuses)
    return tuple(Count(state, found[state]) for state in ("exhausted", "at_risk", "healthy", "no_data"))


def title(one: Status, siblings: Sequence[Status]) -> str:
    """The name of the objective where the SLO has several, else nothing."""
    return one.objective if sum(each.slo == one.slo for each in siblings) > 1 else ""


def sentence(one: Status) -> str:
    """The whole state of an objective as a person would tell it."""
    what = "events" if one.budget.unit == "events" else "time slices"
    promise = f"{figures.percent(one.target)} of the {what} in the {figures.window(one)} shall be good"
    if one.window.type == "calendar":
        promise = f"{figures.percent(one.target)} of the {what} of this period, {figures.window(one)}, shall be good"
    if one.state == "no_data":
        return f"{promise}. Nothing was measured, so nobody knows whether they were."
    told = f"{promise}; {figures.percent(one.sli)} were."
    ratio = one.budget.remaining_ratio
    if ratio is not None and ratio <= 0:
        over = "spent" if ratio == 0 else f"overspent by {figures.rough(-ratio)}"
        return f"{told} The error budget is {over}."
    rest = f"{told} {figures.rough(ratio)} of the error budget is left"
    if one.time_to_exhaustion_s is None:
        return f"{rest}, and nothing burned in the last hour." if one.burn_rates.get("1h") == 0 else f"{rest}."
    return f"{rest}; if it goes on like in the last hour, that lasts {figures.duration(one.time_to_exhaustion_s)}."


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
