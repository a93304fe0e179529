"""Search over everything that has an address, and the glossary: pages, and the list inside of the palette."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from leeway.server.access.asking import asking
from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import PLACES, Pages, Place, settings_of
from leeway.server.pages.words import MEANINGS, anchor

MOST_FOUND = 30


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/find` and `/words`."""

    @router.get("/find")
    async def find(
        request: Request, q: Annotated[str, Query(max_length=200)] = "", part: str | None = None
    ) -> Response:
        slos = dict.fromkeys((one.slo, one.service) for one in await engine.statuses(behind=True))
        found = [
            *PLACES,
            Place("/new", "New SLO", "plus-lg"),
            *settings_of(asking().who.rights),
            Place("/words", "Glossary", "book"),
            Place("/api", "API", "braces"),
        ]
        found += [Place(f"/slos/{slo}", slo, "bullseye") for slo, _ in slos]
        found += [Place(f"/slos?service={name}", f"service {name}", "box") for name in sorted({one for _, one in slos})]
        wanted = q.lower().split()
        shown = [one for one in found if all(each in one.name.lower() for each in wanted)]
        shown.sort(key=lambda one: not one.name.lower().startswith(q.lower()))
        template = "found.html" if part else "find.html"
        return made.show(request, template, q=q, found=shown[:MOST_FOUND], more=max(0, len(shown) - MOST_FOUND))

    @router.get("/words")
    async def words(request: Request) -> Response:
        return made.show(request, "words.html", words=MEANINGS, anchor=anchor)
