"""How the remaining budget went over the window: a few look-ups for a sparkline."""

from __future__ import annotations

from collections.abc import Callable

from leeway.core.budget import budget
from leeway.core.objective import Objective
from leeway.core.tally import Tally
from leeway.core.window import Rolling, Span

PARTS = 60


def trace(
    objective: Objective, as_of: int, tally: Callable[[Span], Tally], *, scale: int, step_s: int = 60
) -> tuple[float | None, ...]:
    """Remaining ratio of the budget at the ends of equal parts of the window's elapsed time, oldest first.

    For a calendar window it is the burn-down of this period. For a rolling window it is what the slices of the present
    window alone had spent by then, of what the present window allows: it begins whole and ends at today's number.
    None until something counts.
    """
    window = objective.window.at(as_of)
    whole = budget(objective, tally(Span(window.start, as_of)), window, scale)
    ends = [window.start + (as_of - window.start) * part // PARTS // step_s * step_s for part in range(1, PARTS + 1)]
    points: list[float | None] = []
    for end in ends:
        sums = tally(Span(window.start, max(window.start, end)))
        spent = budget(objective, sums, window, scale)
        allowed = whole.allowed if isinstance(objective.window, Rolling) else spent.allowed
        points.append(float(1 - spent.bad / allowed) if allowed and sums.total else None)
    return tuple(points)
