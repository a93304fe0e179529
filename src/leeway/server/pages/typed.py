"""What a person typed into a form, and what was wrong with it: shown again with the text kept."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from leeway.client.problem import problem_of
from leeway.errors import Invalid, LeewayError
from leeway.server.problems import Misread


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a form was refused, beside the field that it is about ("" where it is about none); `status` as in the API."""

    field: str
    message: str
    mend: str
    status: int


async def typed(request: Request) -> dict[str, str]:
    """The fields of a form, without blanks around them; of a field that comes twice the last.

    Lines end as they do in files: browsers send other ends.
    """
    body = (await request.body()).decode("utf-8", "replace")
    return {name: text.strip().replace("\r\n", "\n") for name, text in parse_qsl(body, keep_blank_values=True)}


async def sent(request: Request) -> list[tuple[str, bytes]]:
    """The fields of a form with files, in their order; of files what is in them. As browsers send it (RFC 7578)."""
    from email.message import Message  # late, both: a start need not wait for them
    from email.parser import BytesParser

    kind = request.headers.get("content-type", "").encode("latin-1", "replace")
    body = BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + await request.body())
    parts = body.get_payload()
    if not body.is_multipart() or not isinstance(parts, list):
        raise Misread("this is no form with files", place="body", mend="load the page again")
    found = []
    for part in parts:
        content = part.get_payload(decode=True) if isinstance(part, Message) else None
        name = part.get_param("name", header="content-disposition") if isinstance(part, Message) else None
        if isinstance(name, str) and isinstance(content, bytes):
            found.append((name, content))
    return found


def read_number(text: str, what: str) -> int:
    """The number of a thing, from a field that nobody types into. Raises Invalid."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Invalid(f"there is no such {what}", mend="load the page again")
    return int(text)


def fault(error: LeewayError, field: str = "") -> Fault:
    """An error of the engine, at the field that it names, else at this one."""
    return Fault(error.place or field, error.message, error.mend, problem_of(error).status)
