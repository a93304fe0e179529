"""The part of the API about definitions: each is a resource with an ETag; files are planned and applied together."""

from __future__ import annotations

from difflib import unified_diff
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from leeway.client import documents as docs
from leeway.client.problem import Overtaken
from leeway.engine.views import PlanView, SourceText
from leeway.errors import Conflict, Invalid, NotFound
from leeway.ports.state import Revision
from leeway.server.api import shapes
from leeway.server.api.lists import After, Limit, Orders, page, sorting
from leeway.server.engine_port import EnginePort
from leeway.server.problems import Misread
from leeway.spec.nearest import did_you_mean

By = Annotated[str, Query(max_length=200, description="Who does it; kept in the history")]
Match = Annotated[str | None, Header(description="The ETag that was seen; `*`: whatever stands there")]
NoMatch = Annotated[str | None, Header(description="`*`: only if nothing stands there")]
ORDERS: Orders[Revision] = {
    "kind": lambda one: (one.kind, one.name),
    "name": lambda one: (one.name, one.kind),
    "at": lambda one: (one.at, one.kind, one.name),
}
BY_NUMBER: Orders[Revision] = {"number": lambda one: (one.number,)}
Responses = dict[int | str, dict[str, Any]]
_TEXT = {"schema": {"type": "string"}}
_BODY = {
    "requestBody": {
        "description": "One document of OpenSLO or leeway.dev, as YAML or JSON.",
        "required": True,
        "content": {"application/yaml": _TEXT, "application/json": {"schema": {"type": "object"}}},
    }
}


def definitions(api: APIRouter, engine: EnginePort) -> None:
    """Adds the addresses."""
    _lists(api, engine)
    _resource(api, engine)

    @api.post("/plan", summary="What applying these files would do")
    async def plan(wish: docs.PlanWish) -> docs.Plan:
        return shapes.plan(await engine.plan(_texts(wish), prune=wish.prune))

    @api.post("/apply", summary="Apply these files, all or none")
    async def apply(wish: docs.ApplyWish) -> docs.Plan:
        seen = None if wish.expected is None else tuple((one.kind, one.name, one.revision) for one in wish.expected)
        files, people = _texts(wish), wish.people
        return shapes.plan(await engine.apply(files, prune=wish.prune, by=wish.by, expected=seen, people=people))


def _lists(api: APIRouter, engine: EnginePort) -> None:
    @api.get("/documents", summary="The current revision of every definition, or of those that are asked for")
    async def documents(
        kind: Annotated[str | None, Query(description="Of this kind only")] = None,
        name: Annotated[str | None, Query(description="Whose name contains this")] = None,
        label: Annotated[str | None, Query(description="That carry this label: `key=value`, or `key`")] = None,
        sort: Annotated[str, sorting(ORDERS)] = "kind",
        limit: Limit = None,
        after: After = None,
    ) -> docs.Items[docs.Revision]:
        labels = engine.library.labels() if label is not None else {}
        found = [
            one
            for one in await engine.documents()
            if (kind is None or one.kind == kind)
            and (name is None or name in one.name)
            and (label is None or label in labels.get((one.kind, one.name), ()))
        ]
        shown, more = page(found, ORDERS, sort, limit, after)
        return docs.Items(items=[shapes.revision(one) for one in shown], next=more)

    @api.get("/documents/{kind}", summary="The definitions of one kind")
    async def of_kind(
        kind: str,
        name: Annotated[str | None, Query(description="Whose name contains this")] = None,
        label: Annotated[str | None, Query(description="That carry this label: `key=value`, or `key`")] = None,
        sort: Annotated[str, sorting(ORDERS)] = "name",
        limit: Limit = None,
        after: After = None,
    ) -> docs.Items[docs.Revision]:
        return await documents(kind, name, label, sort, limit, after)

    @api.get("/documents/{kind}/{name}/history", summary="All revisions of one definition, newest first")
    async def history(
        kind: str,
        name: str,
        sort: Annotated[str, sorting(BY_NUMBER)] = "-number",
        limit: Limit = None,
        after: After = None,
    ) -> docs.Items[docs.Revision]:
        found = await engine.history(kind, name)
        if not found:
            raise NotFound(f"there never was a {kind} {name!r}", mend="`leeway get` lists what there is")
        shown, more = page(found, BY_NUMBER, sort, limit, after)
        return docs.Items(items=[shapes.revision(one) for one in shown], next=more)


