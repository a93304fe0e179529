"""Labels of many SLOs at once: looked at as a plan before anything changes, then applied as it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from leeway.client import documents as docs
from leeway.engine.views import SourceText
from leeway.errors import Invalid, LeewayError
from leeway.ports.state import Revision
from leeway.server.api import shapes
from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import Pages
from leeway.server.pages.picked import Picked
from leeway.server.pages.typed import Fault, fault
from leeway.server.safety import FORMS
from leeway.spec.documents import SLO

ADDRESS = FORMS + "slos/labels"


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent: the SLOs, `key=value` (or `key=` to take it away), who asks, and which revisions were seen."""

    slos: tuple[str, ...]
    label: str
    by: str
    query: str
    seen: Mapping[str, int]
    sure: bool

    @classmethod
    async def of(cls, request: Request) -> Form:
        """Of the body of a request."""
        told = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        last = dict(told)
        seen = (one.rpartition("@")[::2] for name, one in told if name == "seen")
        return cls(
            tuple(dict.fromkeys(one for name, one in told if name == "slo")),
            last.get("label", "").strip(),
            last.get("by", "").strip(),
            Picked.read(last.get("query", "")).query,
            {name: int(number) for name, number in seen if number.isdecimal() and len(number) < 10},
            last.get("do") == "apply",
        )


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """The form below `/slos`."""

    @router.post(ADDRESS)
    async def label(request: Request) -> Response:
        await made.sessions.check(request)
        form = await Form.of(request)
        try:
            files, revisions = await _files(engine, form)
            if not form.sure:
                plan = shapes.plan(await engine.plan(files, prune=False))
                return _shown(request, made, form, plan, revisions)
            if not form.by:
                raise Invalid("a change says who makes it", place="by", mend="fill it in")
            expected = tuple(("SLO", name, number) for name, number in form.seen.items())
            await engine.apply(files, prune=False, by=form.by, expected=expected)
        except LeewayError as error:
            return _shown(request, made, form, None, form.seen, fault(error, "label"))
        return RedirectResponse(f"/slos{form.query}", 303)


def _shown(
    request: Request,
    made: Pages,
    form: Form,
    plan: docs.Plan | None,
    seen: Mapping[str, int],
    wrong: Fault | None = None,
) -> Response:
    return made.show(
        request,
        "relabel.html",
        wrong.status if wrong else 200,
        form=form,
        plan=plan,
        changes=[one for one in plan.changes if one.action != "keep"] if plan else [],
        seen=seen,
        wrong=wrong,
        to=ADDRESS,
    )


async def _files(engine: EnginePort, form: Form) -> tuple[tuple[SourceText, ...], Mapping[str, int]]:
    """The definitions with their new labels, and the revision of each. Raises Invalid for what cannot be meant."""
    key, sign, value = form.label.partition("=")
    if not (key and sign):
        raise Invalid("this is no label", place="label", mend="write key=value, or key= to take it away")
    if not form.slos:
        raise Invalid("no SLO was chosen", place="slo", mend="go back and choose some")
    stored = {one.name: one for one in await engine.documents() if one.kind == "SLO"}
    gone = [name for name in form.slos if name not in stored]
    if gone:
        raise Invalid(f"there is no SLO {gone[0][:100]!r}", place="slo", mend="go back and choose again")
    chosen = [stored[name] for name in form.slos]
    files = tuple(SourceText(f"{one.name}.yaml", _relabelled(one, key.strip(), value.strip())) for one in chosen)
    return files, {one.name: one.number for one in chosen}


def _relabelled(revision: Revision, key: str, value: str) -> str:
    from leeway.formats.openslo import compose, read_back  # late: a start need not wait for it

    documents = read_back(revision.body or "", revision.title)
    return compose([_with(one, key, value) if isinstance(one, SLO) else one for one in documents])


def _with(slo: SLO, key: str, value: str) -> SLO:
    labels = {name: each for name, each in slo.metadata.labels.items() if name != key}
    if value:
        labels[key] = (value,)
    return replace(slo, metadata=replace(slo.metadata, labels=labels))
