"""The inbox keeps the contract of channels, on a real disk."""

from __future__ import annotations

import json
import tempfile
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from leeway.channels.inbox import Settings, build, manifest
from leeway.net import Outside
from leeway.ports.kit.channel_suite import PLAIN, ChannelSuite, Shown
from leeway.ports.kit.clock import VirtualClock


class Reader:
    """Reads the file from the top: a resolution ends the first message with its key."""

    def __init__(self, path):
        self.path = path

    async def shown(self):
        shown, first = [], {}
        lines = self.path.read_text().split("\n") if self.path.exists() else [""]
        assert lines.pop() == ""
        for line in map(json.loads, lines):
            if line["event"] == "resolved" and line["key"] in first:
                shown[first[line["key"]]] = replace(shown[first[line["key"]]], open=False)
                continue
            first.setdefault(line["key"], len(shown))
            text = "\n".join([*line["lines"], *line["facts"].values(), line["link"]])
            shown.append(Shown(line["title"], text, True, frozenset(line)))
        return shown


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
