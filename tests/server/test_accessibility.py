"""What axe finds wrong with the pages, in every theme and width: nothing. It does not see into a canvas."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.test_browser import browser, pytestmark, visit

__all__ = ["browser", "visit"]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    *pytestmark,
    pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core: make test fetches it, or tools/assets.py dev"),
]

PATHS = ("/", "/slos", "/slos/greeting?objective=fast", "/slos/unseen", "/slos/nobody", "/find?q=s", "/words")
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 320, "height": 800}},
    "forced": {"forced_colors": "active", "viewport": {"width": 1280, "height": 800}},
}
RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run({ runOnly: tags });
  return { checked: found.passes.length,
           wrong: found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 120))]) };
}"""


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_wrong(visit, path, look):  # the fixture
    """The rules of WCAG 2.2 AA and the good practice that axe knows."""
    page = visit(path, missing=path.endswith("nobody"), **LOOKS[look])
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN)
    assert found["wrong"] == []
    assert found["checked"] > 20


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
    assert "How fast the budget is spent" in page.get_by_role("tooltip").inner_text()


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
    assert "UTC" in clock.inner_text()
    page.get_by_role("button", name="UTC").click()
    assert "GMT+9" in clock.inner_text()
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
    page = visit("/alerts")
    page.get_by_text("Show as table").click()
    swapped = "() => new Promise((done) => document.addEventListener('htmx:after:swap', () => done(true)))"
    assert page.evaluate(swapped)
    assert page.locator("details", has=page.get_by_text("Show as table")).get_attribute("open") is not None
