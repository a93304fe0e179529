"""Guards of a running server: measured from what the store holds, each once a week, a few a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import structlog

from leeway.core.ledger.grid import MINUTE_S
from leeway.core.sparse.guard import UNMEASURED, Guard, Guards, Pair
from leeway.core.tally import units
from leeway.core.window import Span
from leeway.engine.book.increments import increments, read_span
from leeway.engine.goal import Goal
from leeway.errors import LeewayError
from leeway.ports.clock import Clock
from leeway.ports.guards import GuardStore, Measured
from leeway.ports.points import PointStore

AGAIN_S = 7 * 86_400.0
FIRST_S = 86_400
HISTORY_S = 28 * 86_400
TAKES_S = 1.0
"""For so long a minute is measured; the others wait for the next."""

log = structlog.get_logger(__name__)

Guarded = tuple[Goal, tuple[Pair, ...]]
"""A goal with the burns that page for it and must be more than chance."""


class Gauge:
    """Knows the guard of every goal; `measure` renews those that are due."""

    def __init__(self, store: GuardStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._held = store.guards()
        self._guarded: tuple[Guarded, ...] = ()

    def watch(self, guarded: Iterable[Guarded]) -> None:
        """Measures these from now on."""
        self._guarded = tuple(guarded)

    def guard(self, goal: Goal) -> Guard:
        """The one that holds now."""
        held = self._held.get(goal.number)
        return held.guard if held else UNMEASURED

    def of(self, goals: Sequence[Goal]) -> Guards:
        """Those of several, in their order."""
        return Guards.of([self.guard(goal) for goal in goals])

    def measure(self, points: PointStore, born: Callable[[int], int | None], now: float) -> None:
        """Renews what is due, as much as the time allows; the rest another time. Raises what the stores raise."""
        due = [one for one in self._guarded if self._is_due(one[0], born, now)]
        begin, measured = self._clock.monotonic(), list[Measured]()
        for goal, pairs in due:
            if measured and self._clock.monotonic() - begin > TAKES_S:
                break
            try:
                guard = _measured(goal, pairs, points, born(goal.series) or 0, int(now))
            except LeewayError:
                raise
            except Exception:  # a fault of ours in one history must not keep the others, nor the tick, from going on
                log.exception("traffic could not be measured", slo=goal.slo, objective=goal.objective.name)
                guard = self.guard(goal)
            measured.append(Measured(goal.number, guard, now))
            log.info(
                "measured how rare a chance must be to page",
                slo=goal.slo,
                objective=goal.objective.name,
                alpha=guard.alpha,
                rho=guard.rho,
                false_pages_in_90_days=guard.expected,
                days=guard.days,
            )
        self._store.keep(measured)
        self._held |= {one.goal: one for one in measured}

    def _is_due(self, goal: Goal, born: Callable[[int], int | None], now: float) -> bool:
        held, birth = self._held.get(goal.number), born(goal.series)
        if birth is None or now - birth < FIRST_S:
            return False
        return held is None or not 0 <= now - held.at < AGAIN_S  # measured in the future: a clock was set back


def _measured(goal: Goal, pairs: Sequence[Pair], points: PointStore, born: int, now: int) -> Guard:
    from leeway.core.sparse.measure import Traffic, clustering  # late: the functions behind it take long to load

    objective, step_s = goal.objective, goal.objective.slice_s or MINUTE_S
    end = now // step_s * step_s
    span = Span(max(born // step_s * step_s, end - HISTORY_S // step_s * step_s), end)
    rows = points.read_all([goal.series], read_span([goal], span))
    added, quanta = increments([goal], rows, {goal.series: born}, span, end), units(objective.method, goal.scale)
    every = slice(None, None, step_s // MINUTE_S)
    bad, total = added.certain[every, 0] / quanta.bad, added.total[every, 0] / quanta.total
    traffic = Traffic.of(total, pairs, float(objective.allowed_share), step_s=step_s)
    return traffic.guard(clustering(bad, total, step_s=step_s) if traffic.sparse else 0.0)
