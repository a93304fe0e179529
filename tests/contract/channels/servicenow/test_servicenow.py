"""ServiceNow keeps the contract of channels. ServiceNow itself cannot run here: the far side below is a mock of what
the reference of its Table API says about queries, fields, lengths, states and answers; no message of this test has
reached a real instance.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from aiohttp import web

from leeway.channels.servicenow import Settings, build, manifest
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.canary_law import CANARY
from leeway.ports.kit.channel_suite import PLAIN, HttpChannelSuite, Shown

COLUMNS = {
    "short_description": 160,
    "description": 4000,
    "work_notes": 4000,
    "close_notes": 4000,
    "close_code": 40,
    "correlation_id": 100,
    "correlation_display": 100,
    "urgency": 40,
    "state": 40,
}
ENDED = {"7", "8"}


class MockServiceNow:
    """Ignores unknown fields, cuts what is too long, wants a code and notes to resolve, keeps resolved ones active."""

    def __init__(self, access):
        self.access = access
        self.records = {}

    async def answer(self, request):
        name, value = self.access
        if request.headers.get(name) != value:
            return self._refused(401, "User Not Authenticated", "Required to provide Auth information")
        sys_id = request.path.removeprefix("/api/now/table/incident")
        asked = request.query["sysparm_fields"].split(",")
        match request.method, sys_id.strip("/"):
            case "GET", "":
                rows = self._found(request.query["sysparm_query"])[: int(request.query["sysparm_limit"])]
                return web.json_response({"result": [self._said(row, asked) for row in rows]})
            case "POST", "":
                number = len(self.records) + 1
                row = {"sys_id": f"{number:032x}", "number": f"INC{number:07}", "state": "1", "work_notes": ""}
                self.records[row["sys_id"]] = row
                self._write(row, await request.json())
                return web.json_response({"result": self._said(row, asked)}, status=201)
            case "PATCH", known if known in self.records:
                content = await request.json()
                if content.get("state") in {"6", "7"} and not {"close_code", "close_notes"} <= content.keys():
                    detail = "Data Policy Exception: The following fields are mandatory: Resolution code"
                    return self._refused(403, "Operation Failed", detail)
                self._write(self.records[known], content)
                return web.json_response({"result": self._said(self.records[known], asked)})
        return self._refused(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")

    def _found(self, query):
        rows = list(self.records.values())
        for term in query.split("^"):
            name, equals, value = term.partition("=")
            if name == "active":
                rows = [row for row in rows if row["state"] not in ENDED]
            elif equals and name in {*COLUMNS, "number", "sys_id"}:
                rows = [row for row in rows if row.get(name) == value]
            else:
                assert term == "ORDERBYsys_created_on"
        return rows

    @staticmethod
    def _write(row, content):
        for name, value in content.items():
            assert isinstance(value, str)
            if name in COLUMNS:
                row[name] = value[: COLUMNS[name]]

    @staticmethod
    def _said(row, asked):
        return {name: row.get(name, "") for name in asked}

    @staticmethod
    def _refused(code, message, detail):
        return web.json_response({"error": {"message": message, "detail": detail}, "status": "failure"}, status=code)

    async def shown(self):
        return [
            Shown(
                row["short_description"],
                "\n".join([row["description"], row["work_notes"]]),
                row["state"] in {"1", "2", "3"},
                frozenset(
                    [
                        *re.findall(r"\[code\](.*?)\[/code\]", row["work_notes"], re.IGNORECASE | re.DOTALL),
                        row["correlation_display"],
                        row["urgency"],
                    ]
                ),
            )
            for row in self.records.values()
        ]


class Rig:
    manifest = manifest
    code = 200

    def __init__(self, login, access):
        self.tree = {"state": "6", "close_code": "Solved (Permanently)", "timeout_s": 1.0, **login}
        self.access = access

    def build(self, url, secret, clock, hosts):
        secrets = Secrets(frozenset({"TOKEN"}), environ={"TOKEN": secret})
        return build(read_settings(Settings, self.tree | {"url": url}), Outside(clock, Egress(hosts), secrets))

    def far(self):
        return MockServiceNow(self.access)

    def takes(self, content):
        return b"result" in content


PAIR = base64.b64encode(f"leeway:{CANARY}".encode()).decode()


class TestServiceNow(HttpChannelSuite):
    rig = Rig({"basic": {"user": "leeway", "password": {"env": "TOKEN"}}}, ("Authorization", f"Basic {PAIR}"))

    def test_a_copy_of_a_resolution_says_nothing_more(self):
        """Neither a second comment, nor anything where the alert is over."""
        over = replace(PLAIN, event=Event.RESOLVED)
        assert self.told(PLAIN, over, over) == self.told(PLAIN, over)


class TestServiceNowWithAnApiKey(HttpChannelSuite):
    rig = Rig({"headers": {"x-sn-apikey": {"env": "TOKEN"}}}, ("x-sn-apikey", CANARY))