def _resource(api: APIRouter, engine: EnginePort) -> None:
    unchanged: Responses = {304: {"description": "It is what `If-None-Match` names"}}
    overtaken: Responses = {
        412: {"model": docs.Problem, "description": "Another revision stands there; `differs` says how"}
    }

    @api.get(
        "/documents/{kind}/{name}",
        summary="The current revision of one definition",
        response_model=docs.Revision,
        responses=unchanged,
    )
    async def document(kind: str, name: str, if_none_match: NoMatch = None) -> Response:
        found = await _current(engine, kind, name)
        if found is None:
            names = [one.name for one in await engine.documents() if one.kind == kind]
            mend = did_you_mean(name, names) or "`leeway get` lists what there is"
            raise NotFound(f"there is no {kind} {name!r}", mend=mend)
        headers = {"etag": tag_of(found), "cache-control": "no-cache"}
        if if_none_match is not None and _names(if_none_match, found):
            return Response(None, 304, headers)
        return Response(shapes.revision(found).model_dump_json(), 200, headers, "application/json")

    @api.put(
        "/documents/{kind}/{name}",
        summary="Create or change one definition, if it is the revision that was seen",
        responses=overtaken | {201: {"model": docs.Plan, "description": "It is new"}},
        openapi_extra=_BODY,
    )
    async def put(
        kind: str,
        name: str,
        request: Request,
        response: Response,
        by: By = "api",
        dry_run: Annotated[bool, Query(description="Only tell what would happen")] = False,
        people: Annotated[int | None, Query(description="Typed again, for a Recipient of more than 20")] = None,
        if_match: Match = None,
        if_none_match: NoMatch = None,
    ) -> docs.Plan:
        file = await _sent(request)
        planned = await engine.plan((file,), prune=False)
        if not planned.refused:
            _ensure_about(planned, kind, name)
        before = await _current(engine, kind, name)
        if not planned.refused:
            _ensure_seen(before, planned, if_match, if_none_match)
        if not dry_run:
            number = before.number if before else 0
            expected = None if if_match == "*" else ((kind, name, number),)
            agreed = {} if people is None else {name: people}
            try:
                planned = await engine.apply((file,), prune=False, by=by, expected=expected, people=agreed)
            except Conflict:
                _ensure_same(before, await _current(engine, kind, name), planned)
                raise
            before, response.status_code = await _current(engine, kind, name), 200 if before else 201
        if before:
            response.headers["etag"] = tag_of(before)
        return shapes.plan(planned)

    @api.delete(
        "/documents/{kind}/{name}",
        summary="Delete a definition; its history and its data stay",
        responses=overtaken,
    )
    async def delete(kind: str, name: str, by: By = "api", if_match: Match = None) -> docs.Revision:
        found = await _current(engine, kind, name) if if_match is not None else None
        if if_match is not None and found is not None and not _names(if_match, found):
            raise _overtaken(found, None)
        return shapes.revision(await engine.delete(kind, name, by=by, expected=found.number if found else None))


def tag_of(revision: Revision) -> str:
    """Its number: of one definition no two revisions share one."""
    return f'"{revision.number}"'


async def _current(engine: EnginePort, kind: str, name: str) -> Revision | None:
    return next((one for one in await engine.documents() if (one.kind, one.name) == (kind, name)), None)


async def _sent(request: Request) -> SourceText:
    try:
        return SourceText("body", (await request.body()).decode())
    except UnicodeDecodeError:
        raise Misread("this is no text in UTF-8", place="body", mend="send YAML or JSON in UTF-8") from None


def _names(tags: str, revision: Revision) -> bool:
    return tags.strip() == "*" or tag_of(revision) in [tag.strip() for tag in tags.split(",")]


def _ensure_about(planned: PlanView, kind: str, name: str) -> None:
    told = [f"{one.kind} {one.name}" for one in planned.changes]
    if told != [f"{kind} {name}"]:
        said = f"the address says {kind} {name}, the body {', '.join(told)[:200] or 'nothing'}"
        raise Invalid(said, place="body", mend="send exactly the one document, or several to /api/v1/apply")


def _ensure_seen(before: Revision | None, planned: PlanView, if_match: str | None, if_none_match: str | None) -> None:
    """Overtaken unless the request names the revision that stands there, or says that it knows of none."""
    if before is None:
        if if_match is not None:
            raise Overtaken("nothing stands there", mend="leave out If-Match to create it")
    elif if_none_match is not None:
        raise _overtaken(before, planned.changes[0].after, "it exists already")
    elif if_match is None:
        raise _overtaken(before, planned.changes[0].after, "the request does not say which revision it changes")
    elif not _names(if_match, before):
        raise _overtaken(before, planned.changes[0].after)


def _ensure_same(before: Revision | None, now: Revision | None, planned: PlanView) -> None:
    """Overtaken if somebody was faster."""
    if now is not None and (before is None or now.number != before.number):
        raise _overtaken(now, planned.changes[0].after)


def _overtaken(now: Revision, sent: str | None, said: str = "this is another revision than was seen") -> Overtaken:
    lines = (now.body or "").splitlines(), (sent or "").splitlines()
    differs = "" if sent is None else "\n".join(unified_diff(*lines, f"revision {now.number}", "sent", lineterm=""))
    return Overtaken(
        f"{said}: revision {now.number} by {now.by} stands there",
        place=now.title,
        mend=f"look at what differs, then send `If-Match: {tag_of(now)}`, or `If-Match: *` to overwrite anything",
        tag=tag_of(now),
        differs=differs,
    )


def _texts(wish: docs.PlanWish) -> tuple[SourceText, ...]:
    return tuple(SourceText(one.file, one.text) for one in wish.files)
