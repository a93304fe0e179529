"""The gate: who asks, and whether their roles permit what they ask for. One place, before every route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from leeway.engine.people import ALL_RIGHTS, Action, Doer, People, Via, Who
from leeway.errors import Denied, LeewayError, NotFound
from leeway.server.access.asking import STRANGER
from leeway.server.access.operations import OPERATIONS, Operations
from leeway.server.safety.guard import FORMS, QUESTIONS, READING, Refusal
from leeway.server.safety.session import COOKIE

SIGN_IN = "/sign-in"

NOBODY = STRANGER.who
ANYBODY = Who("", ALL_RIGHTS, Via.NOBODY)
"""Whoever asks on a machine where nobody has an account: reading needs no name."""
MACHINE = Who("the machine", ALL_RIGHTS, Via.MACHINE)
"""Who can read the token in the data folder: whoever runs the server. They may say themselves who they are."""

_OPERATIONS = Operations.of(OPERATIONS)

ProjectOf = Callable[[str, str], str | None]
"""By kind and name of a document; None if there is none."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`token` is that of the data folder. Without anybody everything is as on a machine of one's own."""

    token: str
    people: People
    project: ProjectOf

    def admit(self, scope: Scope, headers: Headers) -> Doer | Refusal:
        """Who does it, or why not."""
        client = scope.get("client")
        place = str(client[0]) if client else ""
        if self.people.accounts.none:
            return self._on_own_machine(scope, headers, place)
        who = self._who(scope, headers)
        return who if isinstance(who, Refusal) else self._permitted(Doer(who, place), scope)

    def _on_own_machine(self, scope: Scope, headers: Headers, place: str) -> Doer | Refusal:
        if scope["method"] in READING or scope["path"].startswith((FORMS, QUESTIONS)):
            return Doer(ANYBODY, place)
        given = headers.getlist("authorization")
        if len(given) == 1 and (known := self._token(given[0])):
            return self._permitted(Doer(known, place), scope)
        if not given:
            mend = "send Authorization: Bearer with the token from the data folder; the command line does so by itself"
            return Refusal(401, Denied("writing needs the token", place="Authorization", mend=mend))
        if len(given) > 1 or not self._is_machine(given[0]):
            mend = "read it again from the data folder of this server (--data)"
            return Refusal(401, Denied("this is not the token of this server", place="Authorization", mend=mend))
        return Doer(MACHINE, place)

    def _who(self, scope: Scope, headers: Headers) -> Who | Refusal:
        given = headers.getlist("authorization")
        if len(given) > 1:
            return Refusal(401, Denied("there are several tokens", place="Authorization", mend="send one"))
        if given:
            if self._is_machine(given[0]):
                return MACHINE
            known = self._token(given[0])
            mend = "it ran out, was ended, or is another server's: make a new one with `leeway token create`"
            return known or Refusal(401, Denied("this token is good for nothing", place="Authorization", mend=mend))
        cookies = cookie_parser(headers.get("cookie", ""))
        known = self.people.keys.session(cookies[COOKIE]) if COOKIE in cookies else None
        if known is None:
            return NOBODY
        site = headers.get("sec-fetch-site")
        if scope["method"] not in READING and "origin" not in headers and site != "same-origin":
            # a foreign Origin never gets this far
            return Refusal(403, Denied("this does not say which page it comes from", mend="send a token, or an Origin"))
        return known

    def _permitted(self, doer: Doer, scope: Scope) -> Doer | Refusal:
        rights, path = doer.who.rights, scope["path"]
        operation = _OPERATIONS.find(scope["method"], path)
        if operation is not None and operation.action is Action.OPEN:
            return doer
        if doer.who.via is Via.NOBODY:
            return _stranger(scope)
        if operation is None:
            if rights.everywhere(Action.ADMINISTER):
                return doer  # there is no such route, and the application says so
            error = NotFound("there is nothing at this address for you", mend="go back to the overview")
            return Refusal(404, error, doer=doer)
        if operation.slo is None:
            permitted = rights.anywhere(operation.action)
        else:
            project = self.project("SLO", operation.slo)
            if not (rights.everywhere(Action.READ) or (project and rights.may(Action.READ, project))):
                error = NotFound(
                    f"there is no SLO {operation.slo!r}", mend="`leeway status` lists those that you may see"
                )
                return Refusal(404, error, doer=doer)
            permitted = rights.within(operation.action, project)
        return doer if permitted else Refusal(403, refused(operation.action), doer=doer)

    def _token(self, given: str) -> Who | None:
        word, _, secret = given.partition(" ")
        return self.people.keys.token(secret) if word.lower() == "bearer" else None

    def _is_machine(self, given: str) -> bool:
        return compare_digest(given.encode("latin-1"), f"Bearer {self.token}".encode())


def refused(action: Action, project: str = "") -> LeewayError:
    """Somebody is known, and may not."""
    where = f"in project {project}" if project else "here"
    return Denied(
        f"none of your roles {where} permits to {action.value}", mend="ask an admin, or an owner of the project"
    )


def _stranger(scope: Scope) -> Refusal:
    mend = "sign in at /sign-in, or send Authorization: Bearer with a token (`leeway token create`)"
    asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope.get("query_string") else "")
    to = f"{SIGN_IN}?to={quote(asked, safe='/')}" if scope["method"] in ("GET", "HEAD") else SIGN_IN
    return Refusal(401, Denied("nobody knows who you are", mend=mend), page=to)
