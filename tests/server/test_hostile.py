"""Names that climb out of a folder, bytes that are no text, and bodies made to break: refused, and nothing is told."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import quote

import pytest
from tests.server.example_book import STREAM, described
from tests.server.serving import served, slo

from leeway.server.openapi.describe import name_of, operations
from leeway.server.openapi.examples import examples
from leeway.server.safety import Rates

EXAMPLES = examples()

CLIMBING = [
    "..",
    ".",
    "../../../../etc/passwd",
    "../" * 12 + "etc/passwd",
    "..\\..\\..\\windows\\win.ini",
    "/etc/passwd",
    "//etc/passwd",
    "....//....//etc/passwd",
    "..;/etc/passwd",
    "file:///etc/passwd",
    "/proc/self/environ",
    "~root",
    "C:\\boot.ini",
    "etc/passwd\x00.svg",
    "../token",
    "../../token",
    "..／..／etc／passwd",
    "\u2025/\u2025/etc/passwd",
]
ODD = [
    "",
    " ",
    "\x00",
    "\n",
    "\r\nSet-Cookie: x=1",
    "\x1b[31m",
    "\x7f",
    "\u202egnp.exe",
    "\ufeffcheckout",
    "\ud7ff\ue000\U0010ffff",
    "é" * 400,
    "a" * 5_000,
    "checkout\x00",
    "checkout'--",
    "checkout%",
    "' OR 1=1 --",
    "{{7*7}}",
    "${jndi:ldap://127.0.0.1/a}",
    "<script>alert(1)</script>",
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "null",
    "[]",
]
RAW = [
    b"/static/..%2f..%2f..%2fetc%2fpasswd",
    b"/static/%2e%2e/%2e%2e/etc/passwd",
    b"/static/..%252f..%252fetc%252fpasswd",
    b"/static/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    b"/static/\xff\xfe/x",
    b"/static/../../server/app.py",
    b"/static/....//manifest.json",
    b"/slo/%ff%fe%00",
    b"/slo/..%2f..%2ftoken",
    b"/api/v1/slos/%ed%a0%80/status",
    b"/api/v1/slos/%00/status",
    b"/api/v1/slos/checkout/../../../token",
    b"/api/v1/documents/%f5%f5/%80",
    b"/api/v1/status?name=%ff&sort=%00",
    b"/api/v1/status?%ff=%ff",
    b"/api/v1/alerts?after=%5b%5b%5b%5b",
    b"/%",
    b"/%zz",
    b"//",
    b"/?",
    b"/#",
    b"*",
    b"http://evil.example/etc/passwd",
    b"/" + b"a/" * 4_000,
]
SECRETS = (b"root:x:0", b"[boot loader]", b"PATH=", b"def create_app")


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    """A server of its own with one SLO: nothing that is sent here changes what others read."""
    with served(tmp_path_factory.mktemp("hostile") / "data", rates=Rates(0, 0, 0)) as server:
        files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
        assert server.ask("POST", "/api/v1/apply", json.dumps(files), server.bearer)[0].status == 200
        yield server


@pytest.fixture(scope="module")
def tree(stand):
    return described(stand)


def calm(server, status, body, asked):
    """It was answered, without a defect, and with nothing that is nobody's business."""
    assert status < 500 or status == 508, (asked, status, body[:300])
    assert not any(secret in body for secret in (*SECRETS, server.token.encode())), asked


@pytest.mark.parametrize("text", [*CLIMBING, *ODD], ids=lambda text: ascii(text)[:30])
def test_no_name_in_an_address_leads_out_of_it(stand, tree, text):
    """In place of each name of every address, as a page or a program sends it; the same in the query."""
    for method, path, operation in operations(tree):
        name = name_of(method, path)
        if name == STREAM or name not in EXAMPLES:
            continue
        example = EXAMPLES[name]
        places = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        asked = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
        where = path.format(**{place: quote(text, safe="") for place in places})
        if places:
            body = example.body if isinstance(example.body, str) else json.dumps(example.body or {})
            response, told = stand.ask(method.upper(), where, body, stand.bearer)
            calm(stand, response.status, told, (method, where))
        if method == "get":
            sane = path.format(**dict.fromkeys(places, "checkout"))
            query = "&".join(f"{quote(one, safe='')}={quote(text, safe='')}" for one in asked)
            calm(stand, *answered(stand, f"{sane}?{query}"), (method, sane, text))


