"""Jira keeps the contract of channels. Jira itself cannot run here: the far side below is a mock of what the references
of Jira Cloud (REST version 3) and Data Center (version 2) say about searches, issues, documents, wiki markup,
transitions and limits; no message of this test has reached a real one.
"""

from __future__ import annotations

import asyncio
import base64
import re
from dataclasses import replace

import pytest
from aiohttp import web

from leeway.channels.jira import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import PLAIN, HttpChannelSuite, Shown
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer

QUERY = re.compile(
    r'project = "(\w+)" AND labels = "(\S+)" AND statusCategory != Done ORDER BY created',
)
FIELDS = {"project", "issuetype", "summary", "description", "labels", "priority"}
OWN_LABEL = re.compile("leeway-[0-9a-f]{32}")
NODES = {"doc", "paragraph", "bulletList", "listItem", "text"}


def units(text):
    return len(text.encode("utf-16-le")) // 2


def nodes(tree):
    yield tree
    for child in tree.get("content", []):
        yield from nodes(child)


def refused(**errors):
    return web.json_response({"errorMessages": [], "errors": errors}, status=400)


class Document:
    """What version 3 takes: a tree of known nodes. Marks, and nodes of other kinds, are acted upon."""

    def __init__(self, tree):
        self.all = list(nodes(tree))
        texts = [node["text"] for node in self.all if node["type"] == "text"]
        self.hrefs = [mark["attrs"]["href"] for node in self.all for mark in node.get("marks", [])]
        self.text = "\n".join([*texts, *self.hrefs])
        self.live = {*self.hrefs, *({node["type"] for node in self.all} - NODES)}
        empty = any(not node.get("content") for node in self.all if node["type"] not in {"text", "doc"})
        self.fits = (
            tree["version"] == 1 and tree["type"] == "doc" and all(texts) and not empty and units(self.text) <= 32_767
        )


class Markup:
    """What version 2 takes: wiki markup, which is read everywhere but inside {noformat}."""

    def __init__(self, text):
        inside = re.findall(r"\{noformat\}(.*?)\{noformat\}", text, re.DOTALL)
        outside = re.sub(r"\{noformat\}(.*?)\{noformat\}", "", text, flags=re.DOTALL)
        self.live = set(re.findall(r"\S+", outside))
        self.text = "\n".join([*inside, outside])
        self.fits = units(text) <= 32_767


