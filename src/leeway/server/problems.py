"""The one place where an error becomes an answer: problem+json for programs, a plain page for people."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leeway.client.documents import Problem
from leeway.client.problem import Overtaken, problem_of
from leeway.errors import Conflict, Denied, Invalid, LeewayError, Permanent
from leeway.server.answers import HEADERS, problem_response

Show = Callable[[Request, Problem], Response]

_SAID = {
    404: ("there is nothing at this address", "the addresses are listed in /api/v1/openapi.json"),
    405: ("this address does not take this method", "the addresses are listed in /api/v1/openapi.json"),
    413: ("the body is larger than this server takes", "send it in smaller parts"),
}


class Misread(Invalid):
    """A request that cannot be read: a parameter, a header or the form of its body is wrong (400)."""


class Reused(Conflict):
    """A key under which a request may be sent again came with another request (422)."""


class Looped(Denied):
    """A message of Leeway's own has come back (508). It is dropped: alerts must not make alerts."""


class Lacking(Permanent):
    """An extra that is not installed (501)."""


def reused() -> Reused:
    """The one answer to it."""
    return Reused("this key was used for other content", place="Idempotency-Key", mend="take a new key")


def looped() -> Looped:
    """The one answer to it."""
    mend = "find out who passes it on to this server, and name the address of somebody else there"
    return Looped("this is a message of Leeway's own, come back; it is dropped", mend=mend)


def as_problem(request: Request, error: Exception) -> Problem:
    """Any error that a handler raised."""
    number = str(getattr(request.state, "request_id", ""))
    match error:
        case Misread():
            return problem_of(error, status=400, request_id=number)
        case Reused():
            return problem_of(error, status=422, request_id=number)
        case Looped():
            return problem_of(error, status=508, request_id=number)
        case Lacking():
            return problem_of(error, status=501, request_id=number)
        case LeewayError():
            return problem_of(error, request_id=number)
        case RequestValidationError():
            return problem_of(_misread(error), status=400, request_id=number)
        case HTTPException():
            detail, mend = _SAID.get(error.status_code, (str(error.detail), ""))
            title = HTTPStatus(error.status_code).phrase
        case _:
            detail, mend = (
                "something happened that nobody foresaw",
                "the server's log says more, under this request's id",
            )
            title = "A defect in Leeway"
    status = error.status_code if isinstance(error, HTTPException) else 500
    return Problem(type="about:blank", title=title, status=status, detail=detail, mend=mend, request_id=number)


def _misread(error: RequestValidationError) -> Misread:
    """All faults of a request in one sentence each, never showing the values: they may be secrets."""
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {str(fault['msg']).removeprefix('Value error, ')}"
        for fault in error.errors()
    ]
    return Misread("; ".join(faults[:10]), place="request", mend="its form is in /api/v1/openapi.json")


def install(app: FastAPI, page: Show) -> None:
    """Answers every error of the tree, of the framework and of nobody; `page` shows one to a person."""

    async def handle(request: Request, error: Exception) -> Response:
        problem = as_problem(request, error)
        human = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
        response = page(request, problem) if human else problem_response(problem)
        if isinstance(error, Overtaken) and error.tag:
            response.headers["etag"] = error.tag
        response.headers.update(HEADERS)  # an answer to a defect does not pass the guard on its way out
        return response

    for kind in (LeewayError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, handle)
