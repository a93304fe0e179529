"""The charts of an SLO as they are seen: pixels of the canvas, into which axe does not look; what mouse and keys do."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from tests.server.serving import HOUR, NOW
from tests.server.test_browser import browser, pytestmark
from tests.server.whole import GAP
from tools.chromium import DRAWN

from leeway.server.api.shapes import moment

__all__ = ["browser", "pytestmark"]

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
    "forced dark": {"color_scheme": "dark", "forced_colors": "active"},
}
MARKS = {
    "budget": ("line", "ink", "soft", "second", "third", "hatch", "bad", "risk", "unknown"),
    "burn": ("line", "ink", "second", "third", "hatch", "bad", "risk"),
    "sli": ("line", "bad", "hatch"),
    "volume": ("line", "bad", "hatch"),
}
"""The colours of each chart's lines, thresholds, bands and flags, by their names in the palette."""

FEW = 60
"""Pixels that may look otherwise where the same is drawn again: a browser does not smooth edges twice alike."""

EYES = """() => {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  window.contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  window.named = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.cssText = `color: var(--${name}); forced-color-adjust: none`;
    const found = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
    probe.remove();
    return found;
  };
  /** The pixels of a chart on the ground of its card, and where its plot lies in them. */
  window.seen = (name) => {
    const place = document.querySelector(`[data-chart=${name}]`);
    const canvas = place.querySelector("canvas");
    const [over, at] = [place.querySelector(".u-over"), canvas].map((one) => one.getBoundingClientRect());
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy.fillStyle = `rgb(${named("card")})`;
    copy.fillRect(0, 0, width, height);
    copy.drawImage(canvas, 0, 0);
    const data = copy.getImageData(0, 0, width, height).data;
    const pixel = (x, y) => data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3);
    const [left, top] = [Math.ceil(over.left - at.left), Math.ceil(over.top - at.top)];
    const [right, bottom] = [Math.floor(over.right - at.left), Math.floor(over.bottom - at.top)];
    return { pixel, left, top, right, bottom, width, height, data };
  };
  /** Where a colour stands in a part of the plot (from 0 to 1 across it), and how it stands out from what is beside. */
  window.mark = (chart, name, from = 0, to = 1) => {
    const { pixel, left, top, right, bottom } = seen(chart);
    const colour = named(name);
    const near = (one) => [0, 1, 2].every((c) => Math.abs(one[c] - colour[c]) < 10);
    const [apart, wide] = [[], right - left];
    let [count, lowest] = [0, 0];
    for (let x = Math.ceil(left + from * wide) + 3; x < left + to * wide - 3; x++)
      for (let y = top + 1; y < bottom - 1; y++)
        if (near(pixel(x, y))) {
          const beside = [[x, y - 3], [x, y + 3], [x - 3, y], [x + 3, y]].filter(([, b]) => b > top && b < bottom);
          const other = beside.map(([a, b]) => pixel(a, b)).filter((one) => !near(one));
          if (other.length) apart.push(Math.max(...other.map((one) => contrast(colour, one))));
          [count, lowest] = [count + 1, Math.max(lowest, y - top)];
        }
    return { count, lowest, contrast: apart.sort((a, b) => a - b)[apart.length >> 1] ?? 0 };
  };
  /** How well the figures beside the plot can be read. */
  window.text = (chart) => {
    const { pixel, left, height } = seen(chart);
    let best = 0;
    for (let x = 0; x < left - 12; x++)
      for (let y = 0; y < height; y++) best = Math.max(best, contrast(pixel(x, y), named("card")));
    return best;
  };
  const kept = {};
  window.keep = (name) => (kept[name] = seen(name).data);
  /** How many pixels look otherwise than when they were kept: within the plot, and around it. */
  window.changed = (name) => {
    const { data, left, top, right, bottom, width } = seen(name);
    const found = { plot: 0, frame: 0 };
    for (let i = 0; i < data.length; i += 4) {
      if ([0, 1, 2].every((c) => Math.abs(data[i + c] - kept[name][i + c]) < 80)) continue;
      const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
      found[x >= left && x < right && y >= top && y < bottom ? "plot" : "frame"]++;
    }
    return found;
  };
}"""


