"""Slack keeps the contract of channels. Slack itself cannot run here: the far side below is a mock of what its
reference says about incoming webhooks, blocks, limits and escaping; no message of this test has reached a real one.
"""

from __future__ import annotations

import json
import re

from aiohttp import web

from leeway.channels.slack import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown

ENTITY = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def decoded(text):
    return re.sub("&(amp|lt|gt);", lambda found: ENTITY[found[0]], text)


def units(text):
    return len(text.encode("utf-16-le")) // 2


def texts(block):
    return [*([block["text"]] if "text" in block else []), *block.get("fields", [])]


class MockSlack:
    """Refuses what the reference forbids; what stands in < > is acted upon, & < > come as entities."""

    def __init__(self):
        self.messages = []

    async def answer(self, request):
        content = json.loads(await request.read())
        blocks = content["blocks"]
        limits = {"header": 150, "section": 3000}
        fits = len(blocks) <= 50 and 1 <= units(content["text"]) <= 4000
        for block in blocks:
            fields = block.get("fields", [])
            fits = fits and len(fields) <= 10 and all(1 <= units(text["text"]) <= 2000 for text in fields)
            fits = fits and ("text" not in block or 1 <= units(block["text"]["text"]) <= limits[block["type"]])
        if not fits:
            return web.Response(status=400, text="invalid_blocks")
        self.messages.append(content)
        return web.Response(text="ok")

    async def shown(self):
        return [self._shown(message) for message in self.messages]

    @staticmethod
    def _shown(message):
        everything = [text for block in message["blocks"] for text in texts(block)]
        raw = [message["text"], *(text["text"] for text in everything)]
        live = {found.partition("|")[0] for text in raw for found in re.findall("<([^>]*)>", text)}
        live |= {text["text"] for text in everything if text["type"] == "mrkdwn"}
        live |= {"emoji" for text in everything if text.get("emoji")} | ({"mrkdwn"} if message["mrkdwn"] else set())
        shown = "\n".join(decoded(text) for text in raw[1:])
        return Shown(decoded(message["blocks"][0]["text"]["text"]), shown, True, frozenset(live))


class Rig:
    manifest = manifest
    code = 200

    def build(self, url, secret, clock, hosts):
        settings = read_settings(Settings, {"webhook": {"env": "URL"}, "timeout_s": 1.0})
        environ = {"URL": f"{url}/services/T0/B0/{secret}"}
        return build(settings, Outside(clock, Egress(hosts), Secrets(frozenset(environ), environ=environ)))

    def far(self):
        return MockSlack()

    def takes(self, content):
        return content == b"ok"


class TestSlack(HttpChannelSuite):
    rig = Rig()
