"""The way of a newcomer in a real browser, against the real program: from nothing to a page and what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.demo.program import Program, started
from tests.prometheus import running
from tests.server.test_browser import browser, pytestmark
from tests.server.test_wizard_prometheus import remembered
from tools.chromium import DRAWN

from leeway.clock import SystemClock

__all__ = ["browser"]
pytestmark = [*pytestmark, pytest.mark.timeout(900)]
MINUTE_S = 60

SOON_S, WHEN_IT_BURNS_S = 180.0, 420.0
"""How long one waits at most. A minute is counted when it is over; who is paged waits until 3.4 % of an hour failed."""


@pytest.fixture
def person(browser):
    """Somebody at a screen, to whom the browser never complains."""
    said: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Etc/UTC")
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def address(program: Program) -> str:
    """Where the program says that it can be opened."""
    return program.until(lambda: re.search(r"open: +(http://\S+)", program.out), SOON_S)[1]


def look_until(page: Page, program: Program, path: str, seen: Callable[[], bool], patience_s: float = SOON_S) -> None:
    """Loads the page again and again, as it does by itself, until this is seen on it."""

    def looked() -> bool:
        page.goto(path)
        page.wait_for_timeout(500)
        return seen()

    program.until(looked, patience_s)


@pytest.fixture
def prometheus(tmp_path):
    """A live one that remembers eight days of a shop, until now."""
    remembered(tmp_path, int(SystemClock().now()) // MINUTE_S * MINUTE_S)
    with running(tmp_path) as url:
        yield url


@pytest.mark.server
def test_from_nothing_to_a_first_slo_on_ones_own_prometheus(tmp_path, prometheus, person):
    """An empty start shows the ways in; the wizard reads the past, tries a target, saves; the charts are there."""
    page, netloc = person, prometheus.removeprefix("http://")
    with started(tmp_path / "home", "serve", "--port", "0", LEEWAY_ALLOW_HOSTS=netloc) as server:
        home = server.until(lambda: re.search(r"http://127\.0\.0\.1:\d+", server.err), SOON_S)[0]
        page.goto(home)
        expect(page.locator("main")).to_contain_text("leeway demo")
        page.get_by_role("link", name="Make the first SLO").click()
        page.get_by_label("Address", exact=True).fill(prometheus)
        region = page.get_by_role("region", name="A Prometheus")
        region.get_by_role("button", name="Test").click()
        expect(page.get_by_role("status")).to_contain_text("It answers")
        page.get_by_label("Address", exact=True).fill(prometheus)
        region.get_by_role("button", name="Use it").click()
        page.get_by_label("Good events, in PromQL").fill('requests_total{code="200"}')
        page.get_by_label("All events").fill("requests_total")
        page.get_by_role("button", name="Read the past").click()
        page.get_by_role("heading", name="As received").wait_for(timeout=SOON_S * 1_000)
        page.get_by_role("button", name="Next: what counts as good").click()
        page.get_by_label("It is judged over").select_option("7d")
        page.get_by_role("button", name="Next: the target").click()
        page.get_by_label("or to the digit").fill("98")
        page.get_by_role("button", name="Next: alerts").click()
        page.get_by_role("button", name="Next: its name").click()
        page.get_by_label("Name", exact=True).fill("orders")
        page.get_by_label("Service", exact=True).fill("shop")
        page.get_by_role("button", name="Next: look at it all").click()
        expect(page.locator("#yaml")).to_contain_text("target: 0.98")
        page.get_by_role("button", name="Save it, with the past that was read").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("orders")
        one = f"{home}/slos/orders?refresh=off"
        lead = page.locator("p.lead")
        look_until(page, server, one, lambda: "98.9" in lead.inner_text())  # when all of the past is fetched
        expect(page.locator(".head .healthy")).to_have_count(1)
        page.locator(DRAWN).wait_for()


def test_the_bar_is_broken_and_its_budget_burns_until_somebody_is_called(tmp_path, person):
    """Break, burn, page, taken, written down, silenced, mended, reported."""
    page = person
    with started(tmp_path / "home", "demo", "--port", "0") as demo:
        home = address(demo)
        page.goto(home)
        page.get_by_role("button", name="Break the bar: everybody walks out").click()
        expect(page.get_by_role("heading", name="The bar is broken")).to_be_visible()
        begun = page.locator("footer time").get_attribute("datetime")

        # What else there is to see, while guests walk out.
        page.get_by_role("link", name="SLOs", exact=True).click()
        page.get_by_role("link", name="checkout").click()
        page.locator(DRAWN).wait_for()
        page.get_by_role("link", name="Budget ledger").click()
        expect(page.get_by_role("row").filter(has_text="25 min")).to_be_visible()

        # What other policies would have done with that burn.
        page.get_by_role("link", name="Alerts", exact=True).last.click()
        page.get_by_role("link", name="Try other policies on its past").click()
        for label, text in (
            ("Burn rate 1", "20"),
            ("Long span of burn rate 1", "1h"),
            ("Short span of burn rate 1", "5m"),
        ):
            page.get_by_label(label, exact=True).first.fill(text)
        page.get_by_role("button", name="Try it on the past").click()
        tried = page.get_by_role("region", name="Side by side")
        look_until(page, demo, page.url, lambda: tried.count() > 0)
        expect(tried).to_contain_text("as defined")

        # It burns: within a minute or two the hour has lost its budget.
        hour = f"{home}/slos/bar-this-hour?refresh=off"
        look_until(page, demo, hour, lambda: page.locator(".head .exhausted").count() > 0, WHEN_IT_BURNS_S)
        page.locator(DRAWN).wait_for()
        expect(page.locator("p.lead")).to_contain_text("overspent")

        # Somebody is called, and takes it.
        alerts = f"{home}/alerts?refresh=off"
        mine = page.get_by_role("table").first.get_by_role("row").filter(has_text="bar-watch")
        look_until(page, demo, alerts, lambda: mine.count() > 0 and "arrived" in mine.inner_text(), WHEN_IT_BURNS_S)
        expect(mine).to_contain_text("page")
        mine.get_by_role("textbox").fill("alex")
        mine.get_by_role("button", name="Acknowledge").click()
        expect(mine).to_contain_text("alex looks after it")

        # The burn is a row of the ledger, with its page; a note says what happened, from the moment it began.
        ledger = f"{home}/slos/bar?tab=ledger"
        burn = page.get_by_role("row").filter(has_text="bar-watch")
        look_until(page, demo, ledger, lambda: burn.count() > 0)
        expect(burn).to_contain_text("goes on")
        page.goto(f"{home}/slos/bar?span=1h")
        over = page.locator("[data-chart=budget] .u-over")
        over.focus()
        over.press("Enter")
        page.get_by_role("link", name="Write what happened").click()
        page.get_by_label("What happened").fill("Nobody at the door")
        page.get_by_label("Who says so").fill("alex")
        page.get_by_label("When").fill(begun)
        page.get_by_role("button", name="Write it on the charts").click()
        expect(page.locator("ul.notes")).to_contain_text("Nobody at the door")
        expect(burn).to_contain_text("Nobody at the door")

        # While it is mended nobody else need be called.
        page.goto(f"{home}/silences")
        page.get_by_label("SLO", exact=True).fill("bar")
        page.get_by_label("Who you are").fill("alex")
        page.get_by_label("Why").fill("the door is being mended")
        page.get_by_role("button", name="See what it covers").click()
        expect(page.locator("main")).to_contain_text("1 of their alerts is up: page bar (bar-watch)")
        page.get_by_role("button", name="Silence it").click()
        expect(page.get_by_role("region", name="In force now")).to_contain_text("the door is being mended")

        # Mended, guests are greeted again.
        page.goto(home)
        page.get_by_role("button", name="Mend it").click()
        expect(page.get_by_role("heading", name="The bar is open")).to_be_visible()

        # The week knows of it.
        page.goto(f"{home}/reports")
        page.get_by_role("region", name="Weekly").get_by_role("link").first.click()
        costs = page.get_by_role("region", name="What cost most")
        expect(costs.get_by_role("link", name="bar", exact=True).first).to_be_visible()
        with page.expect_download() as kept:
            page.get_by_role("link", name="One file to mail").click()
        assert "bar-this-hour" in kept.value.path().read_text()
