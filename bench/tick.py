"""The tick: all burn rates and budgets of a fleet at one minute, and the memory its ledgers take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.figure import Figure, Line, Skipped, expect, scaled, seconds
from bench.fleet import MIXED, NOW, Past, shelves
from bench.place import aside, free_bytes, resident_bytes
from leeway.core.burn import SPANS
from leeway.core.objective import Method
from leeway.core.tally import units
from leeway.core.window import Span
from leeway.engine.book.shelf import Shelf

SIZES = ((1_000, 1.0, 300), (10_000, 5.0, 100), (50_000, 25.0, 40))
"""Objectives, milliseconds wanted, repeats."""

BYTES_EACH = 180_000
"""About what an objective takes in a ledger, and its making beside it."""


def run(*, quick: bool) -> Iterator[Line]:
    """Ticks of several sizes, one method and mixed ones; then the memory."""
    for count, wanted_ms, repeats in SIZES[: 1 if quick else None]:
        for methods, named in (((Method.OCCURRENCES,), "Occurrences"), (MIXED, "the four methods mixed")):
            what = f"tick of {count:,} objectives, 8 windows and budgets, {named}"
            if count * BYTES_EACH > free_bytes():
                yield Skipped(what, f"needs {count * BYTES_EACH / 1e9:.0f} GB of free memory")
                continue
            taken = aside(_ticks, methods, count, 5 if quick else repeats)
            yield Figure(what, "ms", scaled(taken, 1_000), wanted_ms)
    count = 200 if quick else 10_000
    reserved, resident = aside(_memory, count)
    yield Figure(f"ledger of {count:,} objectives, Occurrences: reserved", "GB", (reserved / 1e9,), 2.2)
    yield Figure(f"ledger of {count:,} objectives, Occurrences: resident", "GB", (resident / 1e9,), 2.2)


def _ticks(methods: tuple[Method, ...], count: int, repeats: int) -> tuple[float, ...]:
    made = shelves(methods, count)
    for shelf, past in made:
        _check(shelf, past)
    return seconds(repeats, lambda: [shelf.pulse(NOW) for shelf, _ in made])


def _memory(count: int) -> tuple[int, int]:
    shelves((Method.OCCURRENCES,), 1)  # what numpy and its threads take once
    before = resident_bytes()
    made = shelves((Method.OCCURRENCES,), count)
    past = sum(each.nbytes for each in (made[0][1].bad, made[0][1].total))
    return sum(shelf.ledger.nbytes for shelf, _ in made), resident_bytes() - before - past


def _check(shelf: Shelf, past: Past) -> None:
    """The first and the last objective say what the minutes of their past add up to."""
    said = shelf.pulse(NOW)
    for place in (0, len(shelf.order) - 1):
        objective = shelf.order[place].objective
        quanta = units(objective.method, shelf.order[place].scale)
        bad, total = past.tally(place, objective.window.at(NOW))
        expect(
            bool(np.isclose(said.bad[place], bad / quanta.bad)), f"{bad} bad quanta, the tick says {said.bad[place]}"
        )
        expect(bool(np.isclose(said.total[place], total / quanta.total)), f"{total} quanta, not {said.total[place]}")
        for row, (name, length) in enumerate(SPANS.items()):
            bad, total = past.tally(place, Span(NOW - length, NOW))
            burn = bad * quanta.total / (total * quanta.bad) / float(objective.allowed_share)
            expect(bool(np.isclose(said.burn[row, place], burn)), f"burn over {name} is {burn}")
