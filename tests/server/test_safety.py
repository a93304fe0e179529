"""Safety until there are users: who may ask, who may write, and what a browser may do with an answer."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from tests.server.serving import served

from leeway.channels.webhook.compose import event, headers
from leeway.client import keep_token, read_token
from leeway.errors import Denied, NotFound
from leeway.ports.kit.channel_suite import PLAIN
from leeway.server.pages import Button, Panel

WRITES = [
    ("POST", "/api/v1/plan"),
    ("POST", "/api/v1/apply"),
    ("POST", "/api/v1/push"),
    ("POST", "/api/v1/replay"),
    ("POST", "/api/v1/backup"),
    ("POST", "/api/v1/acknowledge"),
    ("DELETE", "/api/v1/documents/SLO/checkout"),
    ("POST", "/"),
    ("PUT", "/nowhere"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_message_of_leeways_own_is_dropped_wherever_it_comes_back(shop, method, path):
    """508, told clearly, with the token or without: alerts make no alerts."""
    body = event(PLAIN)
    for more in ({}, shop.bearer):
        response, told = shop.ask(method, path, body, {**more, **headers(PLAIN, body, None, 0.0)})
        assert response.status == 508
        assert json.loads(told)["detail"] == "this is a message of Leeway's own, come back; it is dropped"


def test_an_own_event_is_dropped_by_the_push_also_when_its_headers_were_lost(shop):
    """Whatever a relay calls it; other strangers have their rows refused, or their type."""
    for kind in ("application/json", "application/cloudevents+json"):
        head = {**shop.bearer, "Content-Type": kind}
        assert shop.ask("POST", "/api/v1/push", event(PLAIN), head)[0].status == 508
        assert shop.ask("POST", "/api/v1/push", b'{"source": "shop"}', head)[0].status in (200, 422)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", "[::1]:{port}", ""])
def test_a_foreign_name_is_refused(shop, host):
    """A page that rebinds its own name to 127.0.0.1 gets nothing, not even to read."""
    response, body = shop.ask("GET", "/api/v1/status", headers={"Host": host.format(port=shop.port)})
    assert response.status == 421
    assert b"checkout" not in body


def test_own_names_are_served_in_any_case(shop):
    """localhost is the same machine."""
    assert shop.ask("GET", "/healthz", headers={"Host": f"LocalHost:{shop.port}"})[0].status == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}"],
)
def test_a_page_of_another_origin_is_refused(shop, origin):
    """Also when it knows the token, also for reading."""
    headers = shop.bearer | {"Origin": origin.format(port=shop.port)}
    assert shop.ask("GET", "/api/v1/status", headers=headers)[0].status == 403
    assert shop.ask("POST", "/api/v1/plan", '{"files": []}', headers)[0].status == 403


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("token", [None, "Bearer ", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x"])
def test_nothing_is_written_without_the_token(shop, method, path, token):
    """401 that says where the token is, before the body is looked at."""
    headers = {} if token is None else {"Authorization": token.format(token=shop.token)}
    response, body = shop.ask(method, path, b"{", headers)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert shop.token.encode() not in body


def test_a_body_that_is_too_large_is_413_whether_it_says_so_or_not(shop):
    """Counted as it arrives, so a missing Content-Length does not help."""
    body = b" " * ((16 << 20) + 1)
    assert shop.ask("POST", "/api/v1/push", body, shop.bearer)[0].status == 413
    chunked = (body[at : at + (1 << 20)] for at in range(0, len(body), 1 << 20))
    assert shop.ask("POST", "/api/v1/plan", chunked, shop.bearer)[0].status == 413


@pytest.mark.parametrize(
    "path", ["/", "/slos/checkout", "/slos/nobody", "/api/v1/status", "/api/v1/nothing", "/metrics", "/nowhere"]
)
def test_every_answer_tells_the_browser_to_run_nothing(shop, path):
    """Errors too."""
    response, _ = shop.ask("GET", path, headers={"Accept": "text/html"})
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.fixture
def bar(tmp_path):
    """A server with one button, and how often it was pressed."""
    pressed = []

    async def act() -> None:
        pressed.append(1)

    panel = Panel("Demo: nothing here is real.", "The bar", buttons=(Button("break", "Break it", act),))
    with served(tmp_path / "data", panel) as server:
        yield server, pressed


def session_of(server) -> tuple[str, str]:
    response, body = server.ask("GET", "/")
    cookie = response.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    return cookie.partition(";")[0], re.search(rb'name="proof" value="([0-9a-f]+)"', body)[1].decode()


def test_a_button_of_our_own_page_works(bar):
    """By the cookie, the field of the form and the origin, with no token and no script; then back to the page."""
    server, pressed = bar
    cookie, proof = session_of(server)
    headers = {"Cookie": cookie, "Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
    response, _ = server.ask("POST", "/forms/break", urlencode({"proof": proof}), headers)
    assert (response.status, response.headers["Location"], pressed) == (303, "/", [1])


@pytest.mark.parametrize("missing", ["cookie", "proof", "origin", "foreign", "other session"])
def test_a_button_that_is_pressed_from_elsewhere_does_nothing(bar, missing):
    """Each of the three alone is not enough."""
    server, pressed = bar
    cookie, proof = session_of(server)
    if missing == "other session":
        _, proof = session_of(server)
    headers = {"Cookie": cookie, "Origin": server.url, "Content-Type": "application/x-www-form-urlencoded"}
    if missing == "cookie":
        del headers["Cookie"]
    if missing == "origin":
        del headers["Origin"]
    if missing == "foreign":
        headers["Origin"] = "https://evil.example"
    body = "" if missing == "proof" else urlencode({"proof": proof})
    response, _ = server.ask("POST", "/forms/break", body, headers)
    assert (response.status, pressed) == (403, [])


def test_the_token_is_made_once_and_for_its_owner_only(tmp_path):
    """Mode 0600; a token that others may read is not used."""
    token = keep_token(tmp_path)
    assert keep_token(tmp_path) == read_token(tmp_path) == token
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    (tmp_path / "token").chmod(0o644)
    with pytest.raises(Denied, match="others may read"):
        read_token(tmp_path)


def test_a_folder_without_a_token_says_what_to_do(tmp_path):
    """The usual mistake is another data folder."""
    with pytest.raises(NotFound, match="--data"):
        read_token(tmp_path)


def test_problem_documents_show_no_values_of_a_body(shop):
    """What stands in the wrong place may be a secret."""
    body = json.dumps({"files": [{"file": 7, "text": "hunter2"}], "token": "hunter2"})
    response, told = shop.ask("POST", "/api/v1/plan", body, shop.bearer)
    assert response.status == 400
    assert b"hunter2" not in told
