"""Plain questions to servers of our own on this machine."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any


def text(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> str:
    """The body of the answer; raises urllib's HTTPError for anything but success."""
    request = urllib.request.Request(url, body, dict(headers or {}))  # noqa: S310 - an address we made ourselves
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - as above
        said: bytes = answer.read()
        return said.decode()


def tree(url: str, body: object = None, *, token: str = "") -> Any:
    """The answer as plain data; with a body, which is sent as JSON, it is a POST."""
    if body is None:
        return json.loads(text(url))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return json.loads(text(url, json.dumps(body).encode(), headers))


def form(url: str, fields: Mapping[str, object]) -> Any:
    """The answer to a form, as plain data."""
    return json.loads(text(url, urllib.parse.urlencode(fields).encode()))
