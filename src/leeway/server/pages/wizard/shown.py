"""What each step shows besides its form."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import log

import numpy as np
from markupsafe import Markup

from leeway.client import figures
from leeway.core.objective import Objective
from leeway.core.points import Floats
from leeway.core.targets import TARGETS
from leeway.engine.asking import Asking
from leeway.engine.views import PlanView, SourceText
from leeway.errors import Invalid, LeewayError
from leeway.formats import openslo
from leeway.lab.rehearsal import Pasts, Preview, Rehearsal, Suggested, Verdict, preview
from leeway.ports.source import Provenance
from leeway.server.engine_port import EnginePort
from leeway.server.pages.wizard import reading
from leeway.server.pages.wizard.answers import Answers
from leeway.server.pages.wizard.drawing import course
from leeway.server.pages.wizard.probing import at_field
from leeway.server.pages.wizard.walk import Ground
from leeway.spec.documents import DataSource, Kind, Recipient
from leeway.spec.library import Library

PASTED_SHOWN = 64 << 10
"""Characters of what was pasted that are shown again."""

MOMENTS = 240

SOON_S, LONG_S = 0.1, 20.0
"""So long a moving slider, and a page without scripts, wait for the count of pages."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A target on its past: `place` is the nearest of TARGETS; the rest is None where there is no past."""

    target: Fraction
    typed: str
    place: int
    rehearsal: Rehearsal | None
    verdict: Verdict | None
    trace: list[float | None]
    begins: datetime | None
    ends: datetime | None


async def given(
    step: str, answers: Answers, on: Ground, pasts: Pasts, engine: EnginePort, *, asks_again: bool
) -> dict[str, object]:
    """By the name that the template calls it. `asks_again`: who asks can come back for what takes long."""
    patience_s = SOON_S if asks_again else LONG_S
    match step:
        case "source":
            return {"sources": _asked(on.library), "text": ""}
        case "data":
            return {"preview": await _preview(answers, on), "backs": reading.BACKS}
        case "sli":
            return {
                "of_values": on.of_values(answers),
                "preview": await _preview(answers, on),
                "windows": reading.WINDOWS,
            }
        case "target":
            return {"windows": reading.WINDOWS, **(await _target(answers, on, pasts, patience_s))}
        case "alerts":
            known = [one for one in on.library.documents if isinstance(one, Recipient)]
            tried = await rehearsal(answers, on, pasts)
            return {"recipients": known, "aim": await _aim(answers, tried, None, pasts, SOON_S)}
        case "name":
            return {"services": on.library.names(Kind.SERVICE)}
        case _:
            return await _review(answers, on, engine)


def _asked(library: Library) -> list[DataSource]:
    return [one for one in library.documents if isinstance(one, DataSource) and one.type == reading.PROMETHEUS]


async def _preview(answers: Answers, on: Ground) -> Preview | None:
    series = on.series(answers)
    if series is None or on.heard is None:
        return None
    return await asyncio.to_thread(preview, series, on.heard.notes)


def slid(answers: Answers) -> Answers:
    """Where the slider was moved, the target is where it stands now."""
    places = {str(at): one for at, one in enumerate(TARGETS)}
    if answers.place == answers.was or answers.place not in places:
        return answers
    return answers.model_copy(update={"target": in_percent(places[answers.place])})


def in_percent(target: Fraction) -> str:
    """As somebody would type it.

    >>> in_percent(Fraction(999, 1000))
    '99.9'
    """
    return f"{float(target * 100):.10g}"


def place_of(target: Fraction) -> int:
    """The nearest of TARGETS, as budgets go: twice as strict is as far as half as strict."""
    return min(range(len(TARGETS)), key=lambda at: abs(log((1 - TARGETS[at]) / (1 - target))))


def allowed(amount: float, objective: Objective) -> str:
    """A budget in its unit: events, or time where slices are counted."""
    if objective.method.counts_events or objective.slice_s is None:
        return f"{figures.amount(amount)} events"
    return figures.duration(amount * objective.slice_s)


