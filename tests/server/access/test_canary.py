"""No secret is told but once: not by pages, API, errors, logs, exports, reports, copies, nor the audit log."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from tests.cli.test_access import asked, chosen, first_link
from tests.demo.program import run, started
from tests.server.access.parrot import parrot
from tests.server.access.people import FORM, PASSWORD
from tests.server.access.test_table import TABLE

SOURCE, SIGNATURE, CLIENT = "canary-source-5d1c", "canary-webhook-77aa", "canary-client-0e9b"
WRONG = "canary wrong password"
DEFINITIONS = """\
apiVersion: openslo/v1
kind: DataSource
metadata: {{name: parrot}}
spec: {{type: Prometheus, connectionDetails: {{url: "{url}", bearer: {{env: CANARY_SOURCE}}}}}}
---
apiVersion: openslo/v1
kind: SLO
metadata: {{name: canary}}
spec:
  service: mine
  indicator:
    metadata: {{name: canary-sli}}
    spec:
      ratioMetric:
        counter: true
        good: {{metricSource: {{metricSourceRef: parrot, spec: {{query: 'sum(good)'}}}}}}
        total: {{metricSource: {{metricSourceRef: parrot, spec: {{query: 'sum(total)'}}}}}}
  timeWindow: [{{duration: 1d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.9}}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {{name: pushed}}
spec:
  service: mine
  indicator:
    metadata: {{name: pushed-sli}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: json_push, spec: {{count: good}}}}}}
        total: {{metricSource: {{type: json_push, spec: {{count: total}}}}}}
  timeWindow: [{{duration: 1d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.9}}]
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {{name: hook}}
spec:
  channel: webhook
  settings: {{url: "{url}/hook", secret: {{env: CANARY_HOOK}}, bearer: {{env: CANARY_SOURCE}}}}
  people: 1
  owner: somebody@example.org
