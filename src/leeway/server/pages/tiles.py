"""Tiles of the overview: objectives that belong together, by the worst of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from leeway.client import figures
from leeway.client.documents import State
from leeway.client.figures import MARKS, WORST
from leeway.engine.report import number
from leeway.engine.views import Status
from leeway.server.problems import Misread
from leeway.spec.nearest import did_you_mean

By = Literal["budget", "burn"]
MOST_TILES = 60
"""What needs people comes first; the rest is in the list."""

FAST, OVER = 6.0, 1.0
"""Burn rates of the last hour from which a tile is as bad as a spent budget, or as one that is nearly spent."""

LABEL = "label:"
MOST_KEYS = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """What is told of some objectives: `state` gives the colour, `icon` and `word` say the same."""

    name: str
    address: str
    state: State
    icon: str
    word: str
    objectives: int
    rank: tuple[int, float]
    """What it is sorted by: the worst first."""


def groups(statuses: Iterable[Status]) -> tuple[str, ...]:
    """What the objectives can be grouped by: services always, else whatever tells any two of them apart."""
    owners, projects, labels = set[str](), set[str](), defaultdict[str, set[str]](set)
    for one in statuses:
        owners.add(one.about.owner)
        projects.add(one.about.project)
        for label in one.about.labels:
            key, _, value = label.partition("=")
            labels[key].add(value)
    kinds = ["owner"] * (len(owners) > 1) + ["project"] * (len(projects) > 1)
    return ("service", *kinds, *(f"{LABEL}{key}" for key in sorted(labels)[:MOST_KEYS]))


def tiles(statuses: Sequence[Status], group: str, by: By) -> tuple[Tile, ...]:
    """The worst first, then by name. Misread for a group that is none."""
    known = ("service", "owner", "project")
    if group not in known and not (group.startswith(LABEL) and len(group) > len(LABEL)):
        mend = did_you_mean(group, known) or f"take {', '.join(known)} or {LABEL}KEY"
        raise Misread(f"nothing is grouped by {group[:60]!r}", place="group", mend=mend)
    found: defaultdict[str, list[Status]] = defaultdict(list)
    for one in statuses:
        for name in _names(one, group):
            found[name].append(one)
    made = (_tile(name, theirs, group, by) for name, theirs in found.items())
    return tuple(sorted(made, key=lambda one: (one.rank, one.name)))


def _names(one: Status, group: str) -> Sequence[str]:
    if group.startswith(LABEL):
        key = group.removeprefix(LABEL) + "="
        return [label.removeprefix(key) for label in one.about.labels if label.startswith(key)] or [""]
    return [{"service": one.service, "owner": one.about.owner, "project": one.about.project}[group]]


def _tile(name: str, theirs: Sequence[Status], group: str, by: By) -> Tile:
    worst = min(WORST.index(one.assessment.health.value) for one in theirs)
    state, rank = WORST[worst], (worst, 0.0)
    word = MARKS[state].word
    if by == "burn":
        burns = [number(one.assessment.burn_rates["1h"]) for one in theirs]
        fastest = max((burn for burn in burns if burn is not None), default=None)
        state, rank = _of_burn(fastest), (0, -fastest) if fastest is not None else (1, 0.0)
        word = "no events" if fastest is None else f"burns {figures.burn(fastest)}"
    return Tile(name, _address(name, group), state, MARKS[state].icon, word, len(theirs), rank)


def _of_burn(fastest: float | None) -> State:
    if fastest is None:
        return "no_data"
    return "exhausted" if fastest >= FAST else "at_risk" if fastest > OVER else "healthy"


def _address(name: str, group: str) -> str:
    """The list of these objectives, "" where no filter says it."""
    if not name:
        return ""
    wanted = {"label": f"{group.removeprefix(LABEL)}={name}"} if group.startswith(LABEL) else {group: name}
    return f"/slos?{urlencode(wanted)}"
