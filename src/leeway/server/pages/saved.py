"""Views of a list that somebody keeps by name: in a cookie of their own browser, so nobody else sees or loses them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

from starlette.responses import Response

from leeway.errors import Invalid

COOKIE = "leeway_views"
YEAR_S = 366 * 86_400
MOST_BYTES = 3_000
"""A browser keeps 4 kB of a cookie, its name and all."""


def views(cookies: Mapping[str, str]) -> dict[str, str]:
    """The query of each view by its name; nothing from a cookie that is not ours."""
    try:
        told = json.loads(base64.urlsafe_b64decode(cookies.get(COOKIE, "")) or b"{}")
    except (binascii.Error, ValueError, RecursionError):
        return {}
    plain = isinstance(told, dict) and all(isinstance(query, str) and query[:1] == "?" for query in told.values())
    return told if plain else {}


def changed(kept: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """With the view that a form names, or without it if the form says so. Raises Invalid."""
    name, query = given.get("name", ""), given.get("query", "")
    if not name:
        raise Invalid("a view needs a name", place="name", mend="such as: my team, worst first")
    rest = {each: at for each, at in kept.items() if each != name}
    found = rest if given.get("do") == "forget" else rest | {name: query}
    if len(_written(found)) > MOST_BYTES:
        raise Invalid("your browser has no room for another view", place="name", mend="forget one, or take a bookmark")
    return found


def keep(response: Response, kept: Mapping[str, str]) -> None:
    """Gives them to the browser."""
    response.set_cookie(COOKIE, _written(kept), YEAR_S, httponly=True, samesite="strict", path="/")


def _written(kept: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()
