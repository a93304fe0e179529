"""Shares: the page where an SLO is shared, all that is shared, and what whoever has a link or a badge sees."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from leeway.engine.sharing import Shares
from leeway.errors import Invalid, LeewayError
from leeway.server.access.deeds import Deeds
from leeway.server.api import shapes
from leeway.server.api.parameters import only_declared
from leeway.server.api.shares import badge as badge_at
from leeway.server.api.shares import ended_by, made_by
from leeway.server.api.shares import link as link_to
from leeway.server.api.shares import share as document
from leeway.server.engine_port import EnginePort
from leeway.server.pages.badge import badge, said
from leeway.server.pages.frame import Pages
from leeway.server.pages.typed import Fault, fault, read_number, typed
from leeway.server.safety import FORMS

FRESH_S = 60
"""So long a badge may be shown before it is asked for again."""
SVG = "image/svg+xml; charset=utf-8"


class New(NamedTuple):
    """A link just made, with what to paste elsewhere; it is told once."""

    link: str
    markdown: str
    html: str


def sharing(shares: Shares, deeds: Deeds, everything: EnginePort, visible: EnginePort, made: Pages) -> APIRouter:
    """`/slos/{slo}/share`, `/settings/shares` and their forms; `/shared/{secret}` and `/badge/{slo}.svg` for anybody.

    `visible` is what whoever is signed in may see; what is shared is seen by those who are nobody.
    """
    router = APIRouter(dependencies=[Depends(only_declared)], include_in_schema=False)
    _giving(router, shares, deeds, visible, made)
    _shown(router, shares, everything, made)
    _badges(router, shares, everything)
    return router


def _giving(router: APIRouter, shares: Shares, deeds: Deeds, engine: EnginePort, made: Pages) -> None:
    async def page(
        request: Request, slo: str, given: dict[str, str], wrong: Fault | None = None, new: New | None = None
    ) -> Response:
        statuses = [shapes.status(one) for one in await engine.status(slo)]
        told: dict[str, Any] = {"fault": wrong, "typed": given, "new": new, "one": statuses[0]}
        told["shares"] = [document(one) for one in await shares.shares(slo)]
        told["public"] = embed(made.home(request), slo, "") if shares.is_public(slo) else None
        return made.show(request, "share.html", wrong.status if wrong else 200, **told)

    @router.get("/slos/{slo}/share")
    async def share(request: Request, slo: str) -> Response:
        return await page(request, slo, {})

    @router.post(FORMS + "slos/{slo}/shares")
    async def make(request: Request, slo: str) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        try:
            _, secret = await made_by(shares, deeds, slo, _days(given.get("days", "")), given.get("by", ""))
        except LeewayError as error:
            return await page(request, slo, given, fault(error))
        return await page(request, slo, {}, new=embed(made.home(request), slo, secret))

    @router.post(FORMS + "slos/{slo}/shares/end")
    async def end(request: Request, slo: str) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        try:
            await ended_by(shares, deeds, slo, read_number(given.get("number", ""), "link"))
        except LeewayError as error:
            return await page(request, slo, {}, fault(error))
        back = "/settings/shares" if given.get("from") == "settings" else f"/slos/{quote(slo, safe='')}/share"
        return RedirectResponse(back, 303)

    @router.get("/settings/shares")
    async def listed(request: Request) -> Response:
        seen = {one.slo for one in await engine.statuses(behind=True)}
        found = [document(one) for one in await shares.shares() if one.slo in seen]
        return made.show(request, "shares.html", shares=found)


def _shown(router: APIRouter, shares: Shares, engine: EnginePort, made: Pages) -> None:
    @router.get("/shared/{secret}")
    async def shown(request: Request, secret: str) -> Response:
        share = await shares.share(secret)
        statuses = [shapes.status(one) for one in await engine.status(share.slo)]
        html = made.text(request, "shared.html", share=document(share), statuses=statuses)
        return HTMLResponse(html, headers={"x-robots-tag": "noindex"})


def _badges(router: APIRouter, shares: Shares, engine: EnginePort) -> None:
    @router.get("/badge/{name}.svg")
    async def drawn(
        request: Request,
        name: str,
        objective: str | None = None,
        show: Literal["remaining", "reliability"] = "remaining",
        label: Annotated[str | None, Query(max_length=200)] = None,
        share: Annotated[str, Query(max_length=100)] = "",
    ) -> Response:
        headers = {"cache-control": f"{'private' if share else 'public'}, max-age={FRESH_S}"}
        headers["cross-origin-resource-policy"] = "cross-origin"  # it stands on other people's pages
        if not await shares.has_badge(name, share):
            return Response(badge(label or "SLO", "not shared", "no_data"), 404, headers, SVG)
        found = [shapes.status(one) for one in await engine.status(name)]
        one = next((each for each in found if objective in (None, each.objective)), None)
        if one is None:
            return Response(badge(label or name, "no such objective", "no_data"), 404, headers, SVG)
        title = name if len(found) == 1 else f"{name} / {one.objective}"
        svg = badge(label or title, said(one, show), one.state)
        headers["etag"] = f'"{hashlib.sha256(svg.encode()).hexdigest()[:32]}"'
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(svg, headers=headers, media_type=SVG)


def embed(home: str, slo: str, secret: str) -> New:
    """What to paste into other pages: with a secret a link and a badge, without one the badge alone."""
    picture = home + badge_at(slo, secret)
    link = home + (link_to(secret) if secret else f"/slos/{quote(slo, safe='')}")
    text = f"{slo}: error budget"
    plain = "".join(letter if letter.isalnum() or letter in " -_:" else "\\" + letter for letter in text)
    words = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return New(
        link,
        f"[![{plain}]({picture})]({link})",
        f'<a href="{link}"><img src="{picture}" alt="{words}" height="20"></a>',
    )


def _days(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid("this is no number of days", place="days", mend="write a number, such as 30") from None
