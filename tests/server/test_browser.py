"""The pages in a real browser: light and dark, wide and 320 px, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tools.chromium import FLAGS, LACKS
from tools.chromium import PROGRAM as CHROMIUM

expect.set_options(timeout=30_000)  # as long as every other wait of the browser
NAMES = "--enable-blink-features=ComputedAccessibilityInfo"  # element.computedName, as a screen reader would say it
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=LACKS),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

CONTRAST = """() => {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const rgba = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push([element.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, NAMES])
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, shop):
    """Opens pages in a context; whatever the browser complains about, or asks of others, fails the test."""
    contexts = []

    def opened(path: str, *, missing: bool = False, **context) -> Page:
        contexts.append(browser.new_context(**context))
        page = contexts[-1].new_page()
        page.on(
            "console", lambda message: None if missing and "404" in message.text else complaints.append(message.text)
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(shop.url + path)
        return page

    complaints: list[str] = []
    asked: list[str] = []
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith((shop.url, "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/slos",
        "/slos?choose=on&cols=state,target,sli,trace,data,owner,labels",
        "/fleet",
        "/slos/greeting",
        "/slos/unseen",
        "/slos/search?tab=ledger",
        "/words",
        "/find?q=s",
        "/reports",
        "/reports/weekly/2026-09-21",
        "/calendar?slo=checkout",
    ],
)
def test_nothing_runs_over_the_edge_and_everything_can_be_read(visit, path, width, scheme):
    """No sideways scrolling from 320 px on; text keeps a contrast of 4.5 in both themes."""
    page = visit(path, viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(CONTRAST) == []


def test_the_way_from_the_list_to_an_explanation_and_back_without_scripts(visit):
    """Links and forms only."""
    page = visit("/", java_script_enabled=False)
    page.get_by_role("link", name="SLOs", exact=True).first.click()
    page.get_by_role("link", name="checkout").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("checkout")
    page.get_by_role("link", name="All SLOs").click()
    expect(page.get_by_role("row").filter(has_text="checkout")).to_be_visible()


def test_what_can_be_pressed_is_large_enough_for_a_thumb(visit):
    """Rows of the list are at least 44 pixels high."""
    page = visit("/slos", viewport={"width": 1280, "height": 800})
    heights = page.evaluate("[...document.querySelectorAll('tbody tr')].map((row) => row.offsetHeight)")
    assert heights
    assert min(heights) >= 44
