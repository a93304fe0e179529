"""PagerDuty keeps the contract of channels. PagerDuty itself cannot run here: the far side below is a mock of what the
reference of Events API v2 says about fields, limits, dedup_key and answers; no event of this test has reached it.
"""

from __future__ import annotations

import json

from aiohttp import web

from leeway.channels.pagerduty import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.channel_suite import HttpChannelSuite, Shown


class MockPagerDuty:
    """Opens an incident for a new dedup_key, resolves it, and refuses events that break a limit."""

    def __init__(self):
        self.incidents = {}

    async def answer(self, request):
        body = await request.read()
        event = json.loads(body)
        errors = self._errors(event)
        if len(body) > 512 * 1024:
            return web.Response(status=413)
        if errors:
            refusal = {"status": "invalid event", "message": "Event object is invalid", "errors": errors}
            return web.json_response(refusal, status=400)
        key = event["dedup_key"]
        if event["event_action"] == "trigger":
            known = self.incidents.get(key)
            if known is None or not known["open"]:
                self.incidents[key] = {"event": event, "open": True}
        elif key in self.incidents:
            self.incidents[key]["open"] = False
        return web.json_response({"status": "success", "message": "Event processed", "dedup_key": key}, status=202)

    @staticmethod
    def _errors(event):
        errors = [] if event["event_action"] in {"trigger", "resolve"} else ["'event_action' is invalid"]
        if not 1 <= len(event["dedup_key"]) <= 255:
            errors.append("Length of 'dedup_key' is incorrect")
        if event["event_action"] == "trigger":
            payload = event["payload"]
            errors += [f"'payload.{name}' is missing" for name in ("summary", "source") if not payload.get(name)]
            errors += ["'payload.summary' is too long"] if len(payload["summary"]) > 1024 else []
            if payload["severity"] not in {"critical", "error", "warning", "info"}:
                errors.append("'payload.severity' is invalid")
        return errors

    async def shown(self):
        return [
            Shown(
                incident["event"]["payload"]["summary"],
                " ".join([*incident["event"]["payload"]["custom_details"].values(), incident["event"]["client_url"]])
                if "client_url" in incident["event"]
                else " ".join(incident["event"]["payload"]["custom_details"].values()),
                incident["open"],
                frozenset(link["href"] for link in incident["event"].get("links", [])),
            )
            for incident in self.incidents.values()
        ]


class Rig:
    manifest = manifest
    code = 202

    def build(self, url, secret, clock, hosts):
        tree = {"url": f"{url}/v2/enqueue", "routing_key": {"env": "KEY"}, "timeout_s": 1.0}
        secrets = Secrets(frozenset({"KEY"}), environ={"KEY": secret})
        return build(read_settings(Settings, tree), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockPagerDuty()

    def takes(self, content):
        return b"success" in content


class TestPagerDuty(HttpChannelSuite):
    rig = Rig()
