"""Forecasts of the budget at a window's end: do the bands hold what they promise, and is any single model much better?

In several worlds of each kind (see leeway.lab.worlds), each with other dice; ± is the standard error of the mean over
them. The models beside ours are in bench.rivals; ours are tried alone too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from bench.figure import Figure, Line, expect, scaled, seconds
from bench.rivals import MODELS
from leeway.core.forecast import METHODS, History, Horizon, outlook
from leeway.core.points import Floats
from leeway.lab.forecast import Verdict, judge
from leeway.lab.worlds import WINDOW_DAYS, WORLDS

DAYS = (3, 10, 20)
DAY_H, HOUR_S = 24, 3_600
WINDOW = WINDOW_DAYS * DAY_H
BANDS = {"80 %": ("inside80", 0.8, 0.08), "95 %": ("inside95", 0.95, 0.05)}
"""What it is called, where its verdict is, what it promises, how far off it may be."""
CRPS_AT_MOST = 1.25

Verdicts = Mapping[str, Verdict]


def run(*, quick: bool) -> Iterator[Line]:
    """Both kinds of world at each day; then both in one fleet; then how long it takes."""
    seeds, size = (range(1), (60,)) if quick else (range(5), ())
    fleets = {name: [make(np.random.default_rng(one), *size).spent for one in seeds] for name, make in WORLDS.items()}
    for name, worlds in fleets.items():
        for day in DAYS[-1:] if quick else DAYS:
            found = [_judged(spent, day, seed) for seed, spent in enumerate(worlds)]
            yield from _figures(f"forecast, {name}, day {day}", found)
    yield from _mixed(fleets, DAYS[-1])
    yield _taken(1 if quick else 20)


def _judged(spent: Floats, day: int, seed: int) -> Verdicts:
    """Leeway, its methods one by one, and what other models say of themselves, on the last window of one fleet."""
    elapsed, dice = day * DAY_H, np.random.default_rng(seed)
    asked = History.of(spent[:, : elapsed - WINDOW], HOUR_S), Horizon(elapsed, WINDOW - elapsed)
    truth = spent[:, -WINDOW:].sum(axis=1)
    return {
        "Leeway": judge(spent, HOUR_S, WINDOW, elapsed),
        **{f"{one}, calibrated": judge(spent, HOUR_S, WINDOW, elapsed, (one,)) for one in METHODS},
        **{name: Verdict.of_draws(model(*asked, dice), truth) for name, model in MODELS.items()},
    }


def _figures(what: str, worlds: list[Verdicts]) -> Iterator[Line]:
    ours = [found["Leeway"] for found in worlds]
    for one in ours:
        expect(bool((one.inside80 <= one.inside95).all()), f"{what}: the 95 % band does not hold the 80 % band")
    for band, (name, promised, room) in BANDS.items():
        covers = np.array([getattr(one, name).mean() for one in ours])
        off = abs(float(covers.mean()) - promised)
        yield Figure(f"{what}: {band} band off by", "", (off,), room, beside=f"covers {_mean(covers)}")
    crps = {name: np.array([found[name].crps.mean() for found in worlds]) for name in worlds[0]}
    best = min((name for name in crps if name != "Leeway"), key=lambda name: float(crps[name].mean()))
    ratio = float(crps["Leeway"].mean() / crps[best].mean())
    beside = f"{_mean(crps['Leeway'])}; {best}: {_mean(crps[best])}"
    yield Figure(f"{what}: CRPS, of the best single model's", "×", (ratio,), CRPS_AT_MOST, beside=beside)
    brier = np.array([one.brier.mean() for one in ours])
    in_time = np.array([np.nanmean(one.in_time) for one in ours])
    beside = f"{_mean(brier)}; the times of the 80 % band hold for {_mean(in_time)}"
    yield Figure(f"{what}: Brier score of exhaustion", "", (float(brier.mean()),), beside=beside)


def _mixed(fleets: Mapping[str, list[Floats]], day: int) -> Iterator[Line]:
    """Services of both kinds calibrating each other, against the advice: what the bands are then worth to each."""
    (first, some), (second, others) = fleets.items()
    found = [judge(np.concatenate(pair), HOUR_S, WINDOW, day * DAY_H) for pair in zip(some, others, strict=True)]
    for band, (name, promised, _) in BANDS.items():
        halves = [np.split(getattr(one, name), [len(some[0])]) for one in found]
        kinds = [np.array([half.mean() for half in kind]) for kind in zip(*halves, strict=True)]
        beside = f"covers {_mean(kinds[0])} of {first}, {_mean(kinds[1])} of {second}"
        off = max(abs(float(kind.mean()) - promised) for kind in kinds)
        yield Figure(f"forecast, both in one fleet, day {day}: {band} band off by", "", (off,), beside=beside)


def _taken(repeats: int) -> Line:
    spent = WORLDS["incidents"](np.random.default_rng(0), 1_000).spent
    asked = History.of(spent, HOUR_S), Horizon(10 * DAY_H, 20 * DAY_H)
    return Figure(
        "forecasts of 1,000 services, 90 days of hours", "ms", scaled(seconds(repeats, lambda: outlook(*asked)), 1_000)
    )


def _mean(worlds: Floats) -> str:
    if len(worlds) == 1:
        return f"{worlds[0]:.3f}"
    return f"{worlds.mean():.3f} ± {worlds.std(ddof=1) / len(worlds) ** 0.5:.3f}"
