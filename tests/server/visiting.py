"""A browser without scripts, for tests that go from form to form."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.server.serving import Served
from tests.server.test_pages import text_of


class Visitor:
    """A browser without scripts: it keeps its cookie and follows what forms and answers say."""

    def __init__(self, server: Served) -> None:
        self.server, self.cookie, self.at, self.html, self.status = server, "", "", "", 0

    def go(self, path: str) -> str:
        self._ask("GET", path)
        return self.html

    def press(self, words: str, **typed: str) -> str:
        """The button with these words, in the form where it stands, with some fields filled in."""
        form = next(one for one in re.findall(r"<form.*?</form>", self.html, re.DOTALL) if f">{words}<" in one)
        head = form[: form.index(">")]
        fields = [
            (name, unescape(value))
            for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
        ]
        shown = dict(re.findall(r'<input class="form-control"[^>]* name="([^"]+)" value="([^"]*)"', form))
        for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
            chosen = re.findall(r'<option value="([^"]*)" selected', inner)
            shown[name] = (chosen or re.findall(r'<option(?: value="([^"]*)")?', inner))[0]
        shown |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL))
        assert set(typed) <= set(shown) | {name for name, _ in fields} | {"file", "tell"}, (sorted(shown), typed)
        pairs = [(name, text) for name, text in fields if name not in typed]
        pairs += [(name, unescape(text)) for name, text in shown.items() if name not in typed and name != "file"]
        pairs += typed.items()
        button = re.search(rf"<button([^>]*)>{re.escape(words)}<", form)
        assert button is not None
        if named := re.search(r'name="([^"]+)" value="([^"]*)"', button[1]):
            pairs.append((named[1], named[2]))
        action = re.search(r'action="([^"]+)"', head)
        assert action is not None
        if 'method="get"' in head:
            self._ask("GET", f"{action[1]}?{urlencode(pairs)}")
        elif "multipart" in head:
            line = "frontier"
            parts = [f'--{line}\r\nContent-Disposition: form-data; name="{a}"\r\n\r\n{b}\r\n' for a, b in pairs]
            self.send(action[1], "".join(parts) + f"--{line}--\r\n", f"multipart/form-data; boundary={line}")
        else:
            self.send(action[1], urlencode(pairs), "application/x-www-form-urlencoded")
        return self.html

    @property
    def asked(self) -> dict[str, str]:
        """What the address says."""
        return dict(parse_qsl(urlsplit(self.at).query))

    @property
    def text(self) -> str:
        return text_of(self.html[self.html.index("<main") : self.html.index("</main>")])

    def send(self, path: str, body: str, kind: str) -> None:
        headers = {"Content-Type": kind, "Origin": self.server.url, "Sec-Fetch-Site": "same-origin"}
        self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> None:
        told = {"Accept": "text/html", "Cookie": self.cookie, **(headers or {})}
        answer, content = self.server.ask(method, path, body.encode(), told)
        self.cookie = answer.headers.get("Set-Cookie", self.cookie).partition(";")[0]
        self.at, self.status, self.html = path, answer.status, content.decode()
        if answer.status == 303:
            self._ask("GET", answer.headers["Location"])


def fault(html: str, field: str) -> str:
    """What is said at a field."""
    found = re.search(rf'id="{field}-fault"[^>]*>(.*?)</p>', html)
    return text_of(found[1]) if found else ""