def known(told: dict) -> dict:
    """What the server tells of the past alone: the charts end now."""
    return told | {"forecast": []}


def amended(told: dict) -> dict:
    """The same with a band of every kind, each where nothing else is, but for a page of half a minute in a ticket."""

    def span(ago: float, lasts: float) -> dict[str, str]:
        return {name: moment(at).isoformat() for name, at in (("start", NOW - ago), ("end", NOW - ago + lasts))}

    told["alerts"] = [
        {"policy": "fast", "severity": "page", "told": True} | span(0.8 * HOUR, 30),
        {"policy": "slow", "severity": "ticket", "told": True} | span(0.9 * HOUR, 1_200),
        {"policy": "new", "severity": "ticket", "told": True} | span(60 - 10 * HOUR / 3, 30),  # a third is ahead
    ]
    told["silences"] = [{"by": "ann", "why": "a move"} | span(7 * HOUR, 2_400)]
    told["annotations"] = [{"number": 1, "text": "a move", "by": "bob"} | span(2.6 * HOUR, 1_200)]
    if "burn_down" in told["series"]:
        told["forecast"] = [
            {"at": moment(NOW + hour * HOUR).isoformat(), "middle": -0.4 - hour / 20}
            | {"low80": -0.5 - hour / 10, "high80": -0.3, "low95": -0.6 - hour / 8, "high95": -0.2}
            for hour in range(5)
        ]
    return told


@pytest.fixture
def charted(browser, whole):
    """The page of an SLO with its charts drawn, over its last ten hours; with every band there is if asked for."""
    contexts, complaints = [], []

    def opened(*, bands: bool = False, **look):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}, **look))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        tell = amended if bands else known
        page.route("**/series?*", lambda route: route.fulfill(json=tell(route.fetch().json())))
        page.goto(f"{whole.url}/slos/gappy?from={NOW - 10 * HOUR}&to={NOW}")
        page.locator(DRAWN).wait_for()
        page.evaluate(f"({EYES})()")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def chart(page, name):
    return page.locator(f"[data-chart={name}] .u-over")


def place(page, name):
    """Where the mouse finds a chart, which is in sight now."""
    chart(page, name).scroll_into_view_if_needed()
    return chart(page, name).bounding_box()


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_drawn_can_be_seen(charted, look):
    """Figures stand out 4.5 times from their ground; every line, band and flag 3 times from what is beside it."""
    page = charted(bands=True, **LOOKS[look])
    for name, colours in MARKS.items():
        assert (name, page.evaluate(f"text('{name}')") >= 4.5) == (name, True)
        for colour in colours:
            found = page.evaluate(f"mark('{name}', '{colour}')")
            assert found["count"] > 15, (name, colour, found)
            assert found["contrast"] >= 3, (name, colour, found)


def test_an_alert_at_the_right_edge_is_drawn_within_the_chart(charted):
    """The least width of its strip alone would lie outside."""
    page = charted(bands=True)
    assert page.evaluate("mark('burn', 'risk', 0.95, 1)")["count"] > 15


def test_a_gap_is_hatched_and_nothing_is_drawn_across_it(charted):
    """Beside it the curves go on."""
    page = charted()
    across = 10 * HOUR
    begin, end = ((at - NOW + across) / across for at in GAP)
    for name in MARKS:
        assert page.evaluate(f"mark('{name}', 'line', {begin + 0.02}, {end - 0.02})")["count"] < FEW
        assert page.evaluate(f"mark('{name}', 'hatch', {begin + 0.01}, {end - 0.01})")["count"] > 300
        for beside in ((begin - 0.1, begin - 0.01), (end + 0.01, end + 0.1)):
            curve = "third" if name == "burn" else "line"  # there it lies over the others
            there = page.evaluate(f"mark('{name}', '{curve}', {beside[0]}, {beside[1]})")["count"]
            assert (name, beside, there > 10) == (name, beside, True)
            assert page.evaluate(f"mark('{name}', 'hatch', {beside[0]}, {beside[1]})")["count"] < FEW


