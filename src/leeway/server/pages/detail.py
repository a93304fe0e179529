"""One SLO: its curves, where its budget went, its alerts, its data, its definition, and every input of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from leeway.client import figures
from leeway.client.documents import Status
from leeway.engine.charts.annotations import AnnotationWish
from leeway.engine.replay import KIND
from leeway.errors import Invalid
from leeway.ports.state import Job, JobState, Revision, slo_of
from leeway.server.api import shapes
from leeway.server.api.charts import annotation
from leeway.server.api.data import shown_data
from leeway.server.api.parameters import whole
from leeway.server.api.silences import decided
from leeway.server.api.spending import shown_ledger
from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import PANEL_REFRESH_S, REFRESH_S, Pages
from leeway.server.pages.received import covered, spread
from leeway.server.pages.typed import Fault, read_number, typed
from leeway.server.pages.typed import fault as refused
from leeway.server.problems import Misread
from leeway.server.safety import FORMS

ALERTS_SHOWN = 50
"""Of one SLO; `leeway why SLO --alerts` has more."""

NOTES_SHOWN = 100
ROWS_SHOWN = 20
JOBS_LOOKED_AT = 50

Tab = Literal["charts", "ledger", "alerts", "data", "definition"]
TABS: tuple[tuple[Tab, str], ...] = (
    ("charts", "Charts"),
    ("ledger", "Budget ledger"),
    ("alerts", "Alerts"),
    ("data", "Data"),
    ("definition", "Definition"),
)
MINUTE_S = 60
SPANS = {"1h": 3_600, "1d": 86_400, "7d": 604_800, "30d": 2_592_000}
"""Parts of a window that one looks at; those of an SLO are shorter than its window."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What part of the past is drawn: as it was typed, as the curves are asked for, and what is wrong with it."""

    typed: Mapping[str, str]
    asked: Mapping[str, str]
    fault: Fault | None = None


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/slos/{slo}`, a tab at a time, and the form that writes on its charts."""

    async def page(
        request: Request,
        slo: str,
        objective: str | None,
        tab: Tab,
        looked: Looked,
        note: Mapping[str, str],
        fault: Fault | None = None,
        *,
        removed: bool = False,
    ) -> Response:
        told = shapes.why(await engine.why(slo, objective))
        one = told.status
        siblings = [shapes.status(each) for each in await engine.status(slo)]
        given: dict[str, object] = {"why": told, "siblings": siblings, "tab": tab, "tabs": TABS, "looked": looked}
        given["replay"] = replay = _replay(slo, await engine.jobs(JOBS_LOOKED_AT))
        match tab:
            case "charts":
                address = f"/api/v1/slos/{quote(one.slo, safe='')}/series"
                query = {"objective": one.objective} | dict(looked.asked)
                given |= {"series": f"{address}?{urlencode(query)}", "spans": _spans(one), "charts": _charts(one)}
            case "ledger":
                notes = [annotation(each) for each in await engine.annotations.annotations(slo)]
                spent = shown_ledger(await engine.charts.ledger(slo, one.objective, None))
                given |= {
                    "ledger": spent,
                    "burns": spent.items,
                    "notes": notes[: -NOTES_SHOWN - 1 : -1],
                    "note": note,
                    "fault": fault,
                    "removed": removed,
                }
            case "alerts":
                alerts = await decided(engine, slo, limit=ALERTS_SHOWN)
                given["alerts"] = [each for each in alerts if each.alert.objective == one.objective]
            case "definition":
                given["revisions"] = _revisions(await engine.history("SLO", slo))
            case "data":
                data = await shown_data(engine, slo, one.objective, None, None, ROWS_SHOWN)
                spreading = data.distribution and spread(data.distribution.bars, data.threshold)
                given |= {"data": data, "strip": covered(data.strip), "spreading": spreading}
        wrong = fault or looked.fault
        still = wrong or looked.typed or note
        refresh_s = PANEL_REFRESH_S if replay is not None and replay.state != JobState.FAILED else REFRESH_S
        return made.show(request, "detail.html", 422 if wrong else 200, refresh=0 if still else refresh_s, **given)

    @router.get("/slos/{slo}")
    async def shown(
        request: Request,
        slo: str,
        objective: str | None = None,
        tab: Tab = "charts",
        span: str = "",
        known_at: str = "",
        start: Annotated[str, Query(alias="from")] = "",
        to: str = "",
        at: str = "",
        until: str = "",
        beside: Literal["", "on"] = "",  # noqa: ARG001  # as the next
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        looked = _looked({"from": start, "to": to, "known_at": known_at}, span, int(made.clock.now()))
        return await page(request, slo, objective, tab, looked, {"start": at, "end": until} if at else {})

    @router.post(FORMS + "slos/{slo}/annotations")
    async def annotate(request: Request, slo: str) -> Response:
        await made.sessions.check(request)
        form = await typed(request)
        objective = form.get("objective") or None
        try:
            begin, end = (_time(form.get(name, ""), name) for name in ("start", "end"))
            wish = AnnotationWish(form.get("text", ""), form.get("by", ""), begin, end)
            await engine.annotations.add(slo, wish)
        except Invalid as wrong:
            return await page(request, slo, objective, "ledger", Looked({}, {}), form, refused(wrong))
        back = {"tab": "ledger"} | ({"objective": objective} if objective else {})
        return RedirectResponse(f"/slos/{quote(slo, safe='')}?{urlencode(back)}#notes", 303)

    @router.post(FORMS + "slos/{slo}/annotations/remove")
    async def remove(request: Request, slo: str) -> Response:
        """What is gone stands in the form, to be written again."""
        await made.sessions.check(request)
        form = await typed(request)
        gone = annotation(await engine.annotations.remove(slo, read_number(form.get("number", ""), "note")))
        times = {"start": figures.moment(gone.start), "end": figures.moment(gone.end) if gone.end else ""}
        note = {"text": gone.text, "by": gone.by} | times
        return await page(request, slo, form.get("objective") or None, "ledger", Looked({}, {}), note, removed=True)


def _replay(slo: str, jobs: Sequence[Job]) -> Job | None:
    """The newest replay of this SLO, where it still runs or has failed."""
    newest = next((one for one in jobs if one.kind == KIND and slo_of(one.subject) == slo), None)
    return newest if newest is not None and newest.state not in (JobState.DONE, JobState.CANCELLED) else None


def _looked(typed: Mapping[str, str], span: str, now: int) -> Looked:
    kept = {name: text.strip() for name, text in typed.items() if text.strip()}
    asked: dict[str, str] = {}
    if span in SPANS and not kept:
        asked["from"] = str((now - SPANS[span]) // MINUTE_S * MINUTE_S)
    try:
        for name, text in kept.items():
            asked[name] = str(_time(text, name))
        if "from" in asked and int(asked["from"]) >= int(asked.get("to", now)):
            raise Misread("it does not lie before the end", place="from", mend="swap them")
    except Invalid as wrong:
        return Looked(kept, {}, refused(wrong))
    return Looked(kept, asked)


def _time(text: str, name: str) -> int | None:
    """As the API reads times; one without a zone, as people type it, is UTC. None for nothing."""
    text = text.strip().removesuffix("UTC").strip()
    if not text:
        return None
    try:
        return whole(text, name)
    except Misread:
        return whole(f"{text}Z", name)


def _spans(one: Status) -> Sequence[str]:
    length = (one.window.end - one.window.start).total_seconds()
    return [name for name, seconds in SPANS.items() if seconds < length]


def _charts(one: Status) -> Sequence[tuple[str, str, str, str]]:
    """Name, title, what the lines mean, and the curves of each chart below the budget."""
    target = f"step by step; the broken line is the target, {figures.percent(one.target)}"
    burns = "over 1 h, 6 h and 3 d; the thin line is 1×, broken lines are where alerts begin"
    return (
        ("burn", "Burn rate", burns, "burn_1h,burn_6h,burn_3d"),
        ("sli", "SLI", target, "sli"),
        ("volume", "Volume", "good and bad, step by step", "good,bad,total"),
    )


class Version(NamedTuple):
    """A revision as people read it."""

    number: int
    at: datetime
    by: str
    body: str | None


def _revisions(history: Sequence[Revision]) -> Sequence[Version]:
    return [Version(each.number, shapes.moment(each.at), each.by, each.body) for each in history]
