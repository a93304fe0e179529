"""The inbox keeps the contract of channels, on a real disk."""

from __future__ import annotations

import json
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

from leeway.channels.inbox import Settings, build, manifest
from leeway.net import Outside
from leeway.ports.kit.channel_suite import PLAIN, ChannelSuite, Shown
from leeway.ports.kit.clock import VirtualClock


class Reader:
    """Reads the file as a person with a pager of paper would: by key, a resolution ends what came before."""

    def __init__(self, path):
        self.path = path

    async def shown(self):
        alerts = {}
        lines = self.path.read_text().split("\n") if self.path.exists() else [""]
        assert lines.pop() == ""
        for line in map(json.loads, lines):
            if line["event"] == "resolved" and line["key"] in alerts:
                alerts[line["key"]].append(line)
            else:
                alerts.setdefault(line["key"], []).append(line)
        return [
            Shown(
                first["title"],
                "\n".join([*first["lines"], *first["facts"].values(), first["link"]]),
                last["event"] != "resolved",
                frozenset(first),
            )
            for first, *_, last in ([*found, found[-1]] for found in alerts.values())
        ]


class Rig:
    manifest = manifest

    @asynccontextmanager
    async def opened(self):
        with tempfile.TemporaryDirectory() as folder:
            outside = Outside(VirtualClock(PLAIN.at + 1), roots=(Path(folder),))
            channel = build(Settings(folder=folder), outside, "on-call")
            yield channel, Reader(Path(folder) / "inbox.jsonl")
            await channel.close()


class TestInbox(ChannelSuite):
    rig = Rig()
