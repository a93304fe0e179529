"""Targets that a history speaks for, and what each would have meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from leeway.core.targets import snap, stricter
from leeway.lab.suggest.draft import draft
from leeway.lab.suggest.history import History
from leeway.lab.suggest.woken import Woken, woken


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target, what speaks for it, and what it would have meant over the history.

    `missed` of the `rolling` windows were below it, `missed_share` of the resampled ones. `consumed` is the share of
    its budget that the middle resampled window used up, `consumed_p95` the share that the worst in 20 used up.
    `allowed` is how many bad events a typical window allows.
    """

    target: Fraction
    because: tuple[str, ...]
    rolling: int
    missed: int
    missed_share: float
    consumed: float
    consumed_p95: float
    allowed: float
    woken: Woken

    @property
    def rolling_share(self) -> float | None:
        """The share of the rolling windows that missed it; None if there are none."""
        return self.missed / self.rolling if self.rolling else None


def chosen(history: History) -> Fraction | None:
    """The strictest round target that 19 in 20 windows reach; None if too little is known, or below a half."""
    reached = history.reached if history.enough else None
    return None if reached is None else snap(reached)


def candidates(
    history: History, target: Fraction, wanted: Iterable[Fraction] = (), told: Callable[[Fraction], Woken] | None = None
) -> tuple[Candidate, ...]:
    """The chosen target among others that people would name, loosest first: each once, with all that speaks for it.

    `told` says whom a target would have woken, where somebody knows that already.
    """
    figures = {
        "worst rolling window": history.rolling.quantile(0),
        "twice the usual errors": history.headroom(2),
        "middle window": history.resampled.quantile(0.5),
    }
    reasons: dict[Fraction, list[str]] = {target: ["19 in 20 windows"]}
    for reason, figure in figures.items():
        if figure is not None and (snapped := snap(figure)) is not None:
            reasons.setdefault(snapped, []).append(reason)
    reasons.setdefault(stricter(max(reasons)), ["one step stricter"])
    for one in wanted:
        reasons.setdefault(one, []).append("asked for")
    return tuple(tried(history, one, tuple(reasons[one]), told) for one in sorted(reasons))


def tried(
    history: History,
    target: Fraction,
    because: tuple[str, ...] = (),
    told: Callable[[Fraction], Woken] | None = None,
) -> Candidate:
    """One target over the history. ValueError if it has no events."""
    share = float(1 - target)
    middle, low = history.resampled.quantile(0.5), history.resampled.quantile(0.05)
    if middle is None or low is None:
        raise ValueError("a history without events has no candidates")
    return Candidate(
        target,
        because,
        len(history.rolling),
        history.rolling.missed(target),
        history.resampled.missed(target) / len(history.resampled),
        (1 - middle) / share,
        (1 - low) / share,
        share * history.window_events,
        told(target) if told else _woken(history, target),
    )


def _woken(history: History, target: Fraction) -> Woken:
    return woken(history.series, draft(history.series.owner, target, history.window, history.threshold))
