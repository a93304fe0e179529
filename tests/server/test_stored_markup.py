"""Texts that people and programs leave here and that want to be markup: shown as they were written, on every page."""

from __future__ import annotations

import json
from html import unescape
from urllib.parse import quote

import pytest
from tests.server.burning import WATCHED
from tests.server.serving import NOW, apart, points, served
from tests.server.test_browser import browser, pytestmark
from tests.server.test_markdown import MARKED
from tests.server.whole import EXAMPLES
from tools.chromium import DRAWN
from tools.screenshots import PAGES

from leeway.app import running
from leeway.config import Config
from leeway.core.alerting.silence import Scope
from leeway.engine.alerts.silences import SilenceWish
from leeway.engine.charts.annotations import AnnotationWish
from leeway.engine.views import SourceText
from leeway.ports.kit.clock import VirtualClock

__all__ = ["browser", "pytestmark"]

CORPUS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1><x-hit>',
    "' autofocus onfocus=window.hit=1 x='",
    '" autofocus onfocus=window.hit=1 x="',
    "</textarea></title></style></pre><x-hit>",
    "</script><script>window.hit=1</script>",
    "<a href=javascript:window.hit=1>x</a>",
    "[x](javascript:window.hit=1) ![x](x onerror=window.hit=1)",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7-7}",
    "&lt;x-hit&gt; &#60;x-hit&#62; %3Cx-hit%3E \\u003cx-hit\\u003e",
    "<!-- --><![CDATA[<x-hit>]]>",
    "=cmd|'/c calc'!A1",
)
EVIL = " ".join(CORPUS)
SHORT = "\"'><x-hit onfocus=hit=1 autofocus><script>hit=1</script>"
"""For names, which may not be so long."""

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: hostile
  displayName: {short}
  labels: {{team: {short}}}
  annotations: {{"shop.example/x": {evil}}}
spec:
  description: {evil}
  service: shop
  indicator:
    metadata: {{name: sli, displayName: {short}}}
    spec:
      description: {evil}
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: json_push, spec: {{count: {evil}}}}}}}
        total: {{metricSource: {{type: json_push, spec: {{count: {evil}}}}}}}
  timeWindow: [{{duration: 1d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives:
    - {{displayName: {short}, target: 0.9}}
    - {{displayName: second, target: 0.99}}
  alertPolicies: [{{alertPolicyRef: urgent}}, {{alertPolicyRef: slow}}]
"""
FOUND = """() => [...document.querySelectorAll("x-hit, .prose img, [onerror], [onload], [onfocus], [onmouseover]")]
  .concat([...document.links].filter((one) => !/^(https?|mailto):$/.test(one.protocol)))
  .map((one) => one.outerHTML.slice(0, 200)).concat(window.hit ? ["it ran"] : [])"""


async def leave(data, folder) -> None:
    """All of it, in every field that takes a text."""
    async with running(Config(data=data, file_roots=(folder,)), VirtualClock(NOW)) as leeway:
        engine = leeway.engine
        text = SLO.format(evil=json.dumps(EVIL), short=json.dumps(SHORT)) + WATCHED.replace("FOLDER", str(folder))
        await engine.apply((SourceText(SHORT, text),), prune=False, by=SHORT, expected=None)
        await engine.apply((SourceText(SHORT, text.replace("1d", "2d")),), prune=False, by=SHORT, expected=None)
        await engine.alarm.silences.add(SilenceWish(Scope(slo="hostile", policy="slow"), SHORT, EVIL, lasts_s=600.0))
        await engine.push(points("hostile", 80, 100, range(1, 300)), None)
        await engine.push(points("hostile", 120, 100, range(300, 302)), None)
        for text in (EVIL, "\n\n".join(MARKED)):
            await engine.annotations.add("hostile", AnnotationWish(text, SHORT, NOW - 3_600, NOW - 600))


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    data, folder = tmp_path_factory.mktemp("hostile") / "data", tmp_path_factory.mktemp("inbox")
    apart(leave(data, folder))
    with served(data, roots=(folder,)) as server:
        alert = json.loads(server.ask("GET", "/api/v1/alerts?up=true")[1])["items"][0]["key"]
        taken = json.dumps({"alert": alert, "by": SHORT})
        assert server.ask("POST", "/api/v1/acknowledge", taken, server.bearer)[0].status == 200
        yield server


@pytest.fixture
def shown(browser):
    """A page on which any word on the console, such as a refusal of the content policy, is a fault."""
    context, said = browser.new_context(), []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    yield page
    context.close()
    assert [one for one in said if "status of 4" not in one] == []


def addresses():
    there = {path.format(**EXAMPLES | {"slo": "hostile", "week": "2026-09-21"}) for path in PAGES.values()}
    return sorted(there | {"/slos/hostile?objective=second", "/slos?name=hostile", "/find?q=hostile"})


@pytest.mark.parametrize("path", addresses())
def test_no_text_becomes_markup_on_any_page(left, shown, path):
    """Nothing of it is an element, an attribute or a script."""
    shown.goto(left.url + path)
    if shown.locator("[data-series]").count():
        shown.locator(DRAWN).wait_for()
        for table in shown.get_by_text("Show as table").all():
            table.click()
    assert shown.evaluate(FOUND) == []


def test_what_was_written_is_shown_as_it_was_written(left, shown):
    """Description, note, name of an objective and reason of a silence, to the letter; Markdown reads entities."""
    shown.goto(f"{left.url}/slos/hostile?tab=ledger")
    text = shown.locator("main").inner_text()
    assert text.count(unescape(EVIL)) == 2
    assert SHORT in text
    shown.goto(f"{left.url}/slos/hostile?tab=definition")
    assert json.dumps(EVIL) in shown.locator("#definition").inner_text()


@pytest.mark.parametrize("text", CORPUS)
def test_what_is_typed_into_an_address_is_text_too(left, shown, text):
    """The search, the filter of the list, a name that nobody has, a span that is none, a form that is filled in."""
    for path in (
        "/find?q=",
        "/slos?name=",
        "/slos/",
        "/slos/hostile?to=",
        "/silences?slo=",
        "/slos/hostile?tab=ledger&at=",
    ):
        shown.goto(left.url + path + quote(text, safe=""))
        assert shown.evaluate(FOUND) == []


def test_a_report_that_is_mailed_holds_no_markup_of_others(left, shown):
    """One file, opened on its own."""
    _, body = left.ask("GET", "/reports/weekly/2026-09-21?download=true")
    shown.set_content(body.decode())
    assert SHORT in shown.locator("body").inner_text()
    assert shown.evaluate(FOUND) == []
