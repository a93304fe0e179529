"""People of a server under test: let in by its own API, signed in by its own forms."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.server.serving import Served

PASSWORD = "correct horse battery"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Browser:
    """One cookie, as a browser keeps it."""

    server: Served
    cookie: str = ""

    def get(self, path: str, **headers: str):
        return self.server.ask("GET", path, headers={"Cookie": self.cookie, "Accept": "text/html", **headers})

    def send(self, page: str, path: str, fields: dict[str, str], **headers: str):
        """The form of a page, with its proof."""
        response, body = self.get(page)
        cookie = self.cookie or response.headers["Set-Cookie"].partition(";")[0]
        proof = re.search(rb'name="proof" value="([0-9a-f]+)"', body)[1].decode()
        told = {"Cookie": cookie, "Origin": self.server.url, "Content-Type": FORM, "Accept": "text/html", **headers}
        return self.server.ask("POST", path, urlencode({"proof": proof, **fields}), told)


def api(server: Served, method: str, path: str, tree=None, token: str | None = None):
    """Status and JSON; by the machine's own token if no other is given."""
    headers = {"Authorization": f"Bearer {server.token if token is None else token}"}
    body = "" if tree is None else json.dumps(tree)
    response, told = server.ask(method, path, body, headers | {"Content-Type": "application/json"})
    return response.status, json.loads(told) if told else None


def let_in(server: Served, name: str, **roles: str) -> str:
    """The path of the link."""
    status, told = api(server, "POST", "/api/v1/people", {"name": name, "roles": roles})
    assert status == 200, told
    return told["link"]


def signed_in(server: Served, name: str, **roles: str) -> Browser:
    """Somebody new who chose a password."""
    link = let_in(server, name, **roles)
    response, body = Browser(server).send(link, link, {"password": PASSWORD, "again": PASSWORD})
    assert response.status == 303, body
    return Browser(server, response.headers["Set-Cookie"].partition(";")[0])


def token(server: Served, role: str, project: str = "*", **by: str) -> str:
    """The secret of a new token."""
    status, told = api(server, "POST", "/api/v1/tokens", {"name": "t", "role": role, "project": project}, **by)
    assert status == 200, told
    return told["secret"]
