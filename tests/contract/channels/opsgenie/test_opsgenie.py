"""Opsgenie and Jira Service Management keep the contract of channels. Neither can run here: the far side below is a
mock of what the references of Alert API v2 say about keys, fields, limits, alias and closing, and it reads HTML
wherever one of them might; no alert of this test has reached them.
"""

from __future__ import annotations

import json
import re
import uuid
from html import unescape

from aiohttp import web

from leeway.channels.opsgenie import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown

ALERTS = "/jsm/ops/integration/v2/alerts"
LIMITS = {"message": 130, "alias": 512, "description": 15_000, "entity": 512, "source": 100, "priority": 2}
OTHERS = {"details", "tags", "actions", "responders", "visibleTo", "user", "note"}
TAG = re.compile(r"</?[A-Za-z][^>]*>|<[!?][^>]*>|&#?\w+;")
LINK = re.compile(r"\nhttps?://\S+\Z")


def units(text):
    return len(text.encode("utf-16-le")) // 2


class MockAlerts:
    """Opens no second alert for an open alias, closes by alias, and answers before it has looked whether there is one
    to close."""

    def __init__(self):
        self.alerts = []

    async def answer(self, request):
        if request.headers.get("Authorization") != f"GenieKey {CANARY}":
            return web.json_response({"message": "Could not authenticate", "took": 0.001}, status=403)
        content = json.loads(await request.read())
        closed = re.fullmatch(rf"{ALERTS}/([0-9a-f]+)/close", request.path)
        if closed:
            wrong = self._close(closed[1], request.query.get("identifierType"), content)
        else:
            wrong = request.path != ALERTS or self._open(content)
        if wrong:
            return web.json_response({"message": f"Request body is not processable: {wrong}"}, status=422)
        answer = {"result": "Request will be processed", "took": 0.1, "requestId": str(uuid.uuid4())}
        return web.json_response(answer, status=202)

    def _open(self, content):
        details = content.get("details", {})
        wrong = [name for name, value in content.items() if name in LIMITS and not 1 <= units(value) <= LIMITS[name]]
        wrong += sorted(set(content) - set(LIMITS) - OTHERS)
        wrong += ["details"] if sum(units(name + value) for name, value in details.items()) > 8000 else []
        if "message" not in content or content.get("priority", "P3") not in {"P1", "P2", "P3", "P4", "P5"} or wrong:
            return wrong or ["message or priority"]
        if not any(alert["open"] and alert["content"]["alias"] == content["alias"] for alert in self.alerts):
            self.alerts.append({"content": content, "open": True})
        return []

    def _close(self, alias, kind, content):
        if kind != "alias" or set(content) - {"user", "source", "note"} or units(content["note"]) > 25_000:
            return ["close"]
        for alert in self.alerts:
            alert["open"] = alert["open"] and alert["content"]["alias"] != alias
        return []

    async def shown(self):
        return [self._shown(alert) for alert in self.alerts]

    @staticmethod
    def _shown(alert):
        content = alert["content"]
        details = content.get("details", {})
        texts = [content["message"], content.get("description", ""), *details, *details.values()]
        written = [LINK.sub("", text) for text in texts]
        live = {found for text in written for found in [*TAG.findall(text), *LINK.findall(text)]}
        live |= {str(content[name]) for name in ("responders", "visibleTo", "tags", "actions") if name in content}
        read = [unescape(text).replace("\u2060", "") for text in texts]
        return Shown(read[0], "\n".join(read), alert["open"], frozenset(live))


class Rig:
    manifest = manifest
    code = 202

    def build(self, url, secret, clock, hosts):
        tree = {"url": url + ALERTS, "api_key": {"env": "KEY"}, "timeout_s": 1.0}
        secrets = Secrets(frozenset({"KEY"}), environ={"KEY": secret})
        return build(read_settings(Settings, tree), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockAlerts()

    def takes(self, content):
        return b"requestId" in content


class TestOpsgenie(HttpChannelSuite):
    rig = Rig()
