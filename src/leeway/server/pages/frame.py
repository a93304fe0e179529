"""The frame of every page: templates and what they may ask for, the session behind forms, what the browser prefers."""

from __future__ import annotations

import gzip
import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from leeway.client import certain, figures, foretelling
from leeway.client.documents import Problem
from leeway.client.telling import sentence
from leeway.client.token import TOKEN
from leeway.engine.people import NO_RIGHTS, Action, Rights, Via
from leeway.ports.clock import Clock
from leeway.server.access.asking import asking, within
from leeway.server.pages import views
from leeway.server.pages.assets import Assets
from leeway.server.pages.chart import chart, share, sparkline
from leeway.server.pages.markdown import coded, markdown
from leeway.server.pages.panel import Panels
from leeway.server.pages.projects import kept_in
from leeway.server.pages.rows import Rows
from leeway.server.pages.words import MEANINGS, word
from leeway.server.safety import FIELD, FORMS, Sessions
from leeway.spec.library import Library

if TYPE_CHECKING:
    from jinja2 import Environment

REFRESH_S = 30
PANEL_REFRESH_S = 5
PACKED_FROM = 4_096
"""Bytes of a page; what is shorter is sent as it is."""

PACKED_HARD = 6
"""Level of compression: of a thousand rows half the bytes of level 1, for 20 ms."""

THEMES = ("light", "dark")


class Place(NamedTuple):
    """One entry of the rail."""

    address: str
    name: str
    icon: str


PLACES = (
    Place("/", "Overview", "grid-1x2"),
    Place("/slos", "SLOs", "bullseye"),
    Place("/fleet", "Fleet by day", "grid-3x3"),
    Place("/alerts", "Alerts", "bell"),
    Place("/calendar", "Calendar", "calendar3"),
    Place("/reports", "Reports", "file-earmark-text"),
    Place("/silences", "Maintenance", "tools"),
    Place("/sources", "Sources", "plug"),
    Place("/settings", "Settings", "gear"),
)
SETTINGS = (
    (Place("/settings/channels", "Channels", "send"), Action.READ),
    (Place("/settings/health", "Health", "heart-pulse"), Action.READ),
    (Place("/settings/people", "People", "people"), Action.SHARE),
    (Place("/settings/tokens", "Tokens", "key"), Action.OWN),
    (Place("/settings/audit", "Audit log", "journal-text"), Action.ADMINISTER),
)


def settings_of(rights: Rights) -> Sequence[Place]:
    """The tabs of the settings, for whom they open."""
    return [place for place, action in SETTINGS if rights.anywhere(action)]


class Pages:
    """Makes pages."""

    def __init__(
        self,
        clock: Clock,
        sessions: Sessions,
        data: Path | None,
        panels: Panels,
        library: Callable[[], Library],
    ) -> None:
        self.clock, self.sessions, self.data, self.panels, self._library = clock, sessions, data, panels, library
        self.assets, self.rows = Assets(), Rows()
        self._token = shlex.quote(str(data / TOKEN)) if data else "DATA-FOLDER/token"

    @cached_property
    def _env(self) -> Environment:
        """Made for the first page: a start need not wait for it."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        env = Environment(
            loader=PackageLoader("leeway.server.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.globals.update(
            figures=figures,
            sentence=sentence,
            foretold=foretelling.sentences,
            certain=certain.sentences,
            views=views,
            word=word,
            meanings=MEANINGS,
            when=when,
            icon=self.icon,
            coded=coded,
            markdown=markdown,
            sparkline=sparkline,
            chart=chart,
            share=share,
            asset=self.assets.at,
            font=self.assets.font,
            forms=FORMS,
            with_query=with_query,
            places=PLACES,
        )
        return env

    def icon(self, name: str) -> Markup:
        """A drawing of the sprite; words stand beside it, so it says nothing to a screen reader."""
        at = f"{self.assets.at('icons.svg')}#{name}"
        return Markup('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>').format(at)

    def show(
        self, request: Request, template: str, status: int = 200, /, *, refresh: int = 0, **given: object
    ) -> Response:
        """A page. `refresh` is after how many seconds it asks for itself again; `?refresh=off` holds it still."""
        session = self.sessions.begin(request)
        html = self.text(
            request,
            template,
            proof=self.sessions.proof(session),
            refresh=0 if request.query_params.get("refresh") == "off" else refresh,
            **given,
        )
        response = _packed(request, html.encode(), status)
        self.sessions.attach(request, response, session)
        return response

    def text(self, request: Request, template: str, /, **given: object) -> str:
        """A template, filled in."""
        theme, zone = request.cookies.get("leeway_theme"), request.cookies.get("leeway_zone")
        who, project = asking().who, within()
        html = self._env.get_template(template).render(
            who=who,
            stranger=who.rights == NO_RIGHTS and who.via is Via.NOBODY,
            signed=who.name if who.via in (Via.SESSION, Via.TOKEN) else "",
            project=project,
            projects=sorted(self._library().projects()),
            may=self.may,
            settings=settings_of(who.rights),
            now=datetime.fromtimestamp(int(self.clock.now()), UTC),
            proof_field=FIELD,
            server=self.home(request),
            token=self._token,
            path=request.url.path,
            query=dict(request.query_params),
            theme=theme if theme in THEMES else "",
            zone="local" if zone == "local" else "utc",
            panel=self.panels(),
            **given,
        )
        return kept_in(project, html) if project is not None else html

    def may(self, action: str, slo: str = "") -> bool:
        """True if whoever looks may do this to the SLO, without one somewhere: as the gate would say."""
        return asking().who.rights.within(Action(action), self._library().project("SLO", slo) if slo else None)

    def macro(self, template: str, name: str) -> Callable[..., str]:
        """A macro that asks nothing of the page it stands on."""
        found: Callable[..., str] = getattr(self._env.get_template(template).module, name)
        return found

    def home(self, request: Request) -> str:
        """The address of this server, as it was called."""
        return f"{request.url.scheme}://{request.headers['host']}"

    def today(self) -> date:
        """In UTC."""
        return datetime.fromtimestamp(self.clock.now(), UTC).date()

    def problem(self, request: Request, problem: Problem) -> Response:
        """An error for a person."""
        return self.show(request, "problem.html", problem.status, problem=problem)


def when(time: datetime, form: str = "clock") -> Markup:
    """A time as an element that a browser can show in its own zone; `form` is clock or day."""
    text = figures.day(time) if form == "day" else figures.clock(time)
    return Markup('<time datetime="{}" data-as="{}">{}</time>').format(figures.moment(time), form, text)


def with_query(query: Mapping[str, str], **changed: str | None) -> str:
    """The same address with some parameters changed; None takes one out."""
    wanted = {name: value for name, value in (dict(query) | changed).items() if value is not None}
    return f"?{urlencode(wanted)}" if wanted else "?"


def _packed(request: Request, html: bytes, status: int) -> Response:
    headers = {"vary": "accept-encoding, cookie"}
    if "gzip" in request.headers.get("accept-encoding", "") and len(html) >= PACKED_FROM:
        packed = gzip.compress(html, PACKED_HARD, mtime=0)
        return HTMLResponse(packed, status, headers | {"content-encoding": "gzip"})
    return HTMLResponse(html, status, headers)
