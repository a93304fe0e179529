"""Pages in a headless Chromium, each time as somebody opens them for the first time."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tools import chromium as installed

from bench.figure import expect

WATCH = """
window.watched = { paint: 0, task: 0 };
const watch = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
watch("largest-contentful-paint", (one) => { window.watched.paint = one.startTime; });
watch("longtask", (one) => { window.watched.task = Math.max(window.watched.task, one.duration); });
"""
"""Runs before anything of the page."""

QUIET_MS = 1_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page that has come to rest: milliseconds to its largest paint and of its longest task (0: none over 50), and
    bytes as sent, by kind."""

    paint_ms: float
    task_ms: float
    script_bytes: int
    style_bytes: int


Open = Callable[..., Loaded]


def lacking() -> str:
    """What a machine needs for this, "" if it is there."""
    if importlib.util.find_spec("playwright") is None:
        return "needs Playwright: pip install playwright"
    return installed.LACKS if installed.PROGRAM is None else ""


@contextmanager
def browsing() -> Iterator[Open]:
    """Gives a function that opens an address with nothing cached; `until` is what has to be on the page then, `every`
    rewrites the addresses that it asks for."""
    from playwright.sync_api import Request, Route, sync_playwright  # a tool of developers

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed.PROGRAM, args=list(installed.FLAGS))

        def opened(url: str, until: str = "", every: tuple[str, Callable[[str], str]] | None = None) -> Loaded:
            with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
                context.add_init_script(WATCH)
                page, done = context.new_page(), list[Request]()
                page.on("requestfinished", lambda request: done.append(request))  # its own methods take no mark
                if every is not None:
                    pattern, other = every

                    def rewritten(route: Route) -> None:
                        route.continue_(url=other(route.request.url))

                    page.route(pattern, rewritten)
                answer = page.goto(url)
                expect(answer is not None and answer.ok, f"{url} was not answered well")
                if until:
                    page.locator(until).wait_for(state="attached")
                page.wait_for_load_state("load")
                page.wait_for_timeout(QUIET_MS)
                seen = page.evaluate("window.watched")
                sent = dict.fromkeys(("script", "stylesheet"), 0)
                for one in done:
                    if one.resource_type in sent:
                        sent[one.resource_type] += one.sizes()["responseBodySize"]
                return Loaded(seen["paint"], seen["task"], sent["script"], sent["stylesheet"])

        try:
            yield opened
        finally:
            chromium.close()
