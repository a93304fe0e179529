"""Reports: the list of spans, one report as a page, as a file to mail, and as a table."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from leeway.server.engine_port import EnginePort
from leeway.server.pages import pdf, spans
from leeway.server.pages.frame import Pages
from leeway.server.pages.report import report, table
from leeway.server.pages.review import keys, matrix


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/reports` and `/reports/{kind}/{first day}`."""

    @router.get("/reports")
    async def listed(request: Request) -> Response:
        today = made.today()
        kinds = {kind: spans.latest(kind, today) for kind in get_args(spans.Kind)}
        return made.show(request, "reports.html", kinds=kinds, today=today)

    @router.get("/reports/{kind}/{first}")
    async def one(
        request: Request,
        kind: str,
        first: str,
        download: Annotated[bool, Query(description="A file of its own, to mail")] = False,
        format: Literal["html", "csv", "pdf"] = "html",  # noqa: A002  # the name in the address
        columns: Annotated[str, Query(max_length=100, description="A label, for the matrix of services")] = "",
    ) -> Response:
        told = await report(engine, spans.named(kind, first, made.today()), made.rows)
        name = f"leeway-{told.span.kind}-{told.span.first.isoformat()}"
        if format == "csv":
            return Response(table(told), 200, _file(f"{name}.csv"), "text/csv; charset=utf-8")
        given: dict[str, Any] = {"report": told, "matrix": matrix(told, columns), "keys": keys(told.labels)}
        if format == "pdf":
            html = _file_text(request, made, given)[0]
            return Response(await asyncio.to_thread(pdf.pdf, html), 200, _file(f"{name}.pdf"), "application/pdf")
        if download:
            return _mailed(request, made, given, f"{name}.html")
        return made.show(request, "report.html", home="", has_pdf=pdf.installed(), **given)


def _mailed(request: Request, made: Pages, given: Mapping[str, Any], name: str) -> Response:
    html, policy = _file_text(request, made, given)
    return HTMLResponse(html, 200, _file(name) | {"content-security-policy": f"{policy}; sandbox"})


def _file_text(request: Request, made: Pages, given: Mapping[str, Any]) -> tuple[str, str]:
    """All in one file, which loads and runs nothing: its policy names the digest of its style."""
    style = made.assets.style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    more = {"home": made.home(request), "style": style, "policy": policy}
    return made.text(request, "report_file.html", **given, **more), policy


def _file(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
