"""How all objectives stand: the list that pages, API and metrics show, made once per evaluation when somebody asks."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from leeway.core.assess import Assessment, assess
from leeway.core.burn import SPANS
from leeway.core.cells import Places
from leeway.core.ledger import Ledger
from leeway.core.tally import Tally
from leeway.core.window import Span, Window
from leeway.engine import query
from leeway.engine.book import Book
from leeway.engine.catalog import STEP_S, Catalog
from leeway.engine.certainty import Sureness
from leeway.engine.goal import Goal
from leeway.engine.views import SourceState, Status
from leeway.ports.clock import Clock
from leeway.ports.points import PointStore
from leeway.spec.about import about

BEHIND_S = 5.0
"""Who can wait for nothing gets a list that was the newest so long ago, while a newer one is made."""

Edition = tuple[int, int]
"""Head and edition of the book that a list was made of."""


@dataclass(slots=True)
class _Made:
    statuses: tuple[Status, ...]
    of: Edition
    newest_at: float
    """Shown seconds of the clock when it was last seen to be the newest."""


class Standing:
    """The newest list. Whoever changes the catalog or the book holds `lock` meanwhile, and calls `forget`."""

    def __init__(self, clock: Clock) -> None:
        self.lock = asyncio.Lock()
        self._clock = clock
        self._made: _Made | None = None

    def forget(self) -> None:
        """The definitions are others now: no list made before may be shown any more."""
        self._made = None

    async def statuses(
        self, edition: Callable[[], Edition], make: Callable[[], tuple[Status, ...]], *, behind: bool
    ) -> tuple[Status, ...]:
        """The very same tuple until `edition` changes; then `make` is called in a thread, once for all who ask.

        With `behind` only one of them waits for it: the others get the list before, if it was the newest BEHIND_S ago
        or less, and of the same definitions.
        """
        made, seen_at = self._made, self._clock.monotonic()
        if behind and made is not None and self.lock.locked() and seen_at - made.newest_at <= BEHIND_S:
            return made.statuses
        async with self.lock:
            now = edition()
            if self._made is None or self._made.of != now:
                self._made = _Made(await asyncio.to_thread(make), now, 0.0)
            self._made.newest_at = self._clock.monotonic()
            return self._made.statuses


def statuses(
    catalog: Catalog,
    book: Book,
    points: PointStore,
    sources: Iterable[SourceState],
    sureness: Sureness,
    as_of: Callable[[Goal], int],
) -> tuple[Status, ...]:
    """Every objective in the order of definition, each at its `as_of`. Blocking."""
    sureness.renew(catalog.goals, book)
    extent, burn_downs = points.extent(), book.burn_downs()
    fed = {state.series: state for state in sources}
    said = {slo.metadata.name: about(slo) for slo in catalog.library.slos}
    found = assessments(catalog.goals, book, as_of)
    listed = []
    for goal in catalog.goals:
        one = found.get(goal.number)
        one = (
            query.live(goal, book, points, as_of(goal), sureness)
            if one is None
            else replace(one, adjusted=sureness.interval(goal, one.budget))
        )
        until = extent[goal.series].end - 1 + STEP_S if goal.series in extent else None
        trace = burn_downs.get(goal.number)
        listed.append(query.status(goal, said[goal.slo], one, book, fed[goal.series], until, trace))
    return tuple(listed)


def assessments(goals: Iterable[Goal], book: Book, as_of: Callable[[Goal], int]) -> dict[int, Assessment]:
    """By goal number, the assessment of each goal that a ledger holds: to the digit what it is when asked for alone.

    All goals of one window and one moment are looked up together: a ledger answers for a thousand columns in the time
    that it takes for one.
    """
    alike: defaultdict[tuple[Window, int], list[Goal]] = defaultdict(list)
    for goal in goals:
        alike[goal.objective.window, as_of(goal)].append(goal)
    found = {}
    for (window, at), theirs in alike.items():
        spans = {Span(window.at(at).start, at), *(Span(at - length, at) for length in SPANS.values())}
        for held, added in book.look_up(theirs, partial(_added, spans)):
            for place, goal in enumerate(held):
                tally = partial(_tally, added, place)
                found[goal.number] = assess(goal.objective, at, tally, step_s=STEP_S, scale=goal.scale)
    return found


Added = Mapping[Span, tuple[list[int], ...]]
"""By span, the lists by column of what was bad, all, covered and, where it is kept, in doubt."""


def _added(spans: Iterable[Span], ledger: Ledger, columns: Places, _: list[Goal]) -> Added:
    def between(span: Span) -> tuple[list[int], ...]:
        late, early = (ledger.sums(max(time, ledger.oldest), columns) for time in (span.end, span.start))
        return tuple(each.tolist() for each in (late - early).arrays)

    return {span: between(span) for span in spans}


def _tally(added: Added, place: int, span: Span) -> Tally:
    return Tally(*(amounts[place] for amounts in added[span]))
