"""One project at a time: `?project=` on any page, kept by every link on it, and by where its forms lead."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Query, Request, Response
from fastapi.routing import APIRoute
from markupsafe import escape

from leeway.errors import NotFound
from leeway.server.access.asking import narrow, within
from leeway.server.engine_port import EnginePort

_LINKS = re.compile(r'(<a\b[^>]* href=")(/(?!api/|static/|metrics|account|settings/)[^"#?]*)(\?[^"#]*)?')
_FORMS = re.compile(r'(<form\b[^>]* method="post" action="/forms/(?:alerts|silences|slos)/[^"#?]*)')
_QUESTIONS = re.compile(r'<form\b[^>]* method="get"[^>]*>')
"""Our own templates alone write a quotation mark into a page: those of others come as &#34;."""


def in_project(engine: EnginePort) -> Callable[..., Awaitable[None]]:
    """For a router: its pages show what is in the project that the address names, "" for all."""

    async def narrowed(request: Request, project: Annotated[str, Query(max_length=63)] = "") -> None:
        if not project:
            return
        if project not in engine.library.projects():
            raise NotFound(f"there is no project {project!r} with an SLO that you may see", mend="leave ?project= out")
        slo = request.path_params.get("slo")
        if slo is not None and engine.library.project("SLO", slo) not in (None, project):
            raise NotFound(f"SLO {slo!r} is not in project {project!r}", mend="leave ?project= out")
        narrow(project)

    return narrowed


class LeadingBack(APIRoute):
    """A route of pages: where a form was sent from a page of one project, what it leads to is in that project too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Of the framework."""
        handle = super().get_route_handler()

        async def kept(request: Request) -> Response:
            response = await handle(request)
            project, to = within(), response.headers.get("location", "")
            if project is not None and request.method == "POST" and to.startswith("/"):
                parts = urlsplit(to)
                asked = f"{parts.query}&" if parts.query else ""
                query = f"{asked}project={quote(project, safe='')}"
                response.headers["location"] = parts._replace(query=query).geturl()
            return response

        return kept


def kept_in(project: str, html: str) -> str:
    """The page with the project in every link to a page, every question that it asks, every form about SLOs."""
    named = f"project={quote(project, safe='')}"
    field = f'<input type="hidden" name="project" value="{escape(project)}">'

    def link(found: re.Match[str]) -> str:
        asked = found[3] or "?"
        if "project=" in asked:
            return found[0]
        return f"{found[1]}{found[2]}{asked}{'' if asked == '?' else '&amp;'}{named}"

    html = _FORMS.sub(lambda found: f"{found[0]}?{named}", _LINKS.sub(link, html))
    return _QUESTIONS.sub(lambda found: found[0] + field, html)
