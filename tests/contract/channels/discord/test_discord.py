"""Discord keeps the contract of channels. Discord itself cannot run here: the far side below is a mock of what its
reference says about webhooks, embeds, limits, mentions and Markdown; no message of this test has reached a real one.
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from aiohttp import web

from leeway.channels.discord import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown

ESCAPE_OR_LINK_OR_MARKUP = re.compile(
    r"\\([^0-9A-Za-z\s])|<(https?://[^\s>]+)>|([\\`*_~|<\[:@]|^[-+>#]+|^\d+\.)", re.MULTILINE
)
FIELDS = {"content", "embeds", "allowed_mentions", "username", "avatar_url", "tts", "flags", "thread_name"}


def units(text):
    return len(text.encode("utf-16-le")) // 2


def read(text):
    """What people see of this Markdown, and what of it is more than text."""
    live = set()

    def seen(found):
        live.update(one for one in found.groups()[1:] if one)
        return found[1] or found[2] or found[3]

    return re.sub(ESCAPE_OR_LINK_OR_MARKUP, seen, text), live


class MockDiscord:
    """Takes what is within the limits from whoever has the token, mentions whom nobody forbade, and says an id only if
    it is asked to wait."""

    def __init__(self):
        self.messages = []

    async def answer(self, request):
        if request.path != f"/api/webhooks/1290000000000000000/{CANARY}":
            return web.json_response({"message": "Invalid Webhook Token", "code": 50027}, status=401)
        message = json.loads(await request.read())
        if not set(message) <= FIELDS or not all(map(self._fits, message["embeds"])) or len(message["embeds"]) > 10:
            return web.json_response({"embeds": ["0"]}, status=400)
        self.messages.append(message)
        if request.query.get("wait") != "true":
            return web.Response(status=204)
        number = str(1_290_000_000_000_000_000 + len(self.messages))
        return web.json_response({"id": number, "type": 0, "channel_id": "1", "embeds": message["embeds"]})

    @staticmethod
    def _fits(embed):
        title, text = embed.get("title", ""), embed.get("description", "")
        host = urlsplit(embed.get("url", "https://a.example")).hostname
        return 1 <= units(title.strip()) <= 256 and units(text) <= 4096 and units(title + text) <= 6000 and "." in host

    async def shown(self):
        return [self._shown(message) for message in self.messages]

    @staticmethod
    def _shown(message):
        (embed,) = message["embeds"]
        title, live = read(embed["title"])
        text, more = read(embed.get("description", ""))
        pinged = set() if message.get("allowed_mentions") == {"parse": []} else {"mentions"}
        return Shown(title, f"{title}\n{text}", True, frozenset(live | more | pinged))


class Rig:
    manifest = manifest
    code = 200

    def build(self, url, secret, clock, hosts):
        settings = read_settings(Settings, {"webhook": {"env": "URL"}, "timeout_s": 1.0})
        environ = {"URL": f"{url}/api/webhooks/1290000000000000000/{secret}"}
        return build(settings, Outside(clock, Egress(hosts), Secrets(frozenset(environ), environ=environ)))

    def far(self):
        return MockDiscord()

    def takes(self, content):
        return b'"id"' in content


class TestDiscord(HttpChannelSuite):
    rig = Rig()
