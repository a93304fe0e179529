"""A server with people, as a program: the first link, another address than the loopback, https, and the verbs."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import trustme
from tests.cli.test_serve import serving
from tests.demo.program import Program, run, started
from tests.server.access.people import FORM, PASSWORD
from tests.server.serving import served

from leeway.cli import main


def asked(address, method, path, body="", headers=None, context=None, name=""):
    """One request at the loopback, under the name of the address or another."""
    url = urlsplit(address)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    more = {"context": context} if context else {}
    with closing(kind("127.0.0.1", url.port, timeout=30, **more)) as connection:
        connection.request(method, path, body, {"Host": name or url.netloc, **(headers or {})})
        answer = connection.getresponse()
        return answer, answer.read().decode(errors="replace")


def chosen(address, path, **how):
    """Follows a link for the first sign-in, as a browser; the cookie."""
    answer, page = asked(address, "GET", path, **how)
    assert answer.status == 200, page
    proof = re.search(r'name="proof" value="(\w+)"', page)[1]
    origin = f"{urlsplit(address).scheme}://{how.get('name') or urlsplit(address).netloc}"
    headers = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0], "Origin": origin, "Content-Type": FORM}
    fields = urlencode({"proof": proof, "password": PASSWORD, "again": PASSWORD})
    answer, page = asked(address, "POST", path, fields, headers, **how)
    assert answer.status == 303, page
    return answer.headers["Set-Cookie"]


def first_link(program: Program, data: Path) -> tuple[dict, str]:
    """What the server says, and the path of the link, from the file that its owner alone may read."""
    told, file = serving(program), data / "welcome"
    assert told["first_sign_in"] == str(file)
    assert file.stat().st_mode & 0o077 == 0
    link = file.read_text().strip()
    assert link.startswith(told["address"] + "/welcome/")
    assert link.rpartition("/")[2] not in program.err + program.out
    return told, urlsplit(link).path


def test_the_first_link_makes_an_admin_once(tmp_path):
    """A link that nobody used is made anew at the next start; one that was used never again."""
    data, arguments = tmp_path / "data", ("serve", "--port", "0", "--users", "--data", str(tmp_path / "data"))
    with started(tmp_path / "home", *arguments) as program:
        _, unused = first_link(program, data)
        assert program.stop() == 0
    with started(tmp_path / "home", *arguments) as program:
        told, link = first_link(program, data)
        assert asked(told["address"], "GET", unused)[0].status == 404
        cookie = chosen(told["address"], link)
        assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        session = {"Cookie": cookie.partition(";")[0]}
        assert asked(told["address"], "GET", link)[0].status == 404
        assert json.loads(asked(told["address"], "GET", "/api/v1/me", "", session)[1])["roles"] == {"*": "admin"}
        assert asked(told["address"], "GET", "/api/v1/status")[0].status == 401
        assert asked(told["address"], "GET", "/readyz")[0].status == 200
        assert program.stop() == 0
    with started(tmp_path / "home", *arguments) as program:
        told = serving(program)
        assert told["first_sign_in"] is None
        assert not (data / "welcome").exists()
        assert asked(told["address"], "GET", "/api/v1/me", "", session)[0].status == 200
        assert program.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--listen", "0.0.0.0", "--url", "http://leeway.example.org"), "leeway user add NAME --role admin"),
        (("--listen", "0.0.0.0", "--users"), "nobody knows under which name it is reached"),
        (("--listen", "nonsense"), "is no address"),
        (("--users", "--url", "https://leeway.example.org/below"), "at the root of a name"),
        (("--tls-cert", "nowhere.pem"), "No such file"),
        (("--tls-cert", "{here}", "--tls-key", "{here}"), "they are no PEM"),
        (("--tls-key", "{here}"), "a key without a certificate"),
        (("--oidc-issuer", "https://id.example.org"), "oidc_client"),
    ],
)
def test_what_would_be_unsafe_or_cannot_work_is_refused_at_the_start(tmp_path, arguments, said):
    """In words, with what to do; nobody was made admin by it."""
    told = [one.format(here=__file__) for one in arguments]
    answer = run(tmp_path, "serve", "--port", "0", "--data", str(tmp_path / "data"), *told)
    assert answer.returncode != 0
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "data" / "welcome").exists()


def test_on_another_address_it_is_served_under_its_name_alone(tmp_path):
    """With an admin and a link; whoever calls it otherwise is sent away."""
    data, name = tmp_path / "data", "leeway.example.org"
    arguments = ("serve", "--port", "0", "--users", "--listen", "0.0.0.0", "--url", f"http://{name}")
    with started(tmp_path / "home", *arguments, "--data", str(data)) as program:
        told = serving(program)
        assert told["address"] == f"http://{name}"
        link = urlsplit((data / "welcome").read_text().strip())
        assert (link.netloc, link.path.startswith("/welcome/")) == (name, True)
        log = json.loads(next(line for line in program.err.splitlines() if '"serving"' in line))
        port = next(int(one) for one in re.findall(r"\d+", _listening(log["stop"])))
        here = f"http://127.0.0.1:{port}"
        assert asked(here, "GET", "/readyz", name="evil.example")[0].status == 421
        session = {"Cookie": chosen(here, link.path, name=name).partition(";")[0]}
        assert asked(here, "GET", "/slos", "", session, name=name)[0].status == 200
        assert program.stop() == 0


def _listening(stop: str) -> str:
    """The port on which a process listens, by what the system knows of it."""
    pid = int(stop.removeprefix("kill "))
    inodes = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir() if "socket:" in str(link.readlink())}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        parts = line.split()
        if parts[3] == "0A" and f"socket:[{parts[9]}]" in inodes:
            return str(int(parts[1].partition(":")[2], 16))
    raise AssertionError("it listens nowhere")


def test_with_a_certificate_it_speaks_https_and_cookies_are_for_https_alone(tmp_path):
    """A browser that trusts the authority gets in; plain http gets nothing."""
    authority, data = trustme.CA(), tmp_path / "data"
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    for part in issued.cert_chain_pems:
        part.write_to_path(tmp_path / "cert.pem", append=True)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    secured = ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    arguments = ("serve", "--port", "0", "--users", "--data", str(data))
    with started(tmp_path / "home", *arguments, *secured) as program:
        told, link = first_link(program, data)
        assert told["address"].startswith("https://127.0.0.1:")
        cookie = chosen(told["address"], link, context=context)
        assert "Secure" in cookie
        session = {"Cookie": cookie.partition(";")[0]}
        answer, _ = asked(told["address"], "GET", "/slos", "", session, context)
        assert answer.status == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            asked(told["address"], "GET", "/healthz", context=ssl.create_default_context())
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            asked(told["address"].replace("https", "http"), "GET", "/healthz")
        assert program.stop() == 0


@pytest.fixture
def leeway(tmp_path, capsys, monkeypatch):
    """Runs verbs against a server of this test; exit code, output, and what was said beside it."""
    with served(tmp_path / "data") as server:
        monkeypatch.setenv("LEEWAY_SERVER", server.url)
        monkeypatch.setenv("LEEWAY_DATA", str(server.data))
        monkeypatch.delenv("LEEWAY_TOKEN", raising=False)

        def verb(*arguments, token=""):
            with monkeypatch.context() as changed:
                if token:
                    changed.setenv("LEEWAY_TOKEN", token)
                capsys.readouterr()
                code = main(list(arguments))
                told = capsys.readouterr()
                return code, told.out.replace("\xa0", " "), told.err.replace("\xa0", " ")

        verb.server = server
        yield verb


def test_people_by_the_verbs(leeway):
    """Let in by a link on standard output, given roles, taken out; the last who could administer stays."""
    assert leeway("user", "list")[1:] == ("", "Nobody has an account.\n")
    code, link, said = leeway("user", "add", "root", "--role", "admin")
    assert (code, "once, within a day" in said) == (0, True)
    chosen(leeway.server.url, urlsplit(link.strip()).path)
    assert leeway("user", "add", "bob", "--role", "editor", "--project", "shop")[0] == 0
    assert leeway("user", "role", "bob", "viewer")[1].startswith("bob  viewer in all projects, editor in shop")
    assert leeway("user", "role", "bob", "none", "--project", "shop")[1].startswith("bob  viewer in all projects")
    assert leeway("user", "list")[1].splitlines() == [
        "bob  viewer in all projects  (invited)",
        "root  admin in all projects  (there)",
    ]
    told = json.loads(leeway("user", "list", "--output", "json")[1])
    assert [(one["name"], one["roles"]) for one in told] == [("bob", {"*": "viewer"}), ("root", {"*": "admin"})]
    old, new = leeway("user", "link", "bob")[1], leeway("user", "link", "bob")[1]
    links = [urlsplit(one.strip()).path for one in (old, new)]
    assert [asked(leeway.server.url, "GET", one)[0].status for one in links] == [404, 200]
    for arguments, said in (
        (("user", "remove", "root"), "nobody could administer any more"),
        (("user", "role", "root", "viewer"), "nobody could administer any more"),
        (("user", "role", "bobb", "viewer"), "bob"),
        (("user", "add", "bob"), "somebody else has this name"),
        (("user", "add", "no good"), "nobody can be called so"),
    ):
        code, out, err = leeway(*arguments)
        assert (code != 0, out, said in err) == (True, "", True), err
    assert leeway("user", "remove", "bob")[1] == "bob has no account any more.\n"


def test_tokens_by_the_verbs(leeway):
    """Told once on standard output; the other verbs take it from LEEWAY_TOKEN, and may no more than it."""
    assert leeway("user", "add", "root", "--role", "admin")[0] == 0
    assert leeway("token", "list")[1:] == ("", "There is no token.\n")
    code, out, said = leeway("token", "create", "ci of the shop", "--role", "viewer", "--for", "30d")
    secret = out.strip()
    assert (code, secret.startswith("lw_"), "not told again" in said) == (0, True, True)
    assert leeway("token", "create", "points", "--role", "ingest", "--project", "shop", "--for", "never")[0] == 0
    lines = leeway("token", "list")[1].splitlines()
    assert "points  ingest in shop, of the machine, until it is ended, never used" in lines[0]
    assert "ci of the shop  viewer in all projects" in lines[1]
    assert secret not in "".join(lines)
    assert leeway("get", token=secret)[0] == 0
    code, _, err = leeway("user", "list", token=secret)
    assert (code != 0, "none of your roles" in err) == (True, True)
    assert leeway("token", "create", "x", "--role", "viewer", token=secret)[0] != 0
    number = json.loads(leeway("token", "list", "--output", "json")[1])[1]["number"]
    assert leeway("token", "revoke", str(number))[1] == (
        f"Token {number} (ci of the shop) is good for nothing any more.\n"
    )
    code, _, err = leeway("get", "slo", token=secret)
    assert (code != 0, "good for nothing" in err) == (True, True)
    assert leeway("token", "revoke", str(number))[0] != 0
