"""GitLab keeps the contract of channels. GitLab is too large to run here: the far side below is a mock of what the
reference of its REST API says about issues, labels and pages, and of what its Markdown and its commands act upon; no
message of this test has reached a real one.
"""

from __future__ import annotations

import re
from dataclasses import replace

from aiohttp import web

from leeway.channels.gitlab import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import PLAIN, HttpChannelSuite, Shown

FIELDS = {"title", "description", "labels", "assignee_ids", "confidential"}
ISSUES = "/api/v4/projects/example%2Fteam%2Fshop/issues"
IN_TITLES = re.compile(r"""[@~%][\w"]+|[#!&$]\d+|\w+://\S+|\bwww\.\S+|:[a-z][a-z0-9_]*:""")


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


def commands(text):
    """What an older server would take for commands: a line that begins with one, outside of fences of three."""
    return re.findall(r"^/\w.*$", re.sub(r"^```\n.*?\n```$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)


class MockGitLab:
    """Refuses unknown fields and what is too long; runs commands, and reads titles for mentions and references."""

    def __init__(self):
        self.issues = []

    async def answer(self, request):
        if request.headers.get("PRIVATE-TOKEN") != CANARY:
            return web.json_response({"message": "401 Unauthorized"}, status=401)
        iid, _, rest = request.rel_url.raw_path.removeprefix(ISSUES).strip("/").partition("/")
        match request.method, iid, rest:
            case "GET", "", "":
                return self._listed(request.query)
            case "POST", "", "":
                return self._make(await request.json())
            case "PUT", _, "":
                assert await request.json() == {"state_event": "close"}
                self._of(iid)["state"] = "closed"
                return web.json_response(self._of(iid))
            case "POST", _, "notes":
                self._of(iid)["notes"].append((await request.json())["body"])
                return web.json_response({"id": 1}, status=201)
        return web.json_response({"message": "404 Project Not Found"}, status=404)

    def _of(self, iid):
        return self.issues[int(iid) - 1]

    def _listed(self, query):
        wanted = set(query["labels"].split(","))
        found = [
            one for one in reversed(self.issues) if one["state"] == query["state"] and wanted <= set(one["labels"])
        ]
        size = int(query["per_page"])
        first = (int(query["page"]) - 1) * size
        return web.json_response(found[first : first + size])

    def _make(self, content):
        if content.keys() - FIELDS:
            return web.json_response({"error": "a parameter is invalid"}, status=400)
        if not 1 <= len(content["title"]) <= 255 or len(content["description"]) > 1_048_576:
            return web.json_response({"message": {"title": ["is too long (maximum is 255 characters)"]}}, status=400)
        labels = content["labels"].split(",")
        issue = {"iid": len(self.issues) + 1, "state": "opened", "notes": [], **content, "labels": labels}
        self.issues.append(issue)
        return web.json_response(issue, status=201)

    async def shown(self):
        return [self._shown(issue) for issue in self.issues]

    @staticmethod
    def _shown(issue):
        written = [issue["description"], *issue["notes"]]
        texts = [markdown(text) for text in written]
        live = {word for _, outside in texts for word in outside.split()} | set(issue["labels"])
        live |= {command for text in written for command in commands(text)} | set(IN_TITLES.findall(issue["title"]))
        text = "\n".join(part for both in texts for part in both)
        return Shown(issue["title"].replace("\u2060", ""), text, issue["state"] == "opened", frozenset(live))


class Rig:
    manifest = manifest
    code = 200

    def build(self, url, secret, clock, hosts):
        tree = {"url": url, "project": "example/team/shop", "token": {"env": "TOKEN"}, "timeout_s": 1.0}
        secrets = Secrets(frozenset({"TOKEN"}), environ={"TOKEN": secret})
        return build(read_settings(Settings, tree), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockGitLab()

    def takes(self, content):
        return b"iid" in content


class TestGitLab(HttpChannelSuite):
    rig = Rig()

    def test_a_copy_of_a_resolution_says_nothing_more(self):
        """Neither a second comment, nor anything where the alert is over."""
        over = replace(PLAIN, event=Event.RESOLVED)
        assert self.told(PLAIN, over, over) == self.told(PLAIN, over)