def test_a_budget_that_is_overspent_is_drawn_below_zero(charted):
    """The line of zero is there, and the curve ends under it."""
    page = charted()
    zero = page.evaluate("mark('budget', 'ink')")
    assert zero["count"] > 500
    assert page.evaluate("mark('budget', 'line', 0.95, 1)")["lowest"] > zero["lowest"] + 20


def test_another_theme_draws_the_same_in_its_own_colours(charted):
    """By the button and by the system, without loading anything again."""
    page = charted(color_scheme="light")
    light = page.evaluate("named('line')")
    page.get_by_role("button", name="Light or dark").click()
    page.locator(DRAWN).wait_for()
    assert page.evaluate("named('line')") != light
    assert page.evaluate("mark('budget', 'line')")["count"] > 300
    page.emulate_media(forced_colors="active")
    page.evaluate("new Promise(requestAnimationFrame)")
    page.locator(DRAWN).wait_for()
    assert page.evaluate("mark('budget', 'line')")["count"] > 300


def test_another_zone_writes_other_times_and_draws_the_same_curves(charted):
    """The figures along the foot change, the zoom stays."""
    page = charted(timezone_id="Asia/Tokyo")
    chart(page, "budget").press("+")
    for name in ("UTC", "Asia/Tokyo"):
        page.get_by_role("button", name=name).click()
        page.locator(DRAWN).wait_for()
    page.evaluate("keep('budget')")
    page.get_by_role("button", name="UTC").click()
    page.locator(DRAWN).wait_for()
    changed = page.evaluate("changed('budget')")
    assert (changed["plot"] < FEW, changed["frame"] > FEW) == (True, True)
    assert "Asia/Tokyo" in chart(page, "budget").get_attribute("aria-valuetext")
    page.get_by_role("button", name="Asia/Tokyo").click()
    page.locator(DRAWN).wait_for()
    changed = page.evaluate("changed('budget')")
    assert (changed["plot"] < FEW, changed["frame"] < FEW) == (True, True)


def test_a_closer_look_is_taken_by_mouse_keys_and_buttons_on_all_charts_at_once(charted):
    """And taken back; what is looked at has an address of its own."""
    page = charted()
    chart(page, "burn").press("+")
    chart(page, "burn").press("0")  # once there and back: the first time of all dashes begin elsewhere
    for name in MARKS:
        page.evaluate(f"keep('{name}')")

    def looks_otherwise():
        return {page.evaluate(f"changed('{name}')")["plot"] > FEW for name in MARKS}

    chart(page, "burn").press("+")
    assert looks_otherwise() == {True}
    chart(page, "budget").press("0")
    assert looks_otherwise() == {False}
    page.get_by_role("button", name="Closer").click()
    assert looks_otherwise() == {True}
    there = parse_qs(urlsplit(page.get_by_role("link", name="This part as a page").get_attribute("href")).query)
    assert moment(NOW - 10 * HOUR).isoformat()[:16] < there["from"][0][:16]
    page.get_by_role("button", name="Wider").click()
    assert looks_otherwise() == {False}
    box = place(page, "sli")
    page.mouse.move(box["x"] + 100, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 40, steps=3)
    page.mouse.up()
    assert looks_otherwise() == {True}
    page.get_by_role("button", name="All").click()
    assert looks_otherwise() == {False}


def legend(page, name):
    return page.locator(f"[data-chart={name}] .u-legend .u-value").first.inner_text()


