"""Forms of pages, sent as a browser sends them."""

from __future__ import annotations

import re
from http.client import HTTPResponse
from urllib.parse import urlencode

from tests.server.serving import Served


def post(server: Served, at: str, page: str = "/alerts", /, **fields: str) -> tuple[HTTPResponse, str]:
    """With the proof of a page."""
    answer, body = server.ask("GET", page, headers={"Accept": "text/html"})
    proof = re.search(r'name="proof" value="([0-9a-f]+)"', body.decode())
    assert proof is not None
    headers = {
        "Cookie": answer.headers["Set-Cookie"].partition(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "text/html",
        "Origin": server.url,
        "Sec-Fetch-Site": "same-origin",
    }
    answer, body = server.ask("POST", at, urlencode({"proof": proof[1], **fields}), headers)
    return answer, body.decode()
