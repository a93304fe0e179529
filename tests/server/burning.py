"""Data of a server on which alerts are up."""

from __future__ import annotations

from pathlib import Path

from tests.server.serving import NOW, points, slo

from leeway.app import running
from leeway.config import Config
from leeway.core.alerting.silence import Scope
from leeway.engine.alerts.silences import SilenceWish
from leeway.engine.views import SourceText
from leeway.ports.kit.clock import VirtualClock

WATCHED = """
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: urgent}
spec: {severity: page, conditions: [{burnRate: 0.4, long: 1h, short: 5m}], notify: [on-call]}
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: slow}
spec: {severity: ticket, conditions: [{burnRate: 0.2, long: 2h, short: 1h}], notify: [on-call]}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: inbox, settings: {folder: FOLDER}, people: 1, owner: lead@shop.example}
"""
BOTH, TICKET = "[{alertPolicyRef: urgent}, {alertPolicyRef: slow}]", "[{alertPolicyRef: slow}]"


def definitions(folder: Path) -> str:
    """Who is told of what."""
    watched = {"search": BOTH, "checkout": BOTH, "basket": TICKET}
    texts = [f"{slo(name)}  alertPolicies: {policies}\n" for name, policies in watched.items()]
    return "---\n".join([*texts, slo("lonely"), slo("calm")]) + WATCHED.replace("FOLDER", str(folder))


async def burn(data: Path, folder: Path) -> None:
    """Four SLOs burn: search is told, checkout is silenced, basket has a ticket only, lonely names nobody."""
    async with running(Config(data=data, file_roots=(folder,)), VirtualClock(NOW)) as leeway:
        engine = leeway.engine
        await engine.apply((SourceText("burn.yaml", definitions(folder)),), prune=False, by="seed", expected=None)
        wish = SilenceWish(Scope(slo="checkout"), "ann", "a new <index>", lasts_s=7_200.0)
        await engine.alarm.silences.add(wish)
        for name in ("search", "checkout", "basket", "lonely"):
            await engine.push(points(name, 80, 100, range(1, 601)), None)
        await engine.push(points("calm", 100, 100, range(1, 601)), None)
