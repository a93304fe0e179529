"""Low traffic: how often each rule pages for nothing, and how soon it pages for something.

Simulated services with diurnal traffic (see leeway.lab.streams): months of services that keep their target, with errors
that come evenly or in bursts, and days on which a part of all events begins to fail. A false page is one of a service
that is on target. A delay counts the minutes between the first that fails and the one whose look pages.

Leeway runs as it does with a fleet: the guard of each service comes from four weeks of the cell's traffic and from its
own bad events of the four weeks before; the detector serves where windows are too empty and nothing speaks of clusters.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import gammaincinv

from bench.figure import Figure, Line, expect, number
from leeway.core.points import Floats
from leeway.core.sparse import measure
from leeway.core.sparse.detector import Detector, threshold
from leeway.core.sparse.gate import gate, is_sparse
from leeway.core.sparse.guard import Pair
from leeway.lab.backtest import Candidate
from leeway.lab.simulate import Answer, Asked, Drawn, Subject, simulate
from leeway.lab.streams import DAY, Chances, Counts, Traffic, arrivals, bursty, errors, stepped
from leeway.spec.duration import Duration, Unit

HOUR = 60
PAGES = ((14.4, HOUR, 5), (6.0, 6 * HOUR, 30))
TICKETS = ((3.0, DAY, 2 * HOUR), (1.0, 3 * DAY, 6 * HOUR))
"""Burn, long and short window in minutes; the set for 30 days."""

LEEWAY, GATE, PLAIN = "Leeway", "the gate alone", "plain"
QUIET = 60
"""Minutes without a burn after which the next one is a new page."""
LEARNT, LEAD, FULL = 28 * DAY, 3 * DAY, 6 * HOUR
"""Minutes that Leeway learns from; that pass before a day of failures; until the longest window of a page is full."""
PARTS = (1.0, 0.5, 0.25, 0.1)
BUSY = 1_000
"""Events an hour from which the delays must be those of the plain rule."""

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
    clustered: NDArray[np.bool_]
    threshold: float
    few: bool


class Burning(NamedTuple):
    """Where a pair of windows burns faster than its factor, with the events of the long window there."""

    at: Places
    bad: Counts
    total: Counts


@dataclass(frozen=True, slots=True)
class Measured:
    """Of each rule: pages on target, by how errors come; delays by the part that fails; of a total outage after bursts.

    `ticketed` are Leeway's delays to a page or a ticket for the smallest part.
    """

    false: dict[str, dict[str, int]]
    delays: dict[float, dict[str, Floats]]
    after_bursts: dict[str, Floats]
    ticketed: Floats


def run(*, quick: bool) -> Iterator[Line]:
    """Each cell's false pages and delays, beside those of the listed rules; then whether one of these is better."""
    services, month = (20, 5 * DAY) if quick else (300, 30 * DAY)
    better = 0
    for cell in CELLS[: 2 if quick else None]:
        found = measured(cell, np.random.default_rng(20260101), services, month)
        yield from _false_pages(cell, found, services * month / (30 * DAY))
        yield from _delays(cell, found)
        better += sum(_is_better(rule, found) for rule in found.after_bursts if rule not in {GATE, LEEWAY})
    yield from _simulated(CELLS[0], 4 if quick else 200)
    yield Figure("listed rules with clearly fewer false pages and a shorter median delay", "rules", (better,), 1)


def _simulated(cell: Cell, runs: int) -> Iterator[Figure]:
    """The same cell by `leeway simulate`: months of its own, decided by the code that decides in a server."""
    subject = Subject.made(Fraction(str(cell.target)), Duration(30, Unit.DAY))
    world, watching = Drawn(Traffic(cell.per_hour), cell.share), subject.watching([Candidate("default")])

    def asked(wish: Asked) -> Answer:
        jobs = os.cpu_count() or 1
        return simulate(world, subject.objective, watching, wish, horizon_s=subject.horizon_s, jobs=jobs)

    (months,) = asked(Asked(runs, seed=20260101, parts=())).summaries
    upper = float(gammaincinv(months.pages.mean * runs + 1, 0.95)) / runs
    what = f"{cell}, simulated: false pages' upper 95 % bound"
    yield Figure(what, "in 30 d", (upper,), cell.false_pages, beside=f"{months.pages.mean:.3g}")
    outages = asked(Asked(4 * runs, 1, seed=20260101, parts=(1.0,))).runs
    waits = [ran.reached[1.0]["default"].page_s for ran in outages]
    expect(None not in waits, "a total outage is not paged within a day")
    minutes = tuple((one or 0) / 60 for one in waits)
    yield Figure(f"{cell}, simulated, 100 % fail: to the page", "min", minutes, cell.outage)