def answered(server, where):
    response, told = server.ask("GET", where)
    return response.status, told


@pytest.mark.parametrize("target", RAW, ids=lambda target: ascii(target)[2:40])
def test_bytes_that_are_no_address_are_answered_calmly(stand, target):
    """As they are on the wire, before any program has made them right: answered, or the line is closed."""
    with socket.create_connection(("127.0.0.1", stand.port), timeout=10) as line:
        line.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % stand.port)
        response = http.client.HTTPResponse(line)
        try:
            response.begin()
        except http.client.HTTPException:
            return
        body = response.read()
    calm(stand, response.status, body, target)
    assert response.status != 200 or b"passwd" not in target, target


BODIES = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"null",
    b"[]",
    b'"text"',
    b"1e400",
    b"NaN",
    b'{"files": null}',
    b'{"a":' * 3_000,
    b"[" * 100_000,
    b'{"files": [], "files": []}',
    b'{"by": "\\ud800", "files": []}',
    b'{"files": [{"file": "\\u0000", "text": "\\u0000"}]}',
    b'{"slo": "\\ud800", "by": "\\ud800", "why": "\\ud800", "lasts_s": 1}',
    b'{"slo": "checkout", "by": "a", "why": "b", "lasts_s": 1e308}',
    b'{"slo": "checkout", "start": "0001-01-01T00:00:00Z", "end": "9999-12-31T23:59:59Z"}',
    b'{"slo": "checkout", "start": -1e300, "end": 1e300}',
    b'{"to": "/proc/self/x"}',
    b'{"to": "/\\u0000"}',
    b'{"to": "../x"}',
    b'{"alert": "\\u0000", "by": "\\u0000"}',
    b'{"text": "\\ud800", "by": "x", "start": "0001-01-01T00:00:00+23:59"}',
    b'{"name": "\\ud800", "roles": {"\\ud800": "admin"}}',
    b'{"name": "\\ud800", "role": "viewer", "project": "\\ud800", "lasts_s": 1e300}',
    b"a: &a [*a]",
    b"a: &a [x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]",
    b"--- !!python/object/apply:os.system ['true']",
    b"%FF=%00&query=%ed%a0%80",
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: ascii(body)[2:40])
def test_bodies_that_are_made_to_break_break_nothing(stand, tree, body):
    """To everything that takes one, under each type that it takes and one that it does not; lists are as before."""
    for method, path, operation in operations(tree):
        if "requestBody" not in operation:
            continue
        where = path.format(kind="SLO", name="checkout", slo="checkout", number=1, project="shop")
        for kind in (*operation["requestBody"]["content"], "text/plain"):
            response, told = stand.ask(method.upper(), where, body, stand.bearer | {"Content-Type": kind})
            calm(stand, response.status, told, (method, where, kind))
    assert stand.ask("GET", "/readyz")[0].status == 200
    assert [one["slo"] for one in json.loads(stand.ask("GET", "/api/v1/status")[1])["items"]] == ["checkout"]


@pytest.mark.parametrize("name", ["Host", "Origin", "Authorization", "Idempotency-Key", "If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", [b"\xff", b"\x80" * 300, b"a" * 9_000, b"\t", b"*, *", b'"', b"Bearer \xc3\xbc"])
def test_headers_that_are_no_text_are_answered_calmly(stand, name, value):
    """Whatever stands there."""
    given = {"Host": f"127.0.0.1:{stand.port}".encode(), "Authorization": f"Bearer {stand.token}".encode()}
    given |= {"Connection": b"close", "Content-Length": b"2", "Content-Type": b"application/json", name: value}
    for request in (b"POST /api/v1/plan", b"PUT /api/v1/documents/SLO/checkout?dry_run=true", b"GET /api/v1/status"):
        with socket.create_connection(("127.0.0.1", stand.port), timeout=10) as line:
            head = b"".join(b"%s: %s\r\n" % (key.encode(), said) for key, said in given.items())
            line.sendall(request + b" HTTP/1.1\r\n" + head + b"\r\n{}")
            response = http.client.HTTPResponse(line)
            try:
                response.begin()
            except http.client.HTTPException:
                continue
            calm(stand, response.status, response.read(), (request, name, value))
