"""What a person typed into a form, and what was wrong with it: shown again with the text kept."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from leeway.client.problem import problem_of
from leeway.errors import LeewayError


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a form was refused, beside the field that it is about ("" where it is about none); `status` as in the API."""

    field: str
    message: str
    mend: str
    status: int


async def typed(request: Request) -> dict[str, str]:
    """The fields of a form, without blanks around them; of a field that comes twice the last."""
    body = (await request.body()).decode("utf-8", "replace")
    return {name: text.strip() for name, text in parse_qsl(body, keep_blank_values=True)}


def fault(error: LeewayError, field: str = "") -> Fault:
    """An error of the engine, at the field that it names, else at this one."""
    return Fault(error.place or field, error.message, error.mend, problem_of(error).status)
