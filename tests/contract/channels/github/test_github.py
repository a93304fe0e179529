"""GitHub keeps the contract of channels. GitHub itself cannot run here: the far side below is a mock of what the
reference of its REST API says about issues, labels, pages and limits, and of what its Markdown acts upon; no message of
this test has reached the real one.
"""

from __future__ import annotations

import re
from dataclasses import replace

from aiohttp import web

from leeway.channels.github import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import PLAIN, HttpChannelSuite, Shown

FIELDS = {"title", "body", "labels", "assignees", "milestone", "type"}
ISSUES = "/repos/example/shop/issues"


def markdown(text):
    """What stands in fenced code, which is shown as it is, and what stands outside of it, which is acted upon."""
    shown, acted, fence = [], [], ""
    for line in text.split("\n"):
        run = re.match(" {0,3}(`{3,})([^`]*)$", line)
        if fence and run and len(run[1]) >= len(fence) and not run[2].strip():
            fence = ""
        elif fence:
            shown.append(line)
        elif run:
            fence = run[1]
        else:
            acted.append(line)
    return "\n".join(shown), re.sub(r"<!--.*?-->", "", "\n".join(acted), flags=re.DOTALL).strip()


class MockGitHub:
    """Refuses unknown fields and what is too long; lists pull requests among the issues, as GitHub does."""

    def __init__(self):
        self.issues = []

    async def answer(self, request):
        if request.headers.get("Authorization") != f"Bearer {CANARY}" or not request.headers.get("User-Agent"):
            return web.json_response({"message": "Bad credentials"}, status=401)
        number, _, rest = request.path.removeprefix(ISSUES).strip("/").partition("/")
        match request.method, number, rest:
            case "GET", "", "":
                return self._listed(request.query)
            case "POST", "", "":
                return self._make(await request.json())
            case "PATCH", _, "":
                change = await request.json()
                assert change == {"state": "closed", "state_reason": "completed"}
                self._of(number).update(change)
                return web.json_response(self._of(number))
            case "POST", _, "comments":
                self._of(number)["comments"].append((await request.json())["body"])
                return web.json_response({"id": 1}, status=201)
        return web.json_response({"message": "Not Found"}, status=404)

    def _of(self, number):
        return self.issues[int(number) - 1]

    def _listed(self, query):
        wanted = set(query["labels"].split(","))
        found = [
            issue
            for issue in reversed(self.issues)
            if issue["state"] == query["state"] and wanted <= {label["name"] for label in issue["labels"]}
        ]
        size = int(query["per_page"])
        first = (int(query["page"]) - 1) * size
        return web.json_response(found[first : first + size])

    def _make(self, content):
        errors = [{"resource": "Issue", "code": "invalid", "field": name} for name in content.keys() - FIELDS]
        if not 1 <= len(content["title"]) <= 256 or len(content["body"]) > 65_536:
            errors.append({"resource": "Issue", "code": "too_long", "field": "title"})
        if errors:
            return web.json_response({"message": "Validation Failed", "errors": errors}, status=422)
        labels = [{"id": 1, "name": name} for name in content["labels"]]
        issue = {"number": len(self.issues) + 1, "state": "open", "comments": [], **content, "labels": labels}
        self.issues.append(issue)
        return web.json_response(issue, status=201)

    async def shown(self):
        return [self._shown(issue) for issue in self.issues]

    @staticmethod
    def _shown(issue):
        texts = [markdown(text) for text in (issue["body"], *issue["comments"])]
        acted = {word for _, outside in texts for word in outside.split()}
        live = acted | {label["name"] for label in issue["labels"]} | set(issue.get("assignees", []))
        text = "\n".join(part for both in texts for part in both)
        return Shown(issue["title"], text, issue["state"] == "open", frozenset(live))


class Rig:
    manifest = manifest
    code = 200

    def build(self, url, secret, clock, hosts):
        tree = {"url": url, "repository": "example/shop", "token": {"env": "TOKEN"}, "timeout_s": 1.0}
        secrets = Secrets(frozenset({"TOKEN"}), environ={"TOKEN": secret})
        return build(read_settings(Settings, tree), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockGitHub()

    def takes(self, content):
        return b"number" in content


class TestGitHub(HttpChannelSuite):
    rig = Rig()

    def test_a_copy_of_a_resolution_says_nothing_more(self):
        """Neither a second comment, nor anything where the alert is over."""
        over = replace(PLAIN, event=Event.RESOLVED)
        assert self.told(PLAIN, over, over) == self.told(PLAIN, over)
