"""Forms of Leeway's own pages: a strict cookie, a field that belongs to it, and a request that stayed on the site."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hmac import compare_digest, digest
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from leeway.errors import Denied

COOKIE = "leeway_session"
FIELD = "proof"
_MEND = "load the page again, then press the button"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Proves that a form came from a page that this server gave to this browser. Nothing is stored: the key decides."""

    key: bytes
    secure: bool = False
    """True where browsers come by https, also if a proxy ends it."""

    @staticmethod
    def fresh(*, secure: bool = False) -> Sessions:
        """A new key at each start: pages of an earlier run have to be loaded again."""
        return Sessions(secrets.token_bytes(32), secure)

    def begin(self, request: Request) -> str:
        """The session of this browser, a new one if it has none."""
        return request.cookies.get(COOKIE) or secrets.token_urlsafe(24)

    def proof(self, session: str) -> str:
        """What a form of this session carries in the field `proof`."""
        return digest(self.key, session.encode(), "sha256").hex()

    def attach(self, request: Request, response: Response, session: str) -> None:
        """Gives a new browser its session; scripts and other sites never see it."""
        if request.cookies.get(COOKIE) != session:
            secure = self.secure or request.url.scheme == "https"
            response.set_cookie(COOKIE, session, httponly=True, samesite="strict", secure=secure, path="/")

    def sign_in(self, request: Request, response: Response, secret: str, lasts_s: int) -> None:
        """Gives the browser the session of somebody who signed in, a new one: what it had before proves nothing.

        It goes along when somebody follows a link from elsewhere (Lax), as people on call do; what changes anything
        is proven besides.
        """
        secure = self.secure or request.url.scheme == "https"
        response.set_cookie(COOKIE, secret, lasts_s, httponly=True, samesite="lax", secure=secure, path="/")

    def sign_out(self, response: Response) -> None:
        """Takes it away."""
        response.delete_cookie(COOKIE, path="/", httponly=True)

    async def check(self, request: Request, proof: str | None = None) -> None:
        """Denied unless cookie, field and origin all say that our own page sent this form.

        `proof` is what the field says, where the form is no plain one.
        """
        if proof is None:
            proof = dict(parse_qsl((await request.body()).decode("latin-1"))).get(FIELD, "")
        session = request.cookies.get(COOKIE, "")
        if not session or not compare_digest(proof.encode(), self.proof(session).encode()):
            raise Denied("this form does not come from a page of this server", mend=_MEND)
        fetched = request.headers.get("sec-fetch-site")
        if fetched != "same-origin" and "origin" not in request.headers:  # a foreign Origin never gets this far
            raise Denied("this form does not say where it comes from", mend=_MEND)
