"""Low traffic: how often each rule pages for nothing, and how soon it pages for something.

Simulated services with diurnal traffic (see leeway.lab.streams): months of services that keep their target, with errors
that come evenly or in bursts, and days on which a part of all events begins to fail. A false page is one of a service
that is on target. A delay counts the minutes between the first that fails and the one whose look pages.

Leeway runs as it does with a fleet: alpha comes from four weeks of the cell's traffic, rho from the four weeks before
of each service itself, the detector serves where windows are too empty and nothing speaks for clusters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import gammaincinv

from bench.figure import Figure, Line, expect, number
from leeway.core.points import Floats
from leeway.core.sparse.alpha import choose, looks
from leeway.core.sparse.detector import Detector, threshold
from leeway.core.sparse.gate import gate, is_sparse
from leeway.core.stats.clusters import overdispersion
from leeway.lab.streams import DAY, Chances, Counts, Traffic, arrivals, bursty, errors, stepped

HOUR = 60
PAGES = ((14.4, HOUR, 5), (6.0, 6 * HOUR, 30))
TICKETS = ((3.0, DAY, 2 * HOUR), (1.0, 3 * DAY, 6 * HOUR))
"""Burn, long and short window in minutes; the set for 30 days."""

LEEWAY, PLAIN = "Leeway", "plain"
QUIET = 60
"""Minutes without a burn after which the next one is a new page."""
LEARNT, LEAD, FULL = 28 * DAY, 3 * DAY, 6 * HOUR
"""Minutes that Leeway learns from; that pass before a day of failures; until the longest window of a page is full."""
PARTS = (1.0, 0.5, 0.25, 0.1)

Places = NDArray[np.intp]
"""Where a rule is up: flat places in services × minutes, in order."""


class Cell(NamedTuple):
    """A target and a traffic; what is wanted of false pages in 30 days (upper 95 % bound) and of a total outage."""

    target: float
    per_hour: float
    false_pages: float = 0.34
    outage: float | None = None

    @property
    def share(self) -> float:
        """Of bad events, that the budget allows."""
        return 1 - self.target

    def __str__(self) -> str:
        return f"{self.target * 100:g} % at {self.per_hour:,g}/h"


CELLS = (
    Cell(0.99, 4, outage=41),  # at most 40
    Cell(0.99, 10),
    Cell(0.99, 60),
    Cell(0.999, 10),
    Cell(0.999, 60, false_pages=0.15, outage=4),  # at most 3
    Cell(0.999, 3_000),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """Services × minutes."""

    total: Counts
    bad: Counts


@dataclass(frozen=True, slots=True)
class Learnt:
    """What Leeway knows of each service before it pages; `few`: single bad events ever burn too fast for a window."""

    alpha: Floats
    rho: Floats
    threshold: float
    few: bool


class Burning(NamedTuple):
    """Where a pair of windows burns faster than its factor, with the events of the long window there."""

    at: Places
    bad: Counts
    total: Counts


def run(*, quick: bool) -> Iterator[Line]:
    """Each cell's false pages and delays, beside those of the listed rules; then whether one of these is better."""
    services, month = (20, 5 * DAY) if quick else (200, 30 * DAY)
    better = 0
    for cell in CELLS[: 2 if quick else None]:
        dice = np.random.default_rng(20260101)
        false, delays, ticketed = _cell(cell, dice, services, month)
        yield from _false_pages(cell, false, services * month / (30 * DAY))
        yield from _delays(cell, delays, ticketed)
        better += sum(_is_better(rule, false, delays) for rule in false["iid"] if rule != LEEWAY)
    yield Figure("listed rules with fewer false pages and shorter delays", "rules", (better,), 1)