class MockJira:
    """Keeps issues with their labels, comments and status, and refuses what a reference forbids."""

    def __init__(self, edition, access):
        self.cloud = edition == "cloud"
        self.root = f"/rest/api/{3 if self.cloud else 2}"
        self.access = access
        self.issues = {}

    async def answer(self, request):
        if request.headers.get("Authorization") != self.access:
            return web.Response(status=401, text="Client must be authenticated to access this resource.")
        path = request.path.removeprefix(self.root)
        key, _, rest = path.removeprefix("/issue/").partition("/")
        match request.method, rest if key in self.issues else path:
            case "GET", "/search/jql" if self.cloud:
                return self._search(request.query)
            case "GET", "/search" if not self.cloud:
                return self._search(request.query)
            case "POST", "/issue":
                return self._make((await request.json())["fields"])
            case "PUT", "":
                return self._edit(self.issues[key], (await request.json())["update"])
            case "GET", "transitions":
                return web.json_response({"transitions": [{"id": "11", "name": "Start"}, {"id": "31", "name": "Done"}]})
            case "POST", "transitions":
                return self._move(self.issues[key], (await request.json())["transition"]["id"])
            case "POST", "comment":
                return self._comment(self.issues[key], (await request.json())["body"])
        return web.json_response({"errorMessages": ["Issue does not exist"], "errors": {}}, status=404)

    def _search(self, query):
        project, label = QUERY.fullmatch(query["jql"]).groups()
        assert project == "SHOP"
        found = [key for key, issue in self.issues.items() if issue["open"] and label in issue["fields"]["labels"]]
        issues = [{"id": "1", "key": key, "fields": {"status": {}}} for key in found[: int(query["maxResults"])]]
        return web.json_response({"issues": issues} | ({"isLast": True} if self.cloud else {"total": len(found)}))

    def _make(self, fields):
        if unknown := fields.keys() - FIELDS:
            return refused(**dict.fromkeys(unknown, "Field cannot be set. It is not on the appropriate screen."))
        if not 1 <= units(fields["summary"]) <= 255 or "\n" in fields["summary"]:
            return refused(summary="Summary must be at most 255 characters and one line.")
        if any(re.search(r"\s", label) or not 1 <= len(label) <= 255 for label in fields["labels"]):
            return refused(labels="The label contains spaces which is invalid.")
        if "description" in fields and not self._read(fields["description"]).fits:
            return refused(description="INVALID_INPUT")
        key = f"SHOP-{len(self.issues) + 1}"
        self.issues[key] = {"fields": fields, "open": True, "comments": []}
        return web.json_response({"id": "10000", "key": key, "self": "…"}, status=201)

    def _edit(self, issue, update):
        for change in update.pop("comment", []):
            assert self._read(change["add"]["body"]).fits
            issue["comments"].append(change["add"]["body"])
        for change in update.pop("labels", []):
            issue["fields"]["labels"].remove(change["remove"])
        return refused(**update) if update else web.Response(status=204)

    def _move(self, issue, way):
        if way not in {"11", "31"}:
            return web.json_response({"errorMessages": ["It is not valid for this issue."], "errors": {}}, status=400)
        issue["open"] = way != "31"
        return web.Response(status=204)

    def _comment(self, issue, body):
        if not self._read(body).fits:
            return refused(comment="Comment body can not be empty!")
        issue["comments"].append(body)
        return web.json_response({"id": "1", "body": body}, status=201)

    def _read(self, content):
        return Document(content) if self.cloud else Markup(content)

    async def shown(self):
        return [self._shown(issue) for issue in self.issues.values()]

    def _shown(self, issue):
        fields = issue["fields"]
        texts = [self._read(each) for each in [fields.get("description"), *issue["comments"]] if each is not None]
        live = set().union(*(text.live for text in texts))
        live |= {label for label in fields["labels"] if not OWN_LABEL.fullmatch(label)}
        return Shown(fields["summary"], "\n".join(text.text for text in texts), issue["open"], frozenset(live))


class Rig:
    manifest = manifest
    code = 200

    def __init__(self, edition, login, access):
        self.tree = {"edition": edition, "project": "SHOP", "transition": "Done", "timeout_s": 1.0, **login}
        self.access = access

    def build(self, url, secret, clock, hosts):
        secrets = Secrets(frozenset({"TOKEN"}), environ={"TOKEN": secret})
        return build(read_settings(Settings, self.tree | {"url": url}), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockJira(self.tree["edition"], self.access)

    def takes(self, content):
        return b"issues" in content


USER = "leeway@example.org"
PAIR = base64.b64encode(f"{USER}:{CANARY}".encode()).decode()


class TestJiraCloud(HttpChannelSuite):
    rig = Rig("cloud", {"basic": {"user": USER, "password": {"env": "TOKEN"}}}, f"Basic {PAIR}")

    def test_a_copy_of_a_resolution_says_nothing_more(self):
        """Neither a second comment, nor anything where the alert is over."""
        over = replace(PLAIN, event=Event.RESOLVED)
        assert self.told(PLAIN, over, over) == self.told(PLAIN, over)


class TestJiraDataCenter(HttpChannelSuite):
    rig = Rig("data-center", {"bearer": {"env": "TOKEN"}}, f"Bearer {CANARY}")


@pytest.mark.parametrize("edition", ["cloud", "data-center"])
def test_without_a_transition_a_copy_of_a_resolution_says_nothing_more(edition):
    """The issue stays open, with one comment."""
    rig = Rig(edition, {"bearer": {"env": "TOKEN"}, "transition": ""}, f"Bearer {CANARY}")
    over = replace(PLAIN, event=Event.RESOLVED, title="over")

    async def story():
        far = rig.far()
        async with FaultServer(far.answer) as server:
            channel = rig.build(server.url, CANARY, VirtualClock(), frozenset({"127.0.0.1"}))
            for message in (PLAIN, over, over):
                await channel.send(message)
            await channel.close()
        return await far.shown()

    (shown,) = asyncio.run(story())
    assert shown.open
    assert shown.text.split("\n").count("over") == 1
