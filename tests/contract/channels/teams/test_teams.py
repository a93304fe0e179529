"""Teams keeps the contract of channels. Teams itself cannot run here: the far side below is a mock of what Microsoft's
references say about the webhook trigger of workflows, Adaptive Cards, text runs and sizes; no card of this test has
reached a real one.
"""

from __future__ import annotations

import json
import re

from aiohttp import web

from leeway.channels.teams import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown

ELEMENTS = {"TextBlock", "RichTextBlock", "FactSet", "Image", "ColumnSet", "Container"}
FUNCTION = re.compile(r"\{\{(?:DATE|TIME)\([^)]*\)\}\}")


class MockWorkflow:
    """Begins for whoever has the signature, and answers before it has looked: what it cannot post is a failed run."""

    def __init__(self):
        self.cards = []
        self.failed = []

    async def answer(self, request):
        if not request.rel_url.raw_query_string.endswith(f"sig={CANARY}"):
            error = {"code": "DirectApiAuthorizationRequired", "message": "The signature is not valid."}
            return web.json_response({"error": error}, status=401)
        raw = await request.text()
        why = self._refusal(request, raw)
        if why:
            self.failed.append(why)
        else:
            self.cards.append(json.loads(raw)["attachments"][0]["content"])
        return web.Response(status=202, headers={"x-ms-workflow-run-id": "08584320000000000000000000000CU00"})

    @staticmethod
    def _refusal(request, raw):
        if request.content_type != "application/json":
            return "no JSON"
        if len(raw.encode("utf-16-le")) > 28 * 1024:
            return "RequestEntityTooLarge"
        message = json.loads(raw)
        (attachment,) = message["attachments"]
        card = attachment["content"]
        if message["type"] != "message" or attachment["contentType"] != "application/vnd.microsoft.card.adaptive":
            return "no adaptive card"
        if card["type"] != "AdaptiveCard" or card["version"] not in {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5"}:
            return "Property 'type' must be 'AdaptiveCard'"
        runs = [run for element in card["body"] for run in element.get("inlines", [])]
        if not all(element["type"] in ELEMENTS for element in card["body"]) or not all(run["text"] for run in runs):
            return "the card cannot be drawn"
        return ""

    async def shown(self):
        assert self.failed == []
        return [self._shown(card) for card in self.cards]

    @staticmethod
    def _shown(card):
        urls = [action["url"] for action in card.get("actions", [])]
        marked = {json.dumps(element) for element in card["body"] if element["type"] != "RichTextBlock"}
        linked = {json.dumps(run) for element in card["body"] for run in element["inlines"] if "selectAction" in run}
        mentioned = {json.dumps(entity) for entity in card.get("msteams", {}).get("entities", [])}
        texts = ["".join(run["text"] for run in element["inlines"]) for element in card["body"]]
        functions = {found for text in texts for found in FUNCTION.findall(text)}
        live = {*urls, *marked, *linked, *mentioned, *functions}
        return Shown(texts[0], "\n".join([*texts, *urls]), True, frozenset(live))


class Rig:
    manifest = manifest
    code = 202

    def build(self, url, secret, clock, hosts):
        path = "/powerautomate/automations/direct/workflows/0f/triggers/manual/paths/invoke"
        environ = {"URL": f"{url}{path}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={secret}"}
        settings = read_settings(Settings, {"webhook": {"env": "URL"}, "timeout_s": 1.0})
        return build(settings, Outside(clock, Egress(hosts), Secrets(frozenset(environ), environ=environ)))

    def far(self):
        return MockWorkflow()

    def takes(self, content):
        return content == b""


class TestTeams(HttpChannelSuite):
    rig = Rig()