def test_one_cursor_goes_over_all_charts_and_can_be_held(charted):
    """A click holds it, another lets it go."""
    page = charted()
    box = place(page, "budget")
    page.mouse.move(box["x"] + 200, box["y"] + 50)
    time = legend(page, "budget")
    assert legend(page, "burn") == time
    assert legend(page, "volume")
    page.mouse.click(box["x"] + 200, box["y"] + 50)
    page.mouse.move(box["x"] + 500, box["y"] + 50)
    assert legend(page, "burn") == time
    page.mouse.click(box["x"] + 500, box["y"] + 50)
    page.mouse.move(box["x"] + 520, box["y"] + 50)
    assert legend(page, "burn") != time


def test_a_moment_is_chosen_by_keys_and_written_about(charted):
    """Arrows move, Enter holds, the link opens the form with the moment in it; Escape lets go."""
    page = charted()
    over = chart(page, "budget")
    over.focus()
    now = over.get_attribute("aria-valuetext")
    assert re.match(r"21 Sept? 14:14 UTC, Left of this window −\d", now)
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight"):
        over.press(key)
    assert over.get_attribute("aria-valuetext") != now
    assert legend(page, "volume")
    write = page.get_by_role("link", name="Write what happened")
    over.press("Enter")
    expect(write).to_be_visible()
    over.press("Escape")
    expect(write).to_be_hidden()
    over.press("Enter")
    write.click()
    expect(page.get_by_label("When")).to_have_value(moment(NOW - 60).isoformat().replace("+00:00", "Z"))
    expect(page.get_by_label("Until")).to_have_value("")


def test_a_span_is_chosen_by_keys_or_with_shift_and_the_mouse(charted):
    """Both ends stand in the form; it is no zoom."""
    page = charted()
    over = chart(page, "burn")
    over.focus()
    for _ in range(3):
        over.press("Shift+PageDown")
    said = page.locator("[data-reach=said]")
    expect(said).to_have_text("21 Sept 13:44 to 21 Sept 14:14 UTC")
    box = place(page, "burn")
    page.mouse.move(box["x"] + 100, box["y"] + 40)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 40, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(said).not_to_have_text("21 Sept 13:44 to 21 Sept 14:14 UTC")
    expect(page.get_by_role("link", name="This part as a page")).to_be_hidden()
    expect(page.get_by_role("link", name="Silence it")).to_be_hidden()
    page.get_by_role("link", name="Write what happened").click()
    begin, end = page.get_by_label("When").input_value(), page.get_by_label("Until").input_value()
    assert "2026-09-21T" in begin < end


def test_a_span_to_come_is_silenced_after_a_look_at_what_it_covers(charted):
    """From the chart to the form, and to the preview: nothing is kept on the way."""
    page = charted(bands=True)
    over = chart(page, "budget")
    over.focus()
    for _ in range(3):
        over.press("Shift+ArrowRight")
    page.get_by_role("link", name="Silence it").click()
    expect(page.get_by_label("SLO", exact=True)).to_have_value("gappy")
    expect(page.get_by_label("From (UTC)")).to_have_value(moment(NOW).isoformat()[:16])
    page.get_by_label("Who you are").fill("ann")
    page.get_by_label("Why").fill("a move")
    page.get_by_role("button", name="See what it covers").click()
    expect(page.get_by_role("heading", name="Preview: nothing is silenced yet")).to_be_visible()


def test_a_dialog_closes_with_escape_and_gives_the_focus_back(charted):
    """The palette and the list of keys."""
    page = charted()
    link = page.get_by_role("link", name="Definition")
    link.focus()
    for key, name in (("Control+k", "Find an SLO or a page"), ("?", "Keys")):
        page.keyboard.press(key)
        dialog = page.get_by_role("dialog", name=name)
        expect(dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert link.evaluate("(element) => element === document.activeElement")