def measured(cell: Cell, dice: Generator, services: int, month: int) -> Measured:
    """One cell."""
    traffic = Traffic(cell.per_hour)
    past = arrivals(dice, traffic, 1, LEARNT)[0]
    bursts = bursty(dice, cell.share / 2, services, LEARNT + FULL + month)
    even = learn(cell, past, _days(dice, traffic, cell.share, services))
    clustered = learn(cell, past, _days(dice, traffic, bursts, services))
    unclustered = learn(cell, past, np.zeros((services, 1, 2)))

    def found(learnt: Learnt, chances: float | Chances, minutes: int) -> tuple[Stream, dict[str, Places]]:
        total = arrivals(dice, traffic, services, minutes)
        stream = Stream(total, errors(dice, total, chances))
        return stream, rules(cell, stream, learnt)

    def failing(learnt: Learnt, chances: float | Chances, part: float) -> tuple[Stream, dict[str, Floats]]:
        chance = stepped(chances, services, LEAD + DAY, at=LEAD, share=part)
        stream, places = found(learnt, chance, LEAD + DAY)
        return stream, {rule: first(at, stream.total.shape) for rule, at in places.items()}

    false = {
        "iid": found(even, cell.share, FULL + month)[1],
        "bursty": found(clustered, bursts[:, LEARNT:], FULL + month)[1],
    }
    counts = {come: {rule: pages(at, FULL + month) for rule, at in each.items()} for come, each in false.items()}
    delays = {}
    for part in PARTS:
        if part > 3 * cell.share:
            stream, delays[part] = failing(unclustered, cell.share / 10, part)
    tickets = [first(burning(stream, cell.share, pair).at, stream.total.shape) for pair in TICKETS]
    _, after_bursts = failing(clustered, bursts[:, LEARNT : LEARNT + LEAD + DAY], 1.0)
    return Measured(counts, delays, after_bursts, np.minimum.reduce([delays[part][LEEWAY], *tickets]))


def _days(dice: Generator, traffic: Traffic, chances: float | Chances, services: int) -> NDArray[np.int64]:
    """(bad, total) of each of the days before, of each service."""
    if isinstance(chances, float):
        total = dice.poisson(traffic.per_hour * 24, (services, LEARNT // DAY))
        return np.stack((dice.binomial(total, chances), total), axis=2)
    arrived = arrivals(dice, traffic, services, LEARNT)
    both = (errors(dice, arrived, chances[:, :LEARNT]), arrived)
    return np.stack([each.reshape(services, -1, DAY).sum(axis=2) for each in both], axis=2)


def learn(cell: Cell, past: Counts, before: NDArray[np.generic]) -> Learnt:
    """As the product does: a guard for each service, from the cell's traffic and from its own days before."""
    traffic = measure.Traffic.of(past, [Pair(burn, *_seconds(spans)) for burn, *spans in PAGES], cell.share, step_s=60)
    held = np.array([measure.clustering(*days.T, step_s=60 * DAY) for days in before])
    guards = [traffic.guard(rho) for rho in held.tolist()]
    few = any(is_sparse(each.most, factor=each.factor, share=cell.share).any() for each in traffic.seen)
    alpha, rho = np.array([(guard.alpha, guard.rho) for guard in guards]).T
    return Learnt(alpha, rho, held > 0, float(threshold((past > 0).mean() * DAY)), few)


def _seconds(minutes: list[int]) -> list[int]:
    return [60 * each for each in minutes]


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
    found[GATE] = _either(stream.total.shape, gated)
    found[LEEWAY] = _either(stream.total.shape, [found[GATE], detected(cell, stream, learnt)])
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
    step_of, service = np.nonzero(alarms & ~learnt.clustered)
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


def _false_pages(cell: Cell, found: Measured, months: float) -> Iterator[Figure]:
    beside = {
        come: ", ".join(f"{rule} {number(count / months)}" for rule, count in each.items() if rule != LEEWAY)
        for come, each in found.false.items()
    }
    count = found.false["iid"][LEEWAY]
    bound = float(gammaincinv(count + 1, 0.95)) / months
    yield Figure(f"{cell}, iid, on target: false pages", "in 30 d", (count / months,), beside=beside["iid"])
    yield Figure(f"{cell}, iid, on target: their upper 95 % bound", "in 30 d", (bound,), cell.false_pages)
    bursts = found.false["bursty"][LEEWAY] / months
    yield Figure(f"{cell}, bursts, half the budget: pages", "in 30 d", (bursts,), beside=beside["bursty"])


def _delays(cell: Cell, found: Measured) -> Iterator[Figure]:
    for part, each in found.delays.items():
        expect(bool((each[PLAIN] <= each["≥ 2 errors"]).all()), "a stricter rule cannot page sooner")
        yield _delay(f"{cell}, {part * 100:g} % fail: to the page", each, cell.outage if part == 1 else None)
        if part == 0.5:
            yield _share(f"{cell}, 50 % fail: paged within a day", each[LEEWAY], 0.99)
        if cell.per_hour >= BUSY:
            late = float((each[LEEWAY] - each[PLAIN]).max())
            yield Figure(f"{cell}, {part * 100:g} % fail: at most later than plain", "min", (late,), 1)
    yield _share(f"{cell}, {min(found.delays) * 100:g} % fail: page or ticket within a day", found.ticketed, 0.9)
    yield _delay(f"{cell}, all fail after a month of bursts: to the page", found.after_bursts, None)


def _delay(what: str, delays: dict[str, Floats], wanted: float | None) -> Figure:
    beside = [f"{rule} {np.median(each):.0f}/{np.quantile(each, 0.9):.0f}" for rule, each in delays.items()]
    return Figure(what, "min", tuple(delays[LEEWAY].tolist()), wanted, beside=f"median/p90: {', '.join(beside)}")


def _share(what: str, delays: Floats, wanted: float) -> Figure:
    return Figure(what, "of 1", (float((delays < DAY).mean()),), wanted, least=True)


def _is_better(rule: str, found: Measured) -> bool:
    """Fewer false pages beyond chance (19 of 20), however errors come, and a shorter median delay of any part."""
    counts = [(each[rule], each[LEEWAY]) for each in found.false.values()]
    fewer = any(ours - theirs > 1.645 * math.sqrt(ours + theirs) for theirs, ours in counts)
    return fewer and any(np.median(each[rule]) < np.median(each[LEEWAY]) for each in found.delays.values())
