"""A typed client of a Leeway server, over the one HTTP client of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from leeway import net
from leeway.client.access import PeopleClient
from leeway.client.backtesting import BacktestsClient
from leeway.client.charts import Annotation, AnnotationWish, Chart
from leeway.client.checks import Check
from leeway.client.data import Data
from leeway.client.documents import (
    AcknowledgeWish,
    Alert,
    ApplyWish,
    Assessment,
    Delivery,
    Expected,
    File,
    Health,
    Items,
    Job,
    Plan,
    PlanWish,
    Receipt,
    ReplayWish,
    Revision,
    Source,
    State,
    Status,
    Why,
)
from leeway.client.problem import error_of
from leeway.client.routes import Route, Severity, Trial, TrialWish
from leeway.client.silences import Decided, Silence, Silenced, SilenceWish
from leeway.client.spending import Calendar, Ledger, Week
from leeway.client.subscribing import HooksClient
from leeway.client.targets import Targets
from leeway.errors import NotUnderstood, Permanent, Unreachable
from leeway.net import Answer, Egress, Limits, Request, Retries, Secret, parse_url
from leeway.ports.clock import Clock

Shape = TypeVar("Shape", bound=BaseModel)
_ONCE = Retries(1)
_TWO_MINUTES = Limits(connect_s=5, total_s=120, body_bytes=64 << 20, redirects=0)


class Client:
    """One server. Methods answer typed documents, and raise the error that the server raised.

    With a `key` a wish that is sent again is carried out once. Reading needs a token where people have accounts. Use it
    as an async context manager; it holds connections. Unreachable means that no server answers at `server`,
    NotUnderstood that something else than Leeway does.
    """

    def __init__(self, server: str, clock: Clock, *, token: str = "", limits: Limits = _TWO_MINUTES) -> None:
        url = parse_url(server, "server")
        self._root = server.rstrip("/")
        self._token = Secret(token)
        listed = Egress(frozenset({f"{url.host}:{url.port}", f"[{url.host}]:{url.port}"}))
        credentials = net.bearer(self._token) if token else net.Credentials()
        self._http = net.Client(listed, clock, credentials=credentials, limits=limits, retries=_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    @property
    def backtests(self) -> BacktestsClient:
        """Alert policies, or another target, tried on the past."""
        return BacktestsClient(self._ask, self._url)

    @property
    def people(self) -> PeopleClient:
        """Accounts, tokens, the audit log."""
        return PeopleClient(self._ask, self._url)

    @property
    def hooks(self) -> HooksClient:
        """Subscriptions to events."""
        return HooksClient(self._ask, self._url)

    async def statuses(self) -> list[Status]:
        """Every objective, now."""
        return (await self._get(Items[Status], "status")).items

    async def statuses_page(
        self,
        *,
        service: str | None = None,
        name: str | None = None,
        state: State | None = None,
        label: str | None = None,
        q: str | None = None,
        owner: str | None = None,
        project: str | None = None,
        sort: str = "slo",
        limit: int = 100,
        after: str | None = None,
    ) -> Items[Status]:
        """Objectives of a service, whose SLO's name contains something, in a state; `next` is to be sent as `after`.

        `label` is `key=value` or `key`, several with blanks between; `q` are words of what names it.
        """
        asked = {"service": service, "name": name, "state": state, "label": label, "q": q}
        asked |= {"owner": owner, "project": project}
        return await self._get(Items[Status], "status", **asked, sort=sort, limit=str(limit), after=after)

    async def status(self, slo: str) -> list[Status]:
        """The objectives of one SLO, now."""
        return (await self._get(Items[Status], "slos", slo, "status")).items

    async def why(self, slo: str, objective: str | None = None) -> Why:
        """Every input of one number."""
        return await self._get(Why, "slos", slo, "why", objective=objective)

    async def budget(self, slo: str, *, as_of: str | None = None, known_at: str | None = None) -> list[Assessment]:
        """The objectives of one SLO at a past time, and as known at a past time."""
        return (await self._get(Items[Assessment], "slos", slo, "budget", as_of=as_of, known_at=known_at)).items

    async def series(
        self,
        slo: str,
        metrics: Sequence[str] = ("remaining",),
        *,
        objective: str | None = None,
        start: str | None = None,
        end: str | None = None,
        step: int | None = None,
        known_at: str | None = None,
        max_points: int = 1_000,
    ) -> Chart:
        """Curves of one objective over its window, or from start to end, with what is drawn around them."""
        asked = {"metrics": ",".join(metrics), "objective": objective, "from": start, "to": end}
        more = {"step": None if step is None else str(step), "known_at": known_at, "max_points": str(max_points)}
        return await self._get(Chart, "slos", slo, "series", **asked, **more)

    async def ledger(self, slo: str, *, objective: str | None = None, as_of: str | None = None) -> Ledger:
        """Where the budget of one objective went, burn by burn."""
        return await self._get(Ledger, "slos", slo, "ledger", objective=objective, as_of=as_of)

    async def days(self, slo: str, *, objective: str | None = None, zone: str | None = None) -> Calendar:
        """What each day of the last 13 months spent."""
        return await self._get(Calendar, "slos", slo, "days", objective=objective, zone=zone)

    async def hours(
        self,
        slo: str,
        *,
        objective: str | None = None,
        zone: str | None = None,
        start: str | None = None,
        end: str | None = None,
    ) -> Week:
        """What each hour of the week spent, over a span or the last 13 weeks."""
        asked = {"objective": objective, "zone": zone, "from": start, "to": end}
        return await self._get(Week, "slos", slo, "hours", **asked)

    async def targets(
        self,
        slo: str,
        targets: Sequence[float] = (),
        *,
        objective: str | None = None,
        start: str | None = None,
        end: str | None = None,
        window: str | None = None,
        threshold: float | None = None,
    ) -> Targets:
        """What these targets would have meant, or those worth a look; over 90 days, or a span."""
        asked = {"targets": ",".join(map(str, targets)) or None, "objective": objective, "from": start, "to": end}
        limit = None if threshold is None else str(threshold)
        return await self._get(Targets, "slos", slo, "target", **asked, window=window, threshold=limit)

    async def data(
        self,
        slo: str,
        *,
        objective: str | None = None,
        start: str | None = None,
        end: str | None = None,
        limit: int = 20,
    ) -> Data:
        """How good the data of one objective is, over its window or a span."""
        asked = {"objective": objective, "from": start, "to": end, "limit": str(limit)}
        return await self._get(Data, "slos", slo, "data", **asked)

    async def annotations(self, slo: str, *, start: str | None = None, end: str | None = None) -> list[Annotation]:
        """What people wrote on the charts of an SLO, of any time or of a span, by when it begins."""
        asked = {"from": start, "to": end}
        return (await self._get(Items[Annotation], "slos", slo, "annotations", **asked)).items

    async def annotate(self, slo: str, wish: AnnotationWish, *, key: str | None = None) -> Annotation:
        """Writes on the charts of an SLO what happened."""
        return await self._post(Annotation, wish, "slos", slo, "annotations", key=key)

    async def remove_annotation(self, slo: str, number: int) -> Annotation:
        """Takes an annotation away, and gives it once more."""
        return await self._ask(Annotation, Request(self._url("slos", slo, "annotations", str(number)), "DELETE"))

    async def points(self, slo: str, *, start: str | None = None, end: str | None = None) -> bytes:
        """The stored points of one SLO, of start ≤ time < end, as the CSV that `leeway budget --points` reads."""
        query = tuple((name, at) for name, at in (("from", start), ("to", end)) if at is not None)
        answer = await self._send(Request(self._url("slos", slo, "points"), query=query))
        if not answer.body.startswith(b"time,slo,"):
            raise _stranger(self._root, answer)
        return answer.body

    async def documents(self, kind: str | None = None) -> list[Revision]:
        """The current revision of every definition, or of those of one kind."""
        return (await self._get(Items[Revision], "documents", *([kind] if kind else []))).items

    async def documents_page(
        self,
        *,
        kind: str | None = None,
        name: str | None = None,
        label: str | None = None,
        sort: str = "kind",
        limit: int = 100,
        after: str | None = None,
    ) -> Items[Revision]:
        """Definitions of a kind, whose name contains something, that carry a label; `next` is to be sent as `after`."""
        asked = {"kind": kind, "name": name, "label": label, "sort": sort, "limit": str(limit), "after": after}
        return await self._get(Items[Revision], "documents", **asked)

    async def put(self, kind: str, name: str, text: str, *, by: str, revision: int, people: int | None = None) -> Plan:
        """Writes one definition over the `revision` that was seen, 0 if there was none; Overtaken by another one.

        `people` is the number of a crowd, typed again.
        """
        query = (("by", by), *((("people", str(people)),) if people is not None else ()))
        seen = {"If-Match": f'"{revision}"'} if revision else {"If-None-Match": "*"}
        headers = {"Content-Type": "application/yaml", **seen}
        return await self._ask(
            Plan, Request(self._url("documents", kind, name), "PUT", query=query, body=text.encode(), headers=headers)
        )

    async def document(self, kind: str, name: str) -> Revision:
        """The current revision of one definition."""
        return await self._get(Revision, "documents", kind, name)

    async def history(self, kind: str, name: str) -> list[Revision]:
        """All revisions of one definition, newest first."""
        return (await self._get(Items[Revision], "documents", kind, name, "history")).items

    async def plan(self, files: Sequence[File], *, prune: bool = False) -> Plan:
        """What applying these files would do."""
        return await self._post(Plan, PlanWish(files=list(files), prune=prune), "plan", repeatable=True)

    async def apply(
        self,
        files: Sequence[File],
        *,
        by: str,
        prune: bool = False,
        expected: Sequence[Expected] | None = None,
        people: Mapping[str, int] | None = None,
        key: str | None = None,
    ) -> Plan:
        """Applies them, all or none; Conflict if a definition is not at its `expected` revision any more.

        `people` are the numbers of crowds that somebody agreed to; Invalid if one is missing.
        """
        told = None if expected is None else list(expected)
        wish = ApplyWish(files=list(files), prune=prune, by=by, expected=told, people=dict(people or {}))
        return await self._post(Plan, wish, "apply", key=key)

    async def delete(self, kind: str, name: str, *, by: str, revision: int | None = None) -> Revision:
        """Deletes one definition; its history and its data stay. Overtaken if it is not at `revision`."""
        seen = {} if revision is None else {"If-Match": f'"{revision}"'}
        asked = Request(self._url("documents", kind, name), "DELETE", query=(("by", by),), headers=seen)
        return await self._ask(Revision, asked)

    async def push(
        self, body: bytes, content_type: str = "application/json", *, key: str | None = None, encoding: str = ""
    ) -> Receipt:
        """Sends points; with a `key` the same body can be sent again without being counted again."""
        headers = {"Content-Type": content_type}
        if key:
            headers["Idempotency-Key"] = key
        if encoding:
            headers["Content-Encoding"] = encoding
        return await self._ask(
            Receipt, Request(self._url("push"), "POST", body=body, headers=headers, repeatable=key is not None)
        )

    async def replay(self, wish: ReplayWish, *, key: str | None = None) -> Job:
        """Starts to fetch history again; if such a job was broken off, it goes on."""
        return await self._post(Job, wish, "replay", key=key)

    async def job(self, number: int) -> Job:
        """How far a job is."""
        return await self._get(Job, "jobs", str(number))

    async def jobs(self) -> list[Job]:
        """The newest jobs first."""
        return (await self._get(Items[Job], "jobs")).items

    async def alerts(self, slo: str | None = None, *, up: bool = False, limit: int = 100) -> list[Alert]:
        """Alerts, the newest first; `up` leaves out those that are resolved."""
        return (await self._get(Items[Alert], "alerts", slo=slo, up=str(up).lower(), limit=str(limit))).items

    async def deliveries(self, alert: str) -> list[Delivery]:
        """What was said of one alert, to whom, and whether it arrived."""
        return (await self._get(Items[Delivery], "deliveries", alert=alert)).items

    async def acknowledge(self, alert: str, by: str, *, key: str | None = None) -> list[Alert]:
        """Takes an alert, or all that were told together under one key: others see who looks after them."""
        wish = AcknowledgeWish(alert=alert, by=by)
        return (await self._post(Items[Alert], wish, "acknowledge", key=key)).items

    async def decisions(self, slo: str, *, limit: int = 100) -> list[Decided]:
        """The alerts of one SLO with what was decided about each, newest first."""
        return (await self._get(Items[Decided], "slos", slo, "decisions", limit=str(limit))).items

    async def silences(self, *, over: bool = False) -> list[Silence]:
        """Silences in force and to come, and with `over` those that were, newest first."""
        return (await self._get(Items[Silence], "silences", over=str(over).lower())).items

    async def silence(self, wish: SilenceWish, *, key: str | None = None) -> Silenced:
        """Keeps alerts from people for a time; tells what it covers."""
        return await self._post(Silenced, wish, "silences", key=key)

    async def end_silence(self, number: int, *, by: str) -> Silence:
        """Ends a silence now, or calls it off."""
        return await self._ask(Silence, Request(self._url("silences", str(number)), "DELETE", query=(("by", by),)))

    async def routes(self, slo: str | None = None, policy: str | None = None) -> list[Route]:
        """Who would be told of what, how many people these are, and who never takes a page."""
        return (await self._get(Items[Route], "routes", slo=slo, policy=policy)).items

    async def test_route(self, recipient: str, *, by: str, severity: Severity = "page") -> Trial:
        """Sends a test to the Recipient of exactly this name; `deliveries` of its key tell whether it arrives."""
        wish = TrialWish(recipient=recipient, by=by, severity=severity)
        return await self._post(Trial, wish, "routes", "test")

    async def sources(self) -> list[Source]:
        """How the data of each objective arrives."""
        return (await self._get(Items[Source], "sources")).items

    async def health(self) -> Health:
        """Is the server itself well? Answered also by one that is not ready."""
        return await self._get(Health, "health")

    async def checks(self) -> list[Check]:
        """What the server finds when it looks at itself, what is not well first."""
        return (await self._get(Items[Check], "health", "checks")).items

    async def _get(self, shape: type[Shape], *path: str, **query: str | None) -> Shape:
        given = tuple((name, value) for name, value in query.items() if value is not None)
        return await self._ask(shape, Request(self._url(*path), query=given))

    async def _post(
        self, shape: type[Shape], wish: BaseModel, *path: str, repeatable: bool = False, key: str | None = None
    ) -> Shape:
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        body = wish.model_dump_json().encode()
        return await self._ask(
            shape,
            Request(self._url(*path), "POST", body=body, headers=headers, repeatable=repeatable or key is not None),
        )

    async def _ask(self, shape: type[Shape], request: Request) -> Shape:
        answer = await self._send(request)
        try:
            return shape.model_validate_json(answer.body)
        except ValidationError:
            raise _stranger(self._root, answer) from None

    async def _send(self, request: Request) -> Answer:
        try:
            answer = await self._http.send(request)
        except Unreachable as error:
            mend = "start one with `leeway serve` (or look around in `leeway demo`), or name another with --server"
            raise Unreachable(f"no server answers ({error.message})", place=self._root, mend=mend) from None
        if not 200 <= answer.status < 300:
            raise error_of(answer.body) or _stranger(self._root, answer)
        return answer

    def _url(self, *path: str) -> str:
        return "/".join((self._root, "api", "v1", *(quote(part, safe="") for part in path)))


def _stranger(server: str, answer: Answer) -> Permanent:
    return NotUnderstood(
        f"this is no Leeway that this client knows (it answered {answer.status}, {answer.content_type or 'untyped'})",
        place=server,
        mend="check --server, and that client and server have the same version",
    )
