"""The pages about people in a real browser: readable in every look, nothing wrong that axe can find, no complaints."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.server.access import people
from tests.server.access.conftest import apply, definition
from tests.server.serving import served, slo
from tests.server.test_accessibility import ALL, AXE, PHONE, RUN, WIDE, pytestmark
from tests.server.test_browser import CONTRAST, browser

__all__ = ["browser", "pytestmark"]

LOOKS = {
    "light": {"color_scheme": "light", "viewport": WIDE},
    "dark": {"color_scheme": "dark", "viewport": WIDE},
    "phone": {"color_scheme": "light", "viewport": PHONE},
    "forced": {"forced_colors": "active", "viewport": WIDE},
}
PATHS = (
    "/sign-in",
    "/welcome/",
    "/account",
    "/settings/people",
    "/settings/tokens",
    "/settings/audit",
    "/slos?project=shop",
)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Two projects and people of both; the session of an admin, and a link that was not used."""
    with served(tmp_path_factory.mktemp("looks") / "data") as server:
        assert apply(server, definition("buyzz", "shop"), slo("barezz"))[0] == 200
        root = people.signed_in(server, "a-rather-long-name@shop.example.org", **{"*": "admin"})
        people.signed_in(server, "bob", shop="editor", bar="viewer")
        people.token(server, "ingest", "shop")
        yield server, root, people.let_in(server, "ann", **{"*": "viewer"})


def visited(browser, town, path, **look):
    """The page as the admin sees it, as a stranger where one signs in; what the browser complained about."""
    server, root, link = town
    context = browser.new_context(**look)
    complaints = []
    if not path.startswith(("/sign-in", "/welcome")):
        name, _, value = root.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server.url + (link if path == "/welcome/" else path))
    return context, page, complaints


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_about_people_can_be_read_by_everybody(browser, town, look):
    """No violation, no sideways scrolling, a contrast of 4.5, targets of 40 pixels at least."""
    wrong = []
    for path in PATHS:
        context, page, complaints = visited(browser, town, path, **LOOKS[look])
        page.evaluate(AXE.read_text())
        wrong += [(path, one) for one in page.evaluate(RUN, ALL)["wrong"]]
        wrong += [(path, one) for one in complaints]
        wrong += [(path, one) for one in (page.evaluate(CONTRAST) if look != "forced" else ())]
        wrong += [(path, "over the edge")] * (page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0)
        expect(page.locator("h1")).to_have_count(1)
        if folder := os.environ.get("LEEWAY_TEST_PICTURES"):
            page.screenshot(path=Path(folder) / f"{path.strip('/').replace('/', '-')}-{look}.png", full_page=True)
        context.close()
    assert wrong == []


def test_somebody_signs_in_looks_at_one_project_and_signs_out(browser, town):
    """By clicks and keys; the project stays in the address from page to page."""
    context, page, complaints = visited(browser, town, "/sign-in")
    page.get_by_label("Name").fill("a-rather-long-name@shop.example.org")
    page.get_by_label("Password", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="Overview").wait_for()
    page.get_by_label("Project").select_option("shop")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/?project=shop")
    page.get_by_role("link", name="SLOs", exact=True).first.click()
    page.wait_for_url("**/slos?project=shop")
    expect(page.get_by_role("link", name="buyzz")).to_be_visible()
    expect(page.get_by_role("link", name="barezz")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="SLO, service or page").fill("buy")
    page.get_by_role("option", name="buyzz").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/slos/buyzz?project=shop")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/slos?project=shop")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", level=1, name="Sign in").wait_for()
    page.goto(town[0].url + "/slos?project=shop")
    assert page.url.endswith("/sign-in?to=/slos%3Fproject%3Dshop")
    assert complaints == []
    context.close()
