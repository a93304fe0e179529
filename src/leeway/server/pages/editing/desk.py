"""Where definitions are changed by hand: what a form would change, who was faster, deleting."""

from __future__ import annotations

from difflib import unified_diff
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from leeway.engine.views import PlanView, SourceText
from leeway.errors import Conflict, Invalid, LeewayError, NotFound
from leeway.formats import openslo
from leeway.ports.state import Revision
from leeway.server.api import shapes
from leeway.server.engine_port import EnginePort
from leeway.server.pages.editing.fields import changed, fields
from leeway.server.pages.editing.merging import differences, together
from leeway.server.pages.editing.weighing import weighed
from leeway.server.pages.frame import Pages
from leeway.server.pages.typed import Fault, fault, read_number
from leeway.spec.documents import SLO, Document, Reference
from leeway.spec.nearest import did_you_mean

KIND = "SLO"
PAGE = "page"
"""Who did it, where nobody has a name."""


class Desk:
    """Where definitions are changed by hand."""

    def __init__(self, engine: EnginePort, made: Pages) -> None:
        self._engine, self._made = engine, made

    async def open(self, request: Request, slo: str, by: str) -> Response:
        """The form, or the text, as it stands."""
        now = await self._current(slo)
        told = fields(_slo(now)) | {"seen": str(now.number), "by": by, "text": now.body or ""}
        return self._shown(request, slo, now, told)

    async def take(self, request: Request, slo: str, told: dict[str, str]) -> Response:
        """What was typed: looked at, saved, or held beside what somebody else saved meanwhile."""
        now = await self._current(slo)
        seen = await self._seen(slo, told, now)
        try:
            text = told.get("text", "") if told.get("by") == "yaml" else openslo.compose([changed(_slo(seen), told)])
            told = fields(_slo(seen)) | told | {"seen": str(seen.number)}
            plan = await self._planned(slo, text)
        except LeewayError as error:
            told = fields(_slo(seen)) | told
            return self._shown(request, slo, seen, told, wrong=fault(error, "text"))
        if plan.refused:
            return self._shown(request, slo, seen, told, plan=plan, wrong=_refused(plan))
        if seen.number != now.number:
            return self._overtaken(request, slo, seen, now, plan)
        if told.get("do") != "save":
            more = await weighed(self._engine, _slo(seen), _document(plan))
            return self._shown(request, slo, seen, told, plan=plan, text=text, weighed=more)
        try:
            expected = ((KIND, slo, seen.number),)
            file = SourceText(f"{slo}.yaml", text)
            await self._engine.apply((file,), prune=False, by=PAGE, expected=expected)
        except Conflict as error:
            now = await self._current(slo)
            if now.number != seen.number:
                return self._overtaken(request, slo, seen, now, plan)
            return self._shown(request, slo, seen, told, wrong=fault(error))
        except LeewayError as error:
            return self._shown(request, slo, seen, told, wrong=fault(error))
        return RedirectResponse(f"/slos/{quote(slo, safe='')}?tab=definition", 303)

    async def ask(self, request: Request, slo: str, wrong: Fault | None) -> Response:
        """Whether it shall really be deleted, and what that means."""
        now = await self._current(slo)
        up = await self._engine.alarm.alerts(slo, up=True, limit=100)
        left = [one.name for one in _slo(now).alert_policies if isinstance(one, Reference)]
        status = wrong.status if wrong else 200
        return self._made.show(request, "delete.html", status, slo=slo, now_is=now, up=len(up), left=left, fault=wrong)

    async def delete(self, request: Request, slo: str, told: dict[str, str]) -> Response:
        """Deletes the revision that was seen."""
        try:
            number = read_number(told.get("seen", ""), "revision")
            await self._engine.delete(KIND, slo, by=PAGE, expected=number)
        except LeewayError as error:
            return await self.ask(request, slo, fault(error))
        return RedirectResponse("/slos", 303)

    def blank(self, request: Request, text: str, plan: PlanView | None, wrong: Fault | None) -> Response:
        """A text of new definitions."""
        status = wrong.status if wrong else 200
        return self._made.show(request, "new_yaml.html", status, text=text, plan=plan, fault=wrong)

    async def write(self, request: Request, told: dict[str, str]) -> Response:
        """The text: looked at or applied, all of it or nothing."""
        text = told.get("text", "")
        file = SourceText("text", text)
        plan: PlanView | None = None
        try:
            plan = await self._engine.plan((file,), prune=False)
            if not plan.changes and not plan.refused:
                raise Invalid("there is no definition in it", place="text", mend="begin with apiVersion and kind")
            if plan.refused:
                return self.blank(request, text, plan, _refused(plan))
            if told.get("do") != "save":
                return self.blank(request, text, plan, None)
            expected = tuple((one.kind, one.name, one.expected) for one in plan.changes)
            await self._engine.apply((file,), prune=False, by=PAGE, expected=expected)
        except LeewayError as error:
            return self.blank(request, text, plan, fault(error, "text"))
        made = [one.name for one in plan.changes if one.kind == KIND]
        return RedirectResponse(f"/slos/{quote(made[0], safe='')}" if len(made) == 1 else "/slos", 303)

    async def _current(self, slo: str) -> Revision:
        revisions = [one for one in await self._engine.documents() if one.kind == KIND and one.body is not None]
        found = next((one for one in revisions if one.name == slo), None)
        if found is None:
            near = did_you_mean(slo, [one.name for one in revisions])
            raise NotFound(f"there is no SLO {slo!r}", mend=near or "look for it in the list")
        return found

    async def _seen(self, slo: str, told: dict[str, str], now: Revision) -> Revision:
        """The revision that the form was made from."""
        if told.get("seen") == str(now.number):
            return now
        known = {str(one.number): one for one in await self._engine.history(KIND, slo) if one.body is not None}
        return known.get(told.get("seen", ""), now)

    async def _planned(self, slo: str, text: str) -> PlanView:
        """Raises Invalid for a text about anything else."""
        plan = await self._engine.plan((SourceText(f"{slo}.yaml", text),), prune=False)
        about = [f"{one.kind} {one.name}" for one in plan.changes]
        if not plan.refused and about != [f"{KIND} {slo}"]:
            said = f"this is about {', '.join(about)[:200] or 'nothing'}"
            raise Invalid(
                said, place="text", mend=f"write the one document of SLO {slo}; new ones are made at /new/yaml"
            )
        return plan

    def _overtaken(self, request: Request, slo: str, seen: Revision, now: Revision, plan: PlanView) -> Response:
        """Both changes beside each other; nothing was saved."""
        text = plan.changes[0].after or ""
        mine, theirs = _document(plan), _slo(now)
        trees = openslo.tree(_slo(seen)), openslo.tree(mine), openslo.tree(theirs)
        both = together(*trees)
        return self._made.show(
            request,
            "overtaken.html",
            409,
            slo=slo,
            seen=seen,
            now_is=now,
            now_is_at=shapes.moment(now.at),
            who_saved="somebody" if now.by in ("", PAGE) else now.by,
            mine=text,
            differs=list(differences(*trees)),
            both=openslo.laid_out(both) if isinstance(both, dict) else text,
            text=_diff(now.body or "", text, f"revision {now.number}", "yours"),
        )

    def _shown(
        self,
        request: Request,
        slo: str,
        seen: Revision,
        told: dict[str, str],
        *,
        plan: PlanView | None = None,
        wrong: Fault | None = None,
        text: str = "",
        weighed: object = (),
    ) -> Response:
        diff = ""
        if plan is not None and not plan.refused:
            diff = _diff(seen.body or "", plan.changes[0].after or "", f"revision {seen.number}", "changed")
        return self._made.show(
            request,
            "edit.html",
            wrong.status if wrong else 200,
            slo=slo,
            objectives=_slo(seen).objectives,
            seen=seen,
            a=told,
            plan=plan,
            fault=wrong,
            diff=diff,
            sent=text,
            weighed=weighed,
        )


def _slo(revision: Revision) -> SLO:
    return _only(openslo.read_back(revision.body or "", revision.title))


def _document(plan: PlanView) -> SLO:
    text = plan.changes[0].after or ""
    return _only(openslo.read_back(text, plan.changes[0].name))


def _only(documents: tuple[Document, ...]) -> SLO:
    """The one SLO of a text that Leeway wrote itself."""
    return next(one for one in documents if isinstance(one, SLO))


def _diff(before: str, after: str, old: str, new: str) -> str:
    return "\n".join(unified_diff(before.splitlines(), after.splitlines(), old, new, lineterm=""))


def _refused(plan: PlanView) -> Fault:
    first = next((one for one in plan.findings if one.severity == "error"), plan.findings[0])
    return Fault("text", f"line {first.mark.line}, column {first.mark.column}: {first.message}", first.hint, 422)
