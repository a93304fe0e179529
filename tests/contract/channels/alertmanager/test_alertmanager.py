"""Alertmanager keeps the contract of channels.

Here the far side is a mock with the rules of API v2, so that every fault can be made; beside it
`test_real_alertmanager.py` asks Debian's real one.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

from aiohttp import web

from leeway.channels.alertmanager import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class MockAlertmanager:
    """An alert is its labels; it is over when its end has passed, here at the moment that the test calls now."""

    def __init__(self, now):
        self.now = now
        self.alerts = {}

    async def answer(self, request):
        (alert,) = json.loads(await request.read())
        names = [*alert["labels"], *alert["annotations"]]
        if not all(NAME.fullmatch(name) for name in names) or not all(alert["labels"].values()):
            return web.json_response("invalid label set", status=400)
        identity = tuple(sorted(alert["labels"].items()))
        ends = datetime.fromisoformat(alert["endsAt"]).timestamp()
        known = self.alerts.setdefault(identity, {**alert, "open": True}) if ends > self.now else None
        if known is None and identity in self.alerts:
            self.alerts[identity]["open"] = False
        return web.Response()

    async def shown(self):
        return [
            Shown(
                alert["annotations"]["summary"],
                "\n".join(alert["annotations"].values()) + alert.get("generatorURL", ""),
                alert["open"],
                frozenset(alert["labels"]) | {alert[name] for name in ("generatorURL",) if name in alert},
            )
            for alert in self.alerts.values()
        ]


class Rig:
    manifest = manifest
    code = 200

    def build(self, url, secret, clock, hosts):
        tree = {"peers": [f"{url}/am"], "basic": {"user": "leeway", "password": {"env": "PW"}}, "timeout_s": 1.0}
        secrets = Secrets(frozenset({"PW"}), environ={"PW": secret})
        return build(read_settings(Settings, tree), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockAlertmanager(1_790_000_042)

    def takes(self, content):
        return not content


class TestAlertmanager(HttpChannelSuite):
    rig = Rig()
