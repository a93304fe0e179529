"""The provider over the network, and the two addresses by which people come through it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest, digest
from typing import Any, Self
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from leeway import net
from leeway.client.problem import problem_of
from leeway.engine.people import People, Role
from leeway.engine.people.groups import roles_by
from leeway.errors import Denied, LeewayError, NotUnderstood, Transient
from leeway.net import Egress, Limits, Retries, Secret, parse_url
from leeway.ports.clock import Clock
from leeway.server.access import oidc
from leeway.server.access.asking import asking
from leeway.server.access.forms import local
from leeway.server.access.sign_in import admitted
from leeway.server.pages import Pages

COOKIE = "leeway_sign_in"
BACK = "/sign-in/back"
_LIMITS = Limits(connect_s=5, total_s=15, body_bytes=1 << 20, redirects=0)


@dataclass(frozen=True, slots=True)
class Registration:
    """How Leeway is known to the provider. `url` is the address at which people reach Leeway; `rules` map groups."""

    issuer: str
    client: str
    secret: Secret
    url: str
    scopes: str
    groups: str
    rules: tuple[tuple[str, str, Role], ...]
    allow_hosts: frozenset[str]


class Provider:
    """Asks the provider; what it tells of itself is asked for at each sign-in, so that its keys may change."""

    def __init__(self, registration: Registration, clock: Clock) -> None:
        self.registration, self.clock = registration, clock

    async def begin(self, flow: oidc.Flow) -> str:
        """Where the browser goes. Raises what the network raises."""
        one = self.registration
        async with _Asked(one, self.clock) as asked:
            where = await asked.addresses()
        return oidc.question(where, one.client, self._redirect, one.scopes, flow)

    async def end(self, query: str, flow: oidc.Flow | None) -> oidc.Stranger:
        """Who came back with this query. Raises Denied, and what the network raises."""
        one, (code, flow) = self.registration, oidc.code_of(query, flow, self.clock.now())
        async with _Asked(one, self.clock) as asked:
            where = await asked.addresses()
            token = await asked.token(where, code, self._redirect, flow.verifier)
            keys = await asked.tree(net.Request(where.keys, repeatable=True))
        claims = oidc.claims_of(token, keys, where, one.client, flow, self.clock.now())
        return oidc.stranger_of(claims, where.issuer, one.groups)

    @property
    def _redirect(self) -> str:
        return self.registration.url.rstrip("/") + BACK


class _Asked:
    """One conversation."""

    def __init__(self, registration: Registration, clock: Clock) -> None:
        url = parse_url(registration.issuer, "oidc_issuer")
        own = frozenset({f"{url.host}:{url.port}", f"[{url.host}]:{url.port}"})
        self._one = registration
        self._http = net.Client(Egress(own | registration.allow_hosts), clock, limits=_LIMITS, retries=Retries(2))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def addresses(self) -> oidc.Addresses:
        """What the provider tells of itself."""
        at = self._one.issuer.rstrip("/") + "/.well-known/openid-configuration"
        return oidc.addresses(await self.tree(net.Request(at, repeatable=True)), self._one.issuer)

    async def token(self, where: oidc.Addresses, code: str, redirect: str, verifier: str) -> str:
        """The ID token for a code. Raises Denied if the provider does not take it."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        headers: dict[str, str] = {}
        if secret := self._one.secret.reveal():
            pair = f"{quote(self._one.client, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form["client_id"] = self._one.client
        asked = net.Request(where.token, "POST", headers=headers, form=tuple(form.items()))
        try:
            told = await self.tree(asked)
        except Transient:
            raise
        except LeewayError:  # it may repeat what was sent: nothing of it is told on
            mend = "begin again; if it stays so, an admin looks at oidc_client and its secret"
            raise Denied("the provider did not take the code", mend=mend) from None
        token = told.get("id_token") if isinstance(told, Mapping) else None
        if not isinstance(token, str):
            raise Denied("the provider sent no ID token", mend="the scope openid has to be among oidc_scopes")
        return token

    async def tree(self, request: net.Request) -> Any:
        """An answer in JSON."""
        stranger = NotUnderstood("the provider's answer is no JSON", mend="check oidc_issuer")
        return await self._http.read(request, lambda answer: net.read_json(answer.body, Any, stranger))


def provider_routes(people: People, made: Pages, provider: Provider) -> APIRouter:
    """`/sign-in/provider` and `/sign-in/back`."""
    router = APIRouter(include_in_schema=False)
    key, rules = made.sessions.key, provider.registration.rules

    def refused(request: Request, error: LeewayError, to: str) -> Response:
        """At the door again: there may be another way in."""
        problem = problem_of(error)
        return made.show(request, "sign_in.html", problem.status, to=to, provider=True, error=problem, form={})

    @router.get("/sign-in/provider")
    async def begin(request: Request, to: str = "/") -> Response:
        flow = oidc.Flow.begun(local(to), provider.clock.now())
        try:
            response = RedirectResponse(await provider.begin(flow), 303)
        except LeewayError as error:
            return refused(request, error, flow.to)
        secure = made.sessions.secure or request.url.scheme == "https"
        response.set_cookie(
            COOKIE, _sealed(key, flow), oidc.LASTS_S, httponly=True, samesite="lax", secure=secure, path="/sign-in"
        )
        return response

    @router.get(BACK)
    async def back(request: Request) -> Response:
        flow, place = _opened(key, request.cookies.get(COOKIE, "")), asking().place
        to = flow.to if flow else "/"
        try:
            stranger = await provider.end(request.url.query, flow)
            roles = roles_by(rules, stranger.groups)
            person = await people.accounts.admitted(stranger.subject, stranger.name, roles, place)
        except LeewayError as error:
            return refused(request, error, to)
        response = admitted(request, made, await people.keys.begin(person, place, "provider"), to)
        response.delete_cookie(COOKIE, path="/sign-in", httponly=True)
        return response

    return router


def _sealed(key: bytes, flow: oidc.Flow) -> str:
    body = base64.urlsafe_b64encode(msgspec.json.encode(flow)).decode()
    return f"{body}.{digest(key, body.encode(), 'sha256').hex()}"


def _opened(key: bytes, cookie: str) -> oidc.Flow | None:
    body, _, seal = cookie.rpartition(".")
    if not compare_digest(seal.encode(), digest(key, body.encode(), "sha256").hex().encode()):
        return None
    return msgspec.json.decode(base64.urlsafe_b64decode(body), type=oidc.Flow)
