"""Apprise keeps the contract of channels. The Apprise API itself is not run here: the far side below is a mock of what
its source says about keys, tags, types, required fields and answers, and about what some of the services behind it act
upon; no message of this test has reached a real one.
"""

from __future__ import annotations

import json
import re

from aiohttp import web

from leeway.channels.apprise import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown

KEY = "leeway-shop"
KNOWN = {"title", "body", "type", "format", "tag", "tags", "attach", "attachment"}
MENTION_OR_TAG = re.compile(r"@\w+|<[!@#&\w/][^>]*>")


class MockApprise:
    """Takes what has a text from whoever has the token, for the key it knows; says 204 for any other."""

    def __init__(self):
        self.messages = []

    async def answer(self, request):
        if request.headers.get("Authorization") != f"Bearer {CANARY}":
            return web.json_response({"error": "Authentication required"}, status=401)
        if request.method != "POST" or not re.fullmatch(r"/notify/[\w-]{1,128}/?", request.path):
            return web.json_response({"error": "no such path"}, status=404)
        content = json.loads(await request.read())
        fine = content.get("body") and content.get("type", "info") in {"info", "success", "warning", "failure"}
        if not fine or content.get("format", "text") not in {"text", "markdown", "html"}:
            return web.json_response({"error": "Payload lacks minimum requirements"}, status=400)
        assert set(content) <= KNOWN, "it would be ignored without a word"
        assert len(content["title"]) <= 250
        if request.path != f"/notify/{KEY}":
            return web.json_response({"error": "There was no configuration found"}, status=204)
        if "shop" not in content.get("tag", ()):
            return web.json_response({"error": "One or more notification could not be sent", "details": []}, status=424)
        self.messages.append(content)
        return web.json_response({"error": None, "details": []})

    async def shown(self):
        return [self._shown(message) for message in self.messages]

    @staticmethod
    def _shown(message):
        raw = f"{message['title']}\n{message['body']}"
        live = set(MENTION_OR_TAG.findall(raw)) | set(message["tag"])
        live |= {message["format"]} - {"text"}
        return Shown(*(text.replace("\u2060", "") for text in (message["title"], raw)), True, frozenset(live))


class Rig:
    manifest = manifest
    code = 200

    def build(self, url, secret, clock, hosts):
        tree = {"url": url, "key": KEY, "tags": ["shop"], "bearer": {"env": "TOKEN"}, "timeout_s": 1.0}
        environ = {"TOKEN": secret}
        secrets = Secrets(frozenset(environ), environ=environ)
        return build(read_settings(Settings, tree), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockApprise()

    def takes(self, content):
        return b'"error": null' in content


class TestApprise(HttpChannelSuite):
    rig = Rig()
