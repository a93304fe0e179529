"""Everything shown of an objective at one moment, from look-ups alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from leeway.core.budget import Budget, budget
from leeway.core.burn import HOUR_S, SPANS, burn_rate, time_to_exhaustion_s
from leeway.core.objective import Objective
from leeway.core.stats import Interval, wilson
from leeway.core.tally import Tally
from leeway.core.window import Span

AT_RISK = Fraction(20, 100)
"""Below this share of the allowed budget an SLO is at risk."""


class Health(StrEnum):
    """The state of an objective's budget."""

    HEALTHY = "healthy"
    AT_RISK = "at_risk"
    EXHAUSTED = "exhausted"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One objective at `as_of`. `coverage` is None before the first step of a window has elapsed.

    `adjusted` is the exact interval, clusters of bad events allowed for, where somebody worked it out: it takes the
    days of the window. `edges` are those of the bucket that the threshold lies inside of, where that is known and
    leaves counts in doubt.
    """

    objective: Objective
    as_of: int
    window: Span
    budget: Budget
    coverage: Fraction | None
    interval: Interval | None
    burn_rates: Mapping[str, Fraction | None]
    time_to_exhaustion_s: Fraction | None
    health: Health
    edges: tuple[float, float] | None = None
    adjusted: Interval | None = None

    @property
    def elapsed_ratio(self) -> Fraction:
        """How much of the window has passed; 1 when rolling."""
        return Fraction(min(self.as_of, self.window.end) - self.window.start, self.window.length_s)


def assess(objective: Objective, as_of: int, tally: Callable[[Span], Tally], *, step_s: int, scale: int) -> Assessment:
    """The assessment at `as_of` (a whole step), given how to tally any span that ends there.

    Burn rates look back past the window's start: a page must not forget an outage because a month began.
    """
    window = objective.window.at(as_of)
    elapsed = Span(window.start, as_of)
    sums = tally(elapsed)
    spent = budget(objective, sums, window, scale)
    rates = {name: burn_rate(objective, tally(Span(as_of - length, as_of)), scale) for name, length in SPANS.items()}
    steps = _steps(elapsed, step_s)
    health = _health(spent, sums)
    hour = next(name for name, length in SPANS.items() if length == HOUR_S)
    return Assessment(
        objective,
        as_of,
        window,
        spent,
        Fraction(sums.covered, steps) if steps else None,
        _interval(spent),
        rates,
        None if health is Health.NO_DATA else time_to_exhaustion_s(spent, window, rates[hour]),
        health,
    )


def _interval(spent: Budget) -> Interval | None:
    """Wilson's; where counts are in doubt from the lower end of the least good to the upper end of the most."""
    low = wilson(float(spent.good), float(spent.total))
    if low is None or not spent.doubt:
        return low
    high = wilson(float(spent.good + spent.doubt), float(spent.total))
    return low if high is None else replace(low, high=high.high)


def _steps(span: Span, step_s: int) -> int:
    """Steps that start in the span."""
    return -(-span.end // step_s) - -(-span.start // step_s)


def _health(spent: Budget, sums: Tally) -> Health:
    if sums.covered == 0 or sums.total == 0:
        return Health.NO_DATA
    if spent.remaining <= 0:
        return Health.EXHAUSTED
    ratio = spent.remaining_ratio
    return Health.AT_RISK if ratio is not None and ratio < AT_RISK else Health.HEALTHY
