"""The steps of the wizard: shows them, and does what their forms ask for."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from leeway.core.window import Span
from leeway.engine.views import SourceText
from leeway.errors import Invalid, LeewayError
from leeway.formats import openslo
from leeway.lab.rehearsal import Pasts
from leeway.server.api import shapes
from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import Pages
from leeway.server.pages.reading import length
from leeway.server.pages.typed import Fault, fault
from leeway.server.pages.wizard import reading, shown
from leeway.server.pages.wizard.answers import STEPS, Answers
from leeway.server.pages.wizard.given import batches
from leeway.server.pages.wizard.walk import Ground, check, title, walk
from leeway.server.pages.words import MEANINGS

PASTED = "pasted.csv"
WAIT_S = 2
"""While something is being read the page asks again so often."""


class Wizard:
    """Shows steps, and does what their forms ask for."""

    def __init__(self, engine: EnginePort, made: Pages) -> None:
        self._engine, self._made = engine, made
        self._pasts = Pasts(engine.asking, made.clock)

    async def shown(self, request: Request, answers: Answers) -> Response:
        """The step that was asked for, or the one before it that lacks something."""
        answers = shown.slid(answers)
        on = self._ground(answers)
        step, lack = walk(answers, on)
        if step == "data" and on.heard is not None and on.heard.reading:
            lack = None  # the page itself says so
        return await self._page(request, answers, on, step, fault(lack) if lack else None)

    async def chosen(self, request: Request, answers: Answers, do: str) -> Response:
        """A source was chosen, or shall be tested."""
        on = self._ground(answers)
        try:
            check("source", answers, on)
            if do != "test":
                return RedirectResponse(answers.address("data"), 303)
            tried = await shown.tested(answers, on.library, self._engine.asking)
        except LeewayError as error:
            return await self._page(request, answers, on, "source", fault(error, "url"))
        return await self._page(request, answers, on, "source", None, tried=tried)

    async def filed(self, request: Request, answers: Answers, content: bytes) -> Response:
        """A file was given."""
        try:
            key = await self._pasts.give(content, PASTED)
        except Invalid as error:
            on, text = self._ground(answers), content[: shown.PASTED_SHOWN].decode("utf-8", "replace")
            return await self._page(request, answers, on, "source", fault(_of_file(error)), text=text)
        return RedirectResponse(answers.address("data", past=key), 303)

    async def read(self, request: Request, answers: Answers, do: str) -> Response:
        """A source shall be asked for the past."""
        if do == "back":
            return RedirectResponse(answers.address("source"), 303)
        on = self._ground(answers)
        if answers.way == "probe":
            return await self._probed(request, answers, on, do)
        try:
            answers.ensure_short()
            if answers.back not in reading.BACKS:
                raise Invalid("this is no length of the past", place="back", mend="choose one of the list")
            length_s = length(answers.back, "back").seconds
            key = self._pasts.ask(reading.question(answers, on.library), length_s)
        except LeewayError as error:
            return await self._page(request, answers, on, "data", fault(error, "total"))
        return RedirectResponse(answers.address("data", past=key), 303)

    async def _probed(self, request: Request, answers: Answers, on: Ground, do: str) -> Response:
        """One real request shows whether the address is what was meant; a site that fails can be watched too."""
        try:
            check("source", answers, on)
            tried = await shown.probed(answers, self._engine.asking)
        except LeewayError as error:
            return await self._page(request, answers, on, "data", fault(error, "site"))
        if do == "next":
            return RedirectResponse(answers.address("sli"), 303)
        return await self._page(request, answers, on, "data", None, tried=tried)

    async def save(self, request: Request, answers: Answers, do: str) -> Response:
        """As PUT does it: planned, then applied if nothing changed meanwhile."""
        on = self._ground(answers)
        step, lack = walk(answers.model_copy(update={"step": "review"}), on)
        if lack is not None:
            return await self._page(request, answers, on, step, fault(lack))
        try:
            documents = reading.documents(answers, on.library, of_values=on.of_values(answers))
            file = SourceText(f"{answers.slo}.yaml", openslo.write(documents))
            planned = await self._engine.plan((file,), prune=False)
            expected = tuple((one.kind, one.name, one.expected) for one in planned.changes)
            await self._engine.apply((file,), prune=False, by="page", expected=expected)
            await self._bring(answers, on, past=do != "without")
        except LeewayError as error:
            return await self._page(request, answers, on, "review", fault(error, "save"))
        return RedirectResponse(f"/slos/{quote(answers.slo, safe='')}", 303)

    async def _bring(self, answers: Answers, on: Ground, *, past: bool) -> None:
        """The past that was read becomes the SLO's: what was given is pushed, what was asked for is asked again."""
        series = on.series(answers)
        if not past or series is None or not len(series.table):
            return
        if answers.way == "file":
            for batch in batches(series, answers.slo):
                await self._engine.push(batch, None)
        elif on.heard is not None:
            end = int(on.heard.until)
            await self._engine.replay(answers.slo, Span(end - length(answers.back, "back").seconds, end))

    def _ground(self, answers: Answers) -> Ground:
        return Ground(self._engine.library, self._pasts.get(answers.past) if answers.past else None)

    async def _page(
        self, request: Request, answers: Answers, on: Ground, step: str, wrong: Fault | None, **more: object
    ) -> Response:
        reads = on.heard is not None and on.heard.reading and step == "data"
        given: dict[str, object] = {"a": answers, "on": on, "step": step, "steps": STEPS, "fault": wrong, "tried": None}
        given |= {"meanings": MEANINGS, "moment": shapes.moment, "course": shown.drawn}
        given |= {"allowed": shown.allowed, "percent_of": shown.in_percent, "title": title, "preview": None}
        again = "hx-request" in request.headers  # a script asks for what the slider means, and for nothing else
        template = "new/told.html" if again and step == "target" else "new.html"
        given |= await shown.given(step, answers, on, self._pasts, self._engine, asks_again=again)
        status = wrong.status if wrong else 200
        return self._made.show(request, template, status, refresh=WAIT_S if reads else 0, **(given | more))


def _of_file(error: Invalid) -> Invalid:
    """The same beside the field, with the line that it names."""
    where = error.place.removeprefix(PASTED).lstrip(":")
    said = f"line {where}: {error.message}" if where else error.message
    return Invalid(said, place="text", mend=error.mend)