def _cell(
    cell: Cell, dice: Generator, services: int, month: int
) -> tuple[dict[str, dict[str, int]], dict[float, dict[str, Floats]], Floats]:
    """Pages of each rule, by how errors come; delays, by the part that fails; delays of page or ticket."""
    traffic = Traffic(cell.per_hour)
    past = arrivals(dice, traffic, 1, LEARNT)[0]
    false, delays = {}, {}
    for errors_come in ("iid", "bursty"):
        chances: float | Chances = cell.share
        if errors_come == "bursty":
            chances = bursty(dice, cell.share / 2, services, LEARNT + FULL + month)
        before = _days(dice, traffic, chances, services)
        learnt = learn(cell, past, before)
        total = arrivals(dice, traffic, services, FULL + month)
        stream = Stream(total, errors(dice, total, chances if isinstance(chances, float) else chances[:, LEARNT:]))
        false[errors_come] = {rule: pages(at, FULL + month) for rule, at in rules(cell, stream, learnt).items()}
    unclustered = learn(cell, past, np.zeros((services, 1, 2)))
    for part in PARTS:
        if part <= 3 * cell.share:
            continue
        total = arrivals(dice, traffic, services, LEAD + DAY)
        failing = stepped(cell.share / 10, services, LEAD + DAY, at=LEAD, share=part)
        stream = Stream(total, errors(dice, total, failing))
        found = rules(cell, stream, unclustered)
        delays[part] = {rule: first(at, total.shape) for rule, at in found.items()}
        tickets = [first(burning(stream, cell.share, pair).at, total.shape) for pair in TICKETS]
    return false, delays, np.minimum.reduce([delays[part][LEEWAY], *tickets])


