"""A webhook keeps the contract of channels; the receiver is the few lines that any receiver needs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from aiohttp import web

from leeway.channels.webhook import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown


class Receiver:
    """Checks the signature, drops what it has had under this id, and keeps alerts by their key."""

    def __init__(self):
        self.ids = set()
        self.alerts = {}

    async def answer(self, request):
        body, head = await request.read(), request.headers
        signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
        mac = base64.b64encode(hmac.new(CANARY.encode(), signed, hashlib.sha256).digest()).decode()
        if head["webhook-signature"] != f"v1,{mac}" or head["Idempotency-Key"] != head["webhook-id"]:
            return web.Response(status=401)
        event = json.loads(body)
        assert head["Content-Type"] == "application/cloudevents+json; charset=utf-8"
        assert event["specversion"] == "1.0"
        if event["id"] not in self.ids:
            self.ids.add(event["id"])
            known = self.alerts.setdefault(event["data"]["key"], [])
            known.append(event)
        return web.Response(status=204)

    async def shown(self):
        return [
            Shown(
                events[0]["data"]["title"],
                json.dumps(events[0]["data"]["lines"], ensure_ascii=False).replace('\\"', '"')
                + " ".join(events[0]["data"]["facts"].values())
                + events[0]["data"]["link"],
                events[-1]["type"] != "dev.leeway.alert.resolved",
                frozenset(events[0]),
            )
            for events in self.alerts.values()
        ]


class Rig:
    manifest = manifest
    code = 200

    def build(self, url, secret, clock, hosts):
        settings = read_settings(
            Settings,
            {"url": f"{url}/hook", "secret": {"env": "TOKEN"}, "bearer": {"env": "TOKEN"}, "timeout_s": 1.0},
        )
        return build(settings, Outside(clock, Egress(hosts), Secrets(frozenset({"TOKEN"}), environ={"TOKEN": secret})))

    def far(self):
        return Receiver()

    def takes(self, content):
        """A webhook's answer has no promised body: the status alone speaks."""
        return True


class AddressIsTheSecret(Rig):
    """The same, for receivers that know their friends by the address."""

    def build(self, url, secret, clock, hosts):
        environ = {"TOKEN": secret, "URL": f"{url}/hook?token={secret}"}
        settings = read_settings(Settings, {"url": {"env": "URL"}, "secret": {"env": "TOKEN"}, "timeout_s": 1.0})
        return build(settings, Outside(clock, Egress(hosts), Secrets(frozenset(environ), environ=environ)))


class TestWebhook(HttpChannelSuite):
    rig = Rig()


class TestWebhookWithASecretAddress(HttpChannelSuite):
    rig = AddressIsTheSecret()
