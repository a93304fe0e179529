"""The definitions and the history of the demo, written before the engine starts, by the way that all data takes."""

from __future__ import annotations

from importlib.resources import files as packaged
from pathlib import Path

import numpy as np

from leeway.app import pulls, texts
from leeway.core.points import Ints
from leeway.core.quality import Measured
from leeway.demo.history import DAY_S, DAYS, STORIES, Story
from leeway.engine.catalog import Catalog, Numbers, library_of, make_catalog
from leeway.engine.intake import Intake, rows_of
from leeway.engine.planning import make_plan
from leeway.engine.views import Action, SourceText
from leeway.errors import Invalid
from leeway.ports.points import PointStore, Rows
from leeway.ports.push import PushBatch
from leeway.ports.state import Edit, StateStore
from leeway.store import open_points, open_state

BY = "leeway demo"
WRITTEN_AS = "http://127.0.0.1:8475"
"""The address of the bar in the definitions; the demo puts the real one there."""
INBOX = "/the/inbox/of/the/demo"
"""The folder of the inbox in the definitions, likewise."""

FINE_DAYS = 8
"""For so many days the store knows to half a day when it came to know a row; all before was known by then."""

HALF_DAY_S = DAY_S // 2


def definitions(address: str, inbox: Path) -> tuple[SourceText, ...]:
    """The files of the demo, with the bar at this address and the inbox in this folder."""
    folder = packaged("leeway.demo") / "slos"
    return tuple(
        SourceText(one.name, one.read_text("utf-8").replace(WRITTEN_AS, address).replace(INBOX, str(inbox)))
        for one in sorted(folder.iterdir(), key=lambda one: one.name)
        if one.name.endswith(".yaml")
    )


def seed(folder: Path, inbox: Path, address: str, now: float) -> Catalog:
    """Fills a new data folder with 90 days; one of an earlier demo with what it lacks. What is defined there now.

    Raises Invalid if the folder holds definitions of somebody else.
    """
    points = open_points(folder)
    try:
        state = open_state(folder)
        try:
            catalog = _define(state, definitions(address, inbox), now)
            _fill(points, catalog, now)
            return catalog
        finally:
            state.close()
    finally:
        points.close()


def batch(after: float, until: float, opened: int) -> PushBatch:
    """What the invented stories push: their rows that became known in (after, until]."""
    told = [(story, story.told(after, until, opened)) for story in STORIES if not story.live]
    series = np.repeat(np.arange(len(told), dtype=np.int32), [len(rows.time) for _, rows in told])
    time, good, total = (
        np.concatenate([getattr(rows, name) for _, rows in told]) for name in ("time", "good", "total")
    )
    names = tuple(story.slo for story, _ in told)
    return PushBatch(names, series, time, good, total, np.full(len(time), np.nan), np.arange(len(time)))


def _define(state: StateStore, files: tuple[SourceText, ...], now: float) -> Catalog:
    current = state.documents()
    if any(revision.by != BY for revision in current):
        mend = "choose an empty folder, or none: the demo makes one and removes it"
        raise Invalid("this folder holds definitions that are not the demo's", place="--data", mend=mend)
    made = texts()
    plan = make_plan(
        current, files, made, lambda *_: None, lambda _: None, prune=True
    )  # the engine checks at its start
    edits = [
        Edit(change.kind, change.name, change.after, change.expected)
        for change in plan.changes
        if change.action is not Action.KEEP
    ]
    state.apply(edits, by=BY, at=now)
    return make_catalog(library_of(state.documents(), made.read), Numbers(state), now, pulls)


def _fill(points: PointStore, catalog: Catalog, now: float) -> None:
    """Appends in the order in which the rows became known, so that the past can be asked what it knew."""
    intake, extent = Intake(points), points.extent()
    rows, known = [], []
    for feed in catalog.feeds:
        story = _story(feed.name)
        until = extent.get(feed.series.id)
        told = story.told(now - DAYS * DAY_S, now, int(now))
        if until is not None:
            told = told.later(until.end)
        measured = Measured(told.time, told.good, None, told.total, None)
        trusted, _ = intake.check(feed, measured, now)
        rows.append(rows_of(feed.series.id, trusted))
        known.append(told.known)
    whole, at = _together(rows), np.concatenate(known)
    edges = np.append(np.arange(now // HALF_DAY_S * HALF_DAY_S - FINE_DAYS * DAY_S, now, HALF_DAY_S), now)
    order = np.lexsort((whole.time, at))
    turns = np.split(order, np.searchsorted(at[order], edges[:-1], side="right"))
    for these, moment in zip(turns, edges.tolist(), strict=True):
        if len(these):
            intake.append(_some(whole, these), now=moment)


def _story(slo: str) -> Story:
    return next(story for story in STORIES if story.slo == slo)


def _together(rows: list[Rows]) -> Rows:
    names = ("series", "time", "good", "total", "value")
    return Rows(*(np.concatenate([getattr(one, name) for one in rows]) for name in names))


def _some(rows: Rows, these: Ints) -> Rows:
    return Rows(rows.series[these], rows.time[these], rows.good[these], rows.total[these], rows.value[these])