def _days(dice: Generator, traffic: Traffic, chances: float | Chances, services: int) -> NDArray[np.int64]:
    """(bad, total) of each of the days before, of each service."""
    if isinstance(chances, float):
        total = dice.poisson(traffic.per_hour * 24, (services, LEARNT // DAY))
        return np.stack((dice.binomial(total, chances), total), axis=2)
    arrived = arrivals(dice, traffic, services, LEARNT)
    both = (errors(dice, arrived, chances[:, :LEARNT]), arrived)
    return np.stack([each.reshape(services, -1, DAY).sum(axis=2) for each in both], axis=2)


def learn(cell: Cell, past: Counts, before: NDArray[np.generic]) -> Learnt:
    """Alpha for the traffic and for each rho, rho rounded up to one of four values for each power of ten."""
    seen = [
        looks(past, step_s=60, factor=factor, long_s=long * 60, short_s=short * 60) for factor, long, short in PAGES
    ]
    rho = np.array([overdispersion(*days.T).rho for days in before])
    rho[rho > 0] = np.minimum(0.99, 10 ** (np.ceil(4 * np.log10(rho[rho > 0])) / 4))
    alphas = {each: choose(seen, cell.share, rho=each).alpha for each in np.unique(rho).tolist()}
    few = any(is_sparse(each.most, factor=each.factor, share=cell.share).any() for each in seen)
    busy = float((past > 0).mean() * DAY)
    return Learnt(np.array([alphas[each] for each in rho.tolist()]), rho, float(threshold(busy)), few)


def rules(cell: Cell, stream: Stream, learnt: Learnt) -> dict[str, Places]:
    """Where each rule pages."""
    pairs = [burning(stream, cell.share, pair) for pair in PAGES]
    found = {
        PLAIN: _either(stream.total.shape, [pair.at for pair in pairs]),
        "≥ 2 errors": _either(stream.total.shape, [pair.at[pair.bad >= 2] for pair in pairs]),
        "≥ 3 errors": _either(stream.total.shape, [pair.at[pair.bad >= 3] for pair in pairs]),
        "≥ 20 events": _either(stream.total.shape, [pair.at[pair.total >= 20] for pair in pairs]),
    }
    gated = []
    for at, bad, total in pairs:
        service = at // stream.total.shape[1]
        alpha, rho = learnt.alpha[service], learnt.rho[service]
        gated.append(at[gate(bad, total, share=cell.share, alpha=alpha, rho=rho).opens])
    found[LEEWAY] = _either(stream.total.shape, [*gated, detected(cell, stream, learnt)])
    return found


def burning(stream: Stream, share: float, pair: tuple[float, int, int]) -> Burning:
    """The plain rule's condition: both windows burn faster than the factor."""
    factor, long, short = pair
    bad, total = (_windows(each, long) for each in (stream.bad, stream.total))
    bad_now, total_now = (_windows(each, short) for each in (stream.bad, stream.total))
    limit = factor * share * (1 + 1e-9)
    at = np.flatnonzero(bad_now)
    bad, total, bad_now, total_now = (each.ravel()[at] for each in (bad, total, bad_now, total_now))
    up = (bad > limit * total) & (bad_now > limit * total_now)
    return Burning(at[up], bad[up], total[up])


def detected(cell: Cell, stream: Stream, learnt: Learnt) -> Places:
    """Where the detector alarms while a pair of windows sees too few events."""
    if not learnt.few:
        return np.empty(0, np.intp)
    services, minutes = stream.total.shape
    busy = np.argsort(stream.total == 0, axis=1, kind="stable")[:, : int((stream.total > 0).sum(axis=1).max())]
    steps = (
        np.take_along_axis(each, busy, axis=1).T.astype(np.float64, order="C") for each in (stream.bad, stream.total)
    )
    detector = Detector.of(np.full(services, cell.share), learnt.threshold)
    evidence, alarms = detector.start(), np.zeros((busy.shape[1], services), np.bool_)
    for step, (bad, total) in enumerate(zip(*steps, strict=True)):
        evidence, alarms[step] = detector.step(evidence, bad, total)
    step_of, service = np.nonzero(alarms & (learnt.rho == 0))
    at = np.sort(service * minutes + busy[service, step_of])
    seen = [_windows(stream.total, long).ravel()[at] for _, long, _ in PAGES]
    pairs = zip(PAGES, seen, strict=True)
    return at[np.logical_or.reduce([is_sparse(each, factor=pair[0], share=cell.share) for pair, each in pairs])]


def pages(at: Places, minutes: int) -> int:
    """How many times it comes up, once all windows are full."""
    at = at[at % minutes >= FULL]
    new = (np.diff(at) > QUIET) | (np.diff(at // minutes) > 0)
    return int(new.sum()) + (len(at) > 0)


def first(at: Places, shape: tuple[int, ...]) -> Floats:
    """Minutes from the end of the lead to the first page of each service; a day where there is none."""
    up = np.zeros(shape, np.bool_)
    up.flat[at] = True
    after = up[:, LEAD:]
    return np.where(after.any(axis=1), after.argmax(axis=1), DAY).astype(np.float64)


def _windows(counts: Counts, length: int) -> Counts:
    """The sum of the last `length` minutes at the end of each."""
    sums = np.cumsum(counts, axis=1, dtype=np.int32)
    result = sums.copy()
    result[:, length:] -= sums[:, :-length]
    return result


def _either(shape: tuple[int, ...], places: list[Places]) -> Places:
    up = np.zeros(shape, np.bool_).ravel()
    for at in places:
        up[at] = True
    return np.flatnonzero(up)


def _false_pages(cell: Cell, false: dict[str, dict[str, int]], months: float) -> Iterator[Figure]:
    for errors_come, found in false.items():
        rates = ", ".join(f"{rule} {number(count / months)}" for rule, count in found.items())
        if errors_come == "iid":
            bound = float(gammaincinv(found[LEEWAY] + 1, 0.95)) / months
            what = f"{cell}, iid, on target: false pages, upper 95 % bound"
            yield Figure(what, "per 30 d", (bound,), cell.false_pages, beside=rates)
        else:
            what = f"{cell}, bursts, half the budget: pages"
            yield Figure(what, "per 30 d", (found[LEEWAY] / months,), beside=rates)


def _delays(cell: Cell, delays: dict[float, dict[str, Floats]], ticketed: Floats) -> Iterator[Figure]:
    for part, found in delays.items():
        expect(bool((found[PLAIN] <= found["≥ 2 errors"]).all()), "a stricter rule cannot page sooner")
        beside = ", ".join(f"{rule} {np.median(each):.0f}/{np.quantile(each, 0.9):.0f}" for rule, each in found.items())
        what = f"{cell}, {part * 100:g} % fail: minutes to the page (beside: median/p90)"
        yield Figure(what, "min", tuple(found[LEEWAY].tolist()), cell.outage if part == 1 else None, beside=beside)
        if part == 0.5:
            yield Figure(f"{cell}, 50 % fail: paged within a day", "", (_share(found[LEEWAY]),), 0.99, least=True)
        if cell.per_hour >= 1_000:
            late = float((found[LEEWAY] - found[PLAIN]).max())
            yield Figure(f"{cell}, {part * 100:g} % fail: at most later than plain", "min", (late,), 1)
    yield Figure(
        f"{cell}, {min(delays) * 100:g} % fail: page or ticket within a day", "", (_share(ticketed),), 0.9, least=True
    )


def _share(delays: Floats) -> float:
    return float((delays < DAY).mean())


def _is_better(rule: str, false: dict[str, dict[str, int]], delays: dict[float, dict[str, Floats]]) -> bool:
    """Fewer false pages, of either kind, and a shorter median delay, of any part that fails."""
    fewer = any(found[rule] < found[LEEWAY] for found in false.values())
    return fewer and any(np.median(found[rule]) < np.median(found[LEEWAY]) for found in delays.values())
