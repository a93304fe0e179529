"""An error of the tree as problem+json, and back: what the server raised, the client raises."""

from __future__ import annotations

from pydantic import ValidationError

from leeway.client.documents import Problem
from leeway.errors import (
    Conflict,
    Denied,
    Forbidden,
    Invalid,
    LeewayError,
    NewerFormat,
    NotFound,
    NotUnderstood,
    Permanent,
    StoreFull,
    Throttled,
    TimedOut,
    Transient,
    Unreachable,
)

PROBLEM_JSON = "application/problem+json"
_KIND = "urn:leeway:problem:"

KINDS: dict[str, tuple[type[LeewayError], int, str]] = {
    "invalid": (Invalid, 422, "What was sent cannot be used"),
    "conflict": (Conflict, 409, "Somebody else changed it first"),
    "not-found": (NotFound, 404, "Nothing has that name"),
    "timed-out": (TimedOut, 504, "No whole answer in time"),
    "unreachable": (Unreachable, 502, "A source cannot be reached"),
    "throttled": (Throttled, 429, "Too much at once"),
    "store-full": (StoreFull, 507, "The disk is full; nothing was taken, nothing is lost"),
    "transient": (Transient, 503, "Not now; the same request may succeed later"),
    "denied": (Denied, 403, "Not permitted"),
    "not-understood": (NotUnderstood, 502, "A source answered what is not understood"),
    "forbidden": (Forbidden, 403, "Leeway's own guard refused the address"),
    "newer-format": (NewerFormat, 500, "The data was written by a newer Leeway"),
    "permanent": (Permanent, 500, "This cannot be done until something changes"),
}
"""Kind -> error, usual status, title. A type that is not here is reported as its nearest ancestor."""

_NAMES = {error: name for name, (error, _, _) in KINDS.items()}


class Overtaken(Conflict):
    """What stands there is not what was seen, and was to be changed (412).

    `differs` is a unified diff from it to what was sent, `tag` its ETag for the head of the server's answer.
    """

    def __init__(self, message: str, *, place: str = "", mend: str = "", tag: str = "", differs: str = "") -> None:
        super().__init__(message, place=place, mend=mend)
        self.tag = tag
        self.differs = differs


def problem_of(error: LeewayError, *, status: int | None = None, request_id: str = "") -> Problem:
    """The document for an error; `status` where the usual one does not fit."""
    name = next((_NAMES[kind] for kind in type(error).__mro__ if kind in _NAMES), "permanent")
    _, usual, title = KINDS[name]
    return Problem(
        type=_KIND + name,
        title=title,
        status=status or (412 if isinstance(error, Overtaken) else usual),
        detail=error.message,
        place=error.place,
        mend=error.mend,
        retry_after_s=error.retry_after_s if isinstance(error, Transient) else None,
        differs=error.differs if isinstance(error, Overtaken) else None,
        request_id=request_id,
    )


def error_of(body: bytes) -> LeewayError | None:
    """The error that a problem document tells of, or None if the body is no such document."""
    try:
        problem = Problem.model_validate_json(body)
    except ValidationError:
        return None
    known = KINDS.get(problem.type.removeprefix(_KIND))
    if known is None:
        return Permanent(problem.detail, place=problem.place, mend=problem.mend)
    kind = known[0]
    if problem.status == 412:
        return Overtaken(problem.detail, place=problem.place, mend=problem.mend, differs=problem.differs or "")
    if issubclass(kind, Transient):
        return kind(problem.detail, place=problem.place, mend=problem.mend, retry_after_s=problem.retry_after_s)
    return kind(problem.detail, place=problem.place, mend=problem.mend)
