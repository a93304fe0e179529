"""Forms of pages about people: read, proven, and shown again with what was wrong and what was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from leeway.client.problem import problem_of
from leeway.errors import LeewayError
from leeway.server.pages import Pages
from leeway.server.problems import Misread

Form = Mapping[str, str]
SECRET = frozenset({"password", "again", "old", "proof"})
"""Fields that are never shown again."""


async def sent(request: Request, made: Pages) -> Form:
    """What was typed. Raises Denied unless our own page sent it."""
    await made.sessions.check(request)
    try:
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise Misread("this is no form", place="body", mend="load the page again, then press the button") from None


def typed(form: Form) -> Form:
    """What may be shown again."""
    return {name: value for name, value in form.items() if name not in SECRET}


async def or_again(form: Form, act: Callable[[], Awaitable[Response]], again: Callable[..., Response]) -> Response:
    """The answer of `act`; for what it refuses the page once more, with the error at its field and what was typed."""
    try:
        return await act()
    except LeewayError as error:
        problem = problem_of(error)
        return again(problem.status, error=problem, form=typed(form))


def local(to: str) -> str:
    """A path of this server to go on to, the overview for anything else: nobody is sent elsewhere."""
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and "\\" not in to
    return to if plain else "/"