def drawn(values: Floats, said: str, shown: Preview, width: int, whole: bool = False) -> Markup:
    """The course of one figure; `whole` from nothing on, and in numbers instead of shares."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    name = figures.amount if whole or shown.of_values else figures.percent
    ends = figures.day(_moment(shown.span.start)), figures.day(_moment(shown.span.end))
    return course(values.tolist(), said, name(low), name(high), ends, width)


def _moment(time: int) -> datetime:
    return datetime.fromtimestamp(time, UTC)


async def rehearsal(answers: Answers, on: Ground, pasts: Pasts) -> Rehearsal | None:
    """The SLO on what was read; None without a past. Raises Invalid."""
    series = on.series(answers)
    if series is None or not len(series.points):
        return None
    slo = reading.judged(answers, of_values=on.of_values(answers))
    return await pasts.rehearsal(answers.past, series, slo)


async def _target(answers: Answers, on: Ground, pasts: Pasts, patience_s: float) -> dict[str, object]:
    tried = await rehearsal(answers, on, pasts)
    suggested = None if tried is None else await asyncio.to_thread(tried.suggested)
    aim = await _aim(answers, tried, suggested, pasts, patience_s)
    worth = [] if tried is None or suggested else [tried.told(one) for one in tried.worth(aim.target)]
    return {"aim": aim, "suggested": suggested, "worth": worth, "targets": [in_percent(one) for one in TARGETS]}


async def _aim(
    answers: Answers, tried: Rehearsal | None, suggested: Suggested | None, pasts: Pasts, patience_s: float
) -> Aim:
    typed = answers.target
    try:
        target = Fraction(reading.target(answers))
    except Invalid:
        target = _first(tried, suggested)
        typed = typed or in_percent(target)
    if tried is None:
        return Aim(target, typed, place_of(target), None, None, [], None, None)
    at, left = tried.curve(target, MOMENTS)
    trace = [None if np.isnan(one) else float(one) for one in left]
    ends = (_moment(at[0]), _moment(at[-1])) if len(at) else (None, None)
    verdict = await pasts.verdict(tried, target, patience_s)
    return Aim(target, typed, place_of(target), tried, verdict, trace, *ends)


def _first(tried: Rehearsal | None, suggested: Suggested | None) -> Fraction:
    if suggested is not None and suggested.target is not None:
        return suggested.target
    if tried is not None and len(tried.past.judged):
        return next((one for one in reversed(tried.worth(TARGETS[0])) if tried.told(one).meant.met), TARGETS[0])
    return Fraction(999, 1000)


async def _review(answers: Answers, on: Ground, engine: EnginePort) -> dict[str, object]:
    documents = reading.documents(answers, on.library, of_values=on.of_values(answers))
    text = openslo.write(documents)
    planned: PlanView = await engine.plan((SourceText(f"{answers.slo}.yaml", text),), prune=False)
    return {"text": text, "plan": planned}


@dataclass(frozen=True, slots=True)
class Tested:
    """A source answered."""

    source: str
    query: str
    notes: tuple[str, ...] = ()


async def probed(answers: Answers, asking: Asking) -> Tested:
    """One real request. Raises Invalid at a field of the form, and what stands in the way on this side."""
    try:
        told = await asking.once(reading.probe(answers))
    except LeewayError as error:
        raise at_field(error) from error
    return Tested(told.source, told.query, told.notes)


async def tested(answers: Answers, library: Library, asking: Asking) -> Tested:
    """Asks the source a question that any Prometheus can answer. Raises what the source raises."""
    heard: list[Provenance] = []
    trial = answers.model_copy(update={"value": "vector(1)", "good": "", "bad": "", "total": ""})
    _, troubles = await asking.past(reading.question(trial, library), 300, lambda _done, _all: None, heard.append)
    for one in troubles:
        if one.error is not None:
            raise one.error
    return Tested(heard[-1].source if heard else "", heard[-1].query if heard else "")
