"""The wizard in a real browser: a file is chosen, the slider moved by keys and by mouse, the number typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.server.test_browser import CONTRAST, browser, pytestmark
from tests.server.test_wizard import csv

__all__ = ["browser", "pytestmark"]


@pytest.fixture
def page(browser, fresh):
    """Whatever the browser complains about, or asks of others, fails the test."""
    said: list[str] = []
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(f"{fresh.url}/new")
    yield opened
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith((fresh.url, "data:"))] == []


def test_a_target_is_found_with_the_slider_and_saved(page):
    """By keys, by mouse and by number: each time the server tells what it would have meant, and both fields agree."""
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "past.csv", "mimeType": "text/csv", "buffer": csv().encode()}
    )
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Next: what counts as good").click()
    page.get_by_label("It is judged over").select_option("7d")
    page.get_by_role("button", name="Next: the target").click()
    told, slider, box = page.locator("#told"), page.get_by_role("slider"), page.get_by_label("or to the digit")
    slider.fill("7")
    told.get_by_text("99 % over").wait_for()
    slider.focus()
    page.keyboard.press("ArrowRight")
    told.get_by_text("99.5 % over").wait_for()
    expect(box).to_have_value("99.5")
    assert slider.get_attribute("aria-valuetext") == "99.5 %"
    page.keyboard.press("Home")
    told.get_by_text("50 % over").wait_for()
    edge = slider.bounding_box()
    assert edge is not None
    page.mouse.move(edge["x"] + 2, edge["y"] + edge["height"] / 2)
    page.mouse.down()
    page.mouse.move(edge["x"] + edge["width"] - 2, edge["y"] + edge["height"] / 2, steps=5)
    page.mouse.up()
    told.get_by_text("99.999 % over").wait_for()
    expect(box).to_have_value("99.999")
    box.fill("99.85")
    told.get_by_text("99.85 % over").wait_for()
    expect(slider).to_have_value("10")
    told.get_by_text("being counted").wait_for(state="detached")
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("button", name="Next: alerts").click()
    page.get_by_role("button", name="Next: its name").click()
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_label("Service", exact=True).fill("bar")
    page.get_by_role("button", name="Next: look at it all").click()
    expect(page.locator("#yaml")).to_contain_text("target: 0.9985")
    page.get_by_role("button", name="Save it, with the past that was read").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("shop")
