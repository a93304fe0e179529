"""Badges are pictures whose words stay inside, and what is shared is a page for every screen."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest
from tests.server.test_accessibility import ALL, AXE, RUN
from tests.server.test_browser import CHROMIUM, CONTRAST, LACKS, browser, visit

from leeway.server.pages.badge import COLOURS, badge, width

__all__ = ["browser", "visit"]


@pytest.mark.parametrize(
    "label", ["checkout", "<script>alert(1)</script>", '" onload="x', "]]>&amp;", "日本語の名前", "W" * 60, "i" * 200]
)
def test_a_badge_is_a_picture_whatever_it_says(label):
    """Well-formed, the words inside their fields, nothing of them markup."""
    drawn = badge(label, "healthy · 50\xa0% left", "healthy")
    root = ET.fromstring(drawn)
    left, right = (float(one.get("width")) for one in root.iter() if one.tag.endswith("rect") and one.get("fill"))
    texts = [one for one in root.iter() if one.tag.endswith("text")]
    ends = [float(one.get("x")) + float(one.get("textLength")) for one in texts]
    assert ends[0] <= left
    assert ends[1] <= left + right == pytest.approx(float(root.get("width")))
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {"svg", "title", "clipPath", "rect", "g", "text"}


WORDS = ("checkout", "at risk · 7.2\xa0% left", "WWW iii", "exhausted · −150\xa0% left", "99.951\xa0%")


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=LACKS)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_words_are_as_wide_as_the_font_makes_them(shop, browser, text):  # no server begins once there is a browser
    """As Chromium measures them in DejaVu Sans without being told a width: within two pixels."""
    tab = browser.new_page()
    tab.set_content(re.sub(r' textLength="[^"]*" lengthAdjust="\w+"', "", badge(text, "x", "healthy")))
    measured = tab.evaluate("document.querySelector('text').getComputedTextLength()")
    tab.close()
    assert measured == pytest.approx(width(text), abs=2)


def test_every_colour_bears_white_words():
    """A contrast of 4.5 or more, by the formula of WCAG."""

    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert all(1.05 / (light(colour) + 0.05) >= 4.5 for colour in (*COLOURS.values(), "#3b434b"))


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=LACKS)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [320, 1280])
def test_what_is_shared_can_be_read_on_every_screen(visit, shop, wide, scheme):
    """Nothing over the edge, contrast, and the rules that axe knows; on the page where it is shared too."""
    body = json.dumps({"days": 7, "by": "ann"})
    shared = json.loads(shop.ask("POST", "/api/v1/slos/greeting/shares", body, shop.bearer)[1])
    for path in (shared["link"], "/slos/greeting/share", "/settings/shares"):
        page = visit(path, viewport={"width": wide, "height": 800}, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(CONTRAST) == []
        if AXE.is_file():
            page.evaluate(AXE.read_text())
            assert page.evaluate(RUN, ALL)["wrong"] == []