"""
FILLED = {
    "slo": "canary",
    "number": "1",
    "delivery": "1",
    "project": "default",
    "first": "2026-11-16",
    "secret": "none-such",
}


class House:
    """A server as a program, with every secret that it knows, and everything that it said."""

    def __init__(self, program, data, told, out):
        self.program, self.data, self.address, self.folder = program, data, told["address"], out
        self.secrets = {SOURCE, SIGNATURE, CLIENT, WRONG, PASSWORD, (data / "token").read_text().strip()}
        self.heard: dict[str, str] = {}
        self.machine = {"Authorization": f"Bearer {(data / 'token').read_text().strip()}"}

    def ask(self, method, path, body="", headers=None, *, about=""):
        """And remembers what was said; a cookie is for the browser alone."""
        answer, text = asked(self.address, method, path, body, headers)
        lines = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name.lower() != "set-cookie")
        self.heard[f"{method} {path} {about}"] = f"{answer.reason}\n{lines}\n{text}"
        return answer, text

    def api(self, method, path, tree):
        """As the machine; what it tells once is not held against it."""
        answer, text = asked(
            self.address, method, path, json.dumps(tree), self.machine | {"Content-Type": "application/json"}
        )
        assert answer.status in (200, 201), text
        return json.loads(text)

    def page(self, page, path, session, fields):
        """The form of a page, with its proof."""
        headers = {"Cookie": session, "Accept": "text/html"}
        answer, text = self.ask("GET", page, headers=headers)
        cookie = session or answer.headers["Set-Cookie"].partition(";")[0]
        proof = re.search(r'name="proof" value="(\w+)"', text)[1]
        body = "&".join(f"{name}={quote(value)}" for name, value in ({"proof": proof} | fields).items())
        told = headers | {"Cookie": cookie, "Origin": self.address, "Content-Type": FORM}
        return self.ask("POST", path, body, told, about=str(len(self.heard)))

    @property
    def told(self):
        """Each secret in every form in which it could get out, with the place where it did."""
        forms = {}
        for secret in self.secrets:
            pair = base64.b64encode(f"leeway:{secret}".encode()).decode()
            forms |= {
                secret: secret,
                quote(secret): secret,
                pair: secret,
                base64.b64encode(secret.encode()).decode(): secret,
            }
        places = self.heard | {"log": self.program.err, "output": self.program.out}
        return [(place, forms[form]) for place, text in places.items() for form in forms if form in text]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canary")
    data, secret = folder / "data", folder / "client-secret"
    secret.write_text(CLIENT + "\n")
    with parrot() as (url, heard):
        allowed = (
            "--allow-hosts",
            urlsplit(url).netloc,
            "--secret-env",
            "CANARY_SOURCE",
            "--secret-env",
            "CANARY_HOOK",
        )
        provider = ("--oidc-issuer", url, "--oidc-client", "leeway", "--oidc-secret-file", str(secret))
        given = {"CANARY_SOURCE": SOURCE, "CANARY_HOOK": SIGNATURE}
        arguments = ("serve", "--port", "0", "--users", "--data", str(data), *allowed, *provider)
        with started(folder / "home", *arguments, **given) as program:
            told, link = first_link(program, data)
            house = House(program, data, told, folder)
            house.secrets.add(link.rpartition("/")[2])
            house.link, house.url, house.parrot = link, url, heard
            lived(house)
            yield house
            assert program.stop() == 0


def lived(house):
    """Everything that makes or uses a secret, right and wrong."""
    sessions = []
    for cookie in (chosen(house.address, house.link), None, None):
        if cookie is None:
            answer, _ = house.page("/sign-in", "/forms/sign-in", "", {"name": "admin", "password": PASSWORD})
            assert answer.status == 303
            cookie = answer.headers["Set-Cookie"]
        sessions.append(cookie.partition(";")[0])
        house.secrets.add(sessions[-1].partition("=")[2])
    house.session = {"Cookie": sessions[0], "Accept": "text/html"}
    house.page("/account", "/forms/sign-out", sessions[2], {})
    house.page("/sign-in", "/forms/sign-in", "", {"name": "admin", "password": WRONG})
    house.page("/account", "/forms/password", sessions[0], {"old": WRONG, "password": WRONG, "again": PASSWORD})
    invited = house.api("POST", "/api/v1/people", {"name": "bob", "roles": {"*": "viewer"}})["link"]
    house.secrets.add(invited.rpartition("/")[2])
    house.page(invited, invited, "", {"password": "short", "again": "short"})
    for role in ("admin", "ingest", "viewer"):
        wish = {"name": f"token of {role}", "role": role}
        house.secrets.add(house.api("POST", "/api/v1/tokens", wish)["secret"])
    files = {"files": [{"file": "a.yaml", "text": DEFINITIONS.format(url=house.url)}]}
    house.api("POST", "/api/v1/plan", files)
    house.api("POST", "/api/v1/apply", files)
    house.api("POST", "/api/v1/push", [{"slo": "pushed", "time": "2026-11-16T00:00:00Z", "good": 1, "total": 2}])
    house.api("POST", "/api/v1/silences", {"slo": "canary", "by": "me", "why": "work", "lasts_s": 600})
    house.api("POST", "/api/v1/slos/canary/annotations", {"text": "a note", "by": "me"})
    shared = house.api("POST", "/api/v1/slos/canary/shares", {"by": "me"})["link"]
    house.secrets.add(shared.rpartition("/")[2])
    hook = {"url": f"{house.url}/hook", "secret": {"env": "CANARY_HOOK"}, "kinds": ["alert"], "slos": [], "by": "me"}
    house.api("POST", "/api/v1/hooks", hook)
    told = house.machine | {"Content-Type": "application/json"}
    house.ask("POST", "/api/v1/hooks/1/test", "{}", told)
    span = {"slo": "canary", "start": "2026-11-16T00:00:00Z", "end": "2026-11-16T01:00:00Z"}
    house.ask("POST", "/api/v1/replay", json.dumps(span), told)
    house.ask("POST", "/api/v1/routes/test", json.dumps({"recipient": "hook", "by": "me"}), told)
    house.api("POST", "/api/v1/backup", {"to": str(house.folder / "copy")})
    answer, _ = asked(house.address, "GET", "/sign-in/provider")
    assert answer.status == 303
    state = parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    house.ask("GET", f"/sign-in/back?code=canary&state={state}", headers={"Cookie": cookie, "Accept": "text/html"})
    for secret in house.secrets:
        house.ask("GET", "/api/v1/status", headers={"Authorization": f"Bearer {secret}x"}, about="a wrong token")
        house.ask("GET", "/slos", headers={"Cookie": f"leeway_session={quote(secret)}x", "Accept": "text/html"})
    house.program.until(lambda: any(SOURCE in one for one in house.parrot))


def test_every_address_tells_no_secret(house):
    """As an admin by session and by token, with what is there and what is not; the parrot did hear them."""
    assert any(SOURCE in one for one in house.parrot)
    assert any(base64.b64encode(f"leeway:{CLIENT}".encode()).decode() in one for one in house.parrot)
    for told in sorted(TABLE):
        method, _, path = told.partition(" ")
        if path == "/api/v1/events" or path.startswith("/forms/sign-out"):
            continue
        for name in ("SLO", "canary") if "{name}" in path or "{kind}" in path else ("canary",):
            where = path.format(kind="weekly" if "reports" in path else name, name=name, **FILLED)
            for headers in (house.session | {"Origin": house.address}, house.machine):
                answer, _ = house.ask(method, where, "" if method == "GET" else "{}", headers, about=str(headers)[:9])
                assert answer.status < 500 or answer.status == 502, (told, answer.status)
    for query in ("", "?format=csv", "?download=true"):
        house.ask("GET", f"/reports/weekly/2026-11-16{query}", headers=house.session)
    assert house.told == []
    assert len(house.heard) > 150
    house.heard["as a proof"] = f"is {SOURCE} found?"
    assert house.told == [("as a proof", SOURCE)]
    del house.heard["as a proof"]


def test_every_page_that_links_lead_to_tells_no_secret(house):
    """From the overview, as far as there is anything new."""
    seen, ahead = set(), ["/", "/account", "/settings/tokens", "/settings/people", "/settings/audit"]
    while ahead and len(seen) < 150:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        _, text = house.ask("GET", path, headers=house.session)
        ahead += [one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"#]*)', text) if "/events" not in one]
    assert len(seen) > 30
    assert house.told == []


def test_the_audit_log_and_the_command_line_tell_no_secret(house):
    """What was done is there, what proved it is not."""
    own = {"LEEWAY_SERVER": house.address, "LEEWAY_DATA": str(house.data)}
    for verb in (
        ("user", "list"),
        ("token", "list", "--output", "json"),
        ("get", "DataSource", "parrot"),
        ("get", "Recipient", "hook"),
        ("status", "--output", "json"),
        ("why", "canary"),
        ("export", "pushed"),
        ("routes", "preview"),
        ("alerts", "--output", "json"),
        ("silence", "list"),
    ):
        done = run(house.folder / "home", *verb, **own)
        house.heard[" ".join(verb)] = done.stdout + done.stderr
        assert done.returncode in (0, 4), (verb, done.stderr)
    _, log = house.ask("GET", "/api/v1/audit?limit=1000", headers=house.machine)
    done = {one["what"] for one in json.loads(log)["items"]}
    assert {"sign-in", "sign-in.refused", "sign-out", "link.use", "person.add", "person.password"} <= done
    assert {"token.add", "document.create", "silence.add", "annotation.add", "replay", "backup"} <= done
    assert house.told == []


def test_on_disk_there_are_only_digests(house):
    """In the data folder but for the token's own file and the link's, and in its copies: there not even the token."""
    left = {house.data / "token", house.data / "welcome"}
    files = [one for one in (*house.data.rglob("*"), *(house.folder / "copy").rglob("*")) if one.is_file()]
    assert not any(one.name in ("token", "welcome") and one not in left for one in files)
    assert any(one.parent.name == "copy" for one in files)
    held = {one: one.read_bytes() for one in files if one not in left}
    assert [
        (place, secret) for place, bytes_ in held.items() for secret in house.secrets if secret.encode() in bytes_
    ] == []
