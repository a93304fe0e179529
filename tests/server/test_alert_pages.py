"""Alerts on the pages: who knows of what burns, in words, in both themes."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from tests.server.serving import NOW, points, served, slo
from tests.server.test_browser import CONTRAST, browser, pytestmark
from tests.server.test_pages import page, row_of, text_of

from leeway.app import running
from leeway.config import Config
from leeway.core.alerting.silence import Scope
from leeway.engine.alerts.silences import SilenceWish
from leeway.engine.views import SourceText
from leeway.ports.kit.clock import VirtualClock

__all__ = ["browser"]
in_browser = pytestmark

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


def definitions(folder):
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


@pytest.fixture(scope="session")  # so that it is there before a browser, whose loop runs as long as it is open
def burning(tmp_path_factory):
    data, folder = tmp_path_factory.mktemp("burning") / "data", tmp_path_factory.mktemp("inbox")
    asyncio.run(burn(data, folder))
    with served(data, roots=(folder,)) as server:
        shown = json.loads(server.ask("GET", "/api/v1/alerts?slo=search&up=true")[1])["items"]
        urgent = next(one for one in shown if one["policy"] == "urgent")
        server.ask("POST", "/api/v1/acknowledge", json.dumps({"alert": urgent["key"], "by": "bob"}), server.bearer)
        yield server


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("search", "▲ page just now, bob looks after it"),
        ("checkout", "▲ page just now, silenced ■ ticket just now, silenced"),
        ("basket", "■ ticket just now, told"),
        ("lonely", "▲ page just now, nobody to tell ■ ticket just now, nobody to tell"),
        ("calm", ""),
    ],
)
def test_each_row_says_what_burns_since_when_and_who_knows(burning, name, told):
    """Pages before tickets; a ticket that a page tells of is not said twice; a silence says by whom and until when."""
    row = row_of(page(burning, "/slos")[1], name)
    assert re.search(rf"(healthy|exhausted) {re.escape(told)} ?[0-9]", text_of(row))
    assert ("silenced by ann until" in row) is (name == "checkout")
    assert "<index>" not in row


def test_the_explanation_tells_every_decision(burning):
    """As `leeway why --alerts`."""
    text = text_of(page(burning, "/slos/checkout?tab=alerts")[1])
    assert "Its alerts, and who was told" in text
    assert "not sent : silenced by ann until 2026-09-21T16:14:00Z: a new <index>" in text
    assert "sent : told on-call" in text_of(page(burning, "/slos/search?tab=alerts")[1])
    assert "bob looks after it." in text_of(page(burning, "/slos/search?tab=alerts")[1])
    assert "Its alerts" not in text_of(page(burning, "/slos/calm?tab=alerts")[1])


@pytest.mark.browser
@in_browser[1]
@in_browser[2]
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1250, 1280])
@pytest.mark.parametrize("path", ["/", "/slos", "/slos/checkout", "/slos/checkout?tab=alerts"])
def test_alerts_can_be_read_at_every_width_and_in_both_themes(browser, burning, path, width, scheme):
    """Nothing runs over the edge; a contrast of 4.5; no script."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    shown = context.new_page()
    shown.goto(burning.url + path)
    over, poor = shown.evaluate("document.documentElement.scrollWidth - innerWidth"), shown.evaluate(CONTRAST)
    context.close()
    assert (over <= 0, poor) == (True, [])
