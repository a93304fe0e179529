"""What objectives spent over some spans: all that stand in one ledger in one look-up for each edge of a span."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from leeway.core.budget import budget
from leeway.core.cells import Places
from leeway.core.ledger import Ledger
from leeway.core.points import Ints
from leeway.core.tally import Tally, units
from leeway.core.window import Span, Window
from leeway.engine.book import Book
from leeway.engine.goal import Goal


@dataclass(frozen=True, slots=True)
class Spent:
    """A span of an objective: the share of the budget of its present window, None if that allows nothing or is shorter;
    and how fast it burned, None where nothing counted."""

    ratio: float | None
    burn_rate: float | None


Spans = tuple[Spent | None, ...]
"""One for each span, None for those that begin before the objective's ledger does."""


def spent(goals: Iterable[Goal], book: Book, edges: Sequence[int]) -> dict[int, Spans]:
    """By goal number, what was spent from each edge (whole minutes) to the next, up to the head. Blocking.

    Goals that no ledger can hold are left out.
    """
    alike: defaultdict[Window, list[Goal]] = defaultdict(list)
    for goal in goals:
        alike[goal.objective.window].append(goal)
    found = {}
    for window, theirs in alike.items():
        present = window.at(book.head)
        for held, (known, amounts) in book.look_up(theirs, partial(_looked_up, edges, present)):
            for place, goal in enumerate(held):
                found[goal.number] = _spans(goal, present, edges, known, [each[:, place] for each in amounts])
    return found


def _looked_up(
    edges: Sequence[int], present: Span, ledger: Ledger, columns: Places, _: list[Goal]
) -> tuple[list[bool], tuple[Ints, Ints]]:
    """Which spans the ledger holds; what was bad and all in each of them (rows), and last in the present window."""
    times = [min(max(time, ledger.oldest), ledger.head) for time in (*edges, present.start, present.end)]
    sums = [ledger.sums(time, columns) for time in times]
    pairs = [*pairwise(sums[:-2]), (sums[-2], sums[-1])]
    spans = [late - early for early, late in pairs]
    bad, total = (np.array([getattr(each, name) for each in spans]) for name in ("bad", "total"))
    return [ledger.oldest <= time < ledger.head for time in edges[:-1]], (bad, total)


def _spans(goal: Goal, present: Span, edges: Sequence[int], known: list[bool], amounts: list[Ints]) -> Spans:
    objective, quanta = goal.objective, units(goal.objective.method, goal.scale)
    *bad, whole_bad = amounts[0].tolist()
    *total, whole = amounts[1].tolist()
    allowed = float(budget(objective, Tally(whole_bad, whole, 0), present, goal.scale).allowed)
    share = float(objective.allowed_share)
    found = []
    for start, end, held, one_bad, one_total in zip(edges, edges[1:], known, bad, total, strict=False):
        ratio = one_bad / quanta.bad / allowed if allowed and end - start <= present.length_s else None
        burn = (one_bad * quanta.total) / (one_total * quanta.bad) / share if one_total else None
        found.append(Spent(ratio, burn) if held else None)
    return tuple(found)
