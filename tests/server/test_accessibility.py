"""What axe finds wrong with the pages, in every theme and width: nothing. It does not see into a canvas."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.server.test_browser import CONTRAST, browser, pytestmark, visit
from tests.server.whole import EXAMPLES
from tools.chromium import DRAWN
from tools.screenshots import PAGES

from leeway.server.pages.assets import AT

__all__ = ["browser", "visit"]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    *pytestmark,
    pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: make test fetches it, or tools/assets.py dev"),
]

LOOKS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
    "forced dark": {"color_scheme": "dark", "forced_colors": "active"},
}
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
RUN = """async (runOnly) => {
  const found = await axe.run({ runOnly });
  return { checked: found.passes.length,
           wrong: found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))]) };
}"""
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules that see a theme; what the others look at is the same in all."""
REACHED = """() => {
  const inside = (e) => {
    const box = e.getBoundingClientRect();
    const at = document.elementFromPoint(box.left + Math.min(box.width / 2, 40), box.top + box.height / 2);
    return !!at && (e.contains(at) || at.contains(e));
  };
  window.reached = [];
  document.addEventListener("focusin", ({ target: e }) => {
    const style = getComputedStyle(e);
    window.reached.push(e);
    if (!e.computedName) window.faults.push(["no name", e.outerHTML.slice(0, 120)]);
    if (!e.matches(":focus-visible") || style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)
      window.faults.push(["the focus is not seen", e.outerHTML.slice(0, 120)]);
    if (!inside(e)) window.faults.push(["it lies under something else", e.outerHTML.slice(0, 120)]);
  });
  window.faults = [];
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  window.wanted = [...document.querySelectorAll(all)].filter((e) => e.checkVisibility({ visibilityProperty: true }));
  return window.wanted.length;
}"""


def routes(router):
    """Those of routers within it too."""
    for one in router.routes:
        yield from routes(one.original_router) if hasattr(one, "original_router") else (one,)


def example(path: str) -> str:
    """An address of the list, of this shop."""
    return path.format(**EXAMPLES)


def test_every_page_is_in_the_list_of_pages(whole):
    """What answers a person and has no entry is looked at by nobody: it stands in `tools/screenshots.py`."""
    pages = [one for one in routes(whole.app) if "GET" in one.methods and not one.include_in_schema]
    pages = [one for one in pages if not one.path.startswith(("/api/", "/badge/", AT))]
    shown = [example(path).partition("?")[0] for path in PAGES.values()]
    assert [one.path for one in pages if not any(one.path_regex.match(path) for path in shown)] == []


@pytest.fixture(scope="module")
def looked(browser, whole):
    """One page for all addresses: whatever it complains about is kept."""
    complaints: list[str] = []
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()


@pytest.fixture
def opened(looked, whole):
    """Opens a page as wide as wanted; the console has stayed empty when the test ends."""
    page, complaints = looked
    complaints.clear()

    def open_(path: str, viewport=WIDE, **look) -> Page:
        page.set_viewport_size(viewport)
        page.emulate_media(**look or LOOKS["light"])
        page.goto(whole.url + path)
        if page.locator("[data-series]").count():
            page.locator(DRAWN).wait_for()
        return page

    yield open_
    assert [one for one in complaints if "status of 4" not in one] == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_wrong(opened, name):
    """The rules of WCAG 2.2 AA and the good practice that axe knows, in every theme, wide and on a phone."""
    page = opened(example(PAGES[name]))
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN, ALL)
    assert found["wrong"] == []
    assert found["checked"] > 20
    for look in list(LOOKS)[1:]:
        page.emulate_media(**LOOKS[look])
        assert (look, page.evaluate(RUN, COLOURS)["wrong"]) == (look, [])
    page.emulate_media(**LOOKS["light"])
    page.set_viewport_size(PHONE)
    assert page.evaluate(RUN, ALL)["wrong"] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_over_the_edge_of_a_phone_and_everything_can_be_read(opened, name):
    """A contrast of 4.5 in both themes, also where axe sees no text: in drawings."""
    page = opened(example(PAGES[name]), PHONE)
    for look in ("light", "dark"):
        page.emulate_media(**LOOKS[look])
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert (look, page.evaluate(CONTRAST)) == (look, [])


@pytest.mark.parametrize("name", PAGES)
def test_everything_can_be_reached_with_the_tab_key(opened, name):
    """In the order of the page; each has a name, and one sees where one is."""
    page = opened(example(PAGES[name]))
    wanted = page.evaluate(REACHED)
    assert wanted > 5
    missed = "window.wanted.filter((e) => !window.reached.includes(e)).map((e) => e.outerHTML.slice(0, 120))"
    for _ in range(6):  # a field of a date has several places
        for _ in range(wanted):
            page.keyboard.press("Tab")
        if not page.evaluate(missed):
            break
    assert (page.evaluate("window.faults"), page.evaluate(missed)) == ([], [])


def test_the_palette_finds_an_slo_and_enter_goes_there(visit):  # the fixture
    """Without the mouse, from any page."""
    page = visit("/words")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("chec")
    page.get_by_role("option", name="checkout").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="checkout").wait_for()


def test_a_word_shows_its_meaning_to_whoever_reaches_it(visit):  # the fixture
    """By mouse or by keyboard."""
    page = visit("/slos")
    word = page.get_by_role("link", name="Burn").first
    word.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("How fast the budget is spent")


def test_the_theme_that_was_chosen_stays(visit):  # the fixture
    """A browser that likes it light is given dark, once asked for, on every page."""
    page = visit("/", color_scheme="light")
    page.get_by_role("button", name="Light or dark").click()
    page.get_by_role("link", name="SLOs", exact=True).first.click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_times_come_in_ones_own_zone_and_say_so(visit):  # the fixture
    """UTC until somebody wants otherwise; the button says which."""
    page = visit("/", timezone_id="Asia/Tokyo")
    clock = page.locator("footer time")
    expect(clock).to_contain_text("UTC")
    page.get_by_role("button", name="UTC").click()
    expect(clock).to_contain_text("GMT+9")
    assert page.get_by_role("button", name="Asia/Tokyo").get_attribute("aria-pressed") == "true"


def test_rows_can_be_walked_with_j_and_k(visit):  # the fixture
    """As in every list that people live in."""
    page = visit("/slos")
    for key in "jjk":
        page.keyboard.press(key)
    first = page.locator("main tbody th[scope=row] a:not(.word)").first
    assert page.evaluate("document.activeElement.textContent") == first.text_content()


def test_what_was_opened_stays_open_when_the_page_refreshes(visit):
    """Nobody loses their place after half a minute."""
    page = visit("/words")
    page.clock.install()
    page.get_by_role("link", name="Alerts").click()
    page.get_by_text("Show as table").click()
    page.evaluate("document.addEventListener('htmx:after:swap', () => (document.body.title = 'swapped'))")
    page.clock.fast_forward(31_000)
    page.locator("body[title=swapped]").wait_for()
    assert page.locator("details", has=page.get_by_text("Show as table")).get_attribute("open") is not None
