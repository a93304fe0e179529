"""Settings: Leeway's own health in words, and by which channels it reaches whom."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.server.forms import post
from tests.server.serving import NOW
from tests.server.test_browser import CONTRAST, browser
from tests.server.test_browser import pytestmark as in_browser
from tests.server.test_pages import page, text_of

from leeway.client.checks import Check
from leeway.core.quality import Kind
from leeway.engine.views import Health, SourceState
from leeway.ports.outbox import Waiting
from leeway.ports.state import Job, JobState
from leeway.server.checks import Looked, Room, checks

__all__ = ["browser"]
CHANNELS, TEST = "/settings/channels", "/forms/settings/channels/test"

WELL = Looked(
    now=NOW,
    health=Health(
        ready=True,
        reasons=(),
        evaluated_at=NOW - 5,
        head=NOW,
        objectives=3,
        series=2,
        ledger_bytes=2_000_000,
        accepted=1_000,
        quarantined=(),
    ),
    sources=(),
    waiting=Waiting(),
    refused={},
    room=Room(5_000_000, 9 << 30),
    backup=Job(1, "backup", "/backups/1", JobState.DONE, 1, 1, "", NOW - 3_600.0),
    versions={"Leeway": "1"},
)


def source(error):
    return SourceState(1, "shop", "", "prometheus", Kind.COUNTS, True, 0.0, None, None, NOW - 5.0, error, 3)


def of(**changed):
    return {one.name: one for one in checks(replace(WELL, **changed))}


def test_where_all_is_well_nothing_has_to_be_done():
    """And everything says what it means."""
    found = checks(WELL)
    assert {one.state for one in found} == {"well"}
    assert all(one.means and not one.mend for one in found)


@pytest.mark.parametrize(
    ("changed", "name", "state", "said"),
    [
        (
            {"health": replace(WELL.health, evaluated_at=NOW - 300)},
            "Evaluation",
            "unwell",
            "5\N{NO-BREAK SPACE}min ago",
        ),
        ({"health": replace(WELL.health, evaluated_at=None)}, "Evaluation", "unwell", "nothing was evaluated yet"),
        ({"health": replace(WELL.health, ready=False, reasons=("it is full",))}, "Trouble", "unwell", "it is full"),
        ({"health": replace(WELL.health, reasons=("no owner",))}, "Trouble", "look", "no owner"),
        ({"health": replace(WELL.health, quarantined=(("future", 4),))}, "Points set aside", "look", "4 future"),
        ({"sources": (source("refused"),)}, "Sources", "unwell", "prometheus for shop: refused"),
        ({"sources": (source(""),)}, "Sources", "well", "1 series asked for, 0 pushed"),
        ({"waiting": Waiting(2, 1, NOW - 60.0)}, "Messages", "look", "1 has failed before"),
        ({"waiting": Waiting(2, 0, NOW - 60.0)}, "Messages", "well", "2 messages wait"),
        ({"waiting": Waiting(1, 0, NOW - 900.0)}, "Messages", "unwell", "1 message waits"),
        ({"refused": {"on-call": "no channel"}}, "Recipients", "unwell", "on-call: no channel"),
        ({"room": Room(1, 1 << 20)}, "Disk", "unwell", "only 1.0 MB free"),
        ({"room": None}, "Disk", "unknown", "not known"),
        ({"backup": None}, "Backup", "look", "none that this server knows of"),
        ({"backup": replace(WELL.backup, at=NOW - 30 * 86_400.0)}, "Backup", "look", "30"),
    ],
)
def test_what_is_not_well_is_told_with_what_helps(changed, name, state, said):
    """And it stands first."""
    one = of(**changed)[name]
    assert (one.state, said in one.seen) == (state, True), one
    assert bool(one.mend) == (state in ("look", "unwell"))
    if state != "well":
        assert checks(replace(WELL, **changed))[0] == one


def test_leeway_tells_of_itself_on_a_page_and_by_program(burning):
    """The same, with what it means."""
    found = [Check.model_validate(one) for one in json.loads(burning.ask("GET", "/api/v1/health/checks")[1])["items"]]
    text = text_of(page(burning, "/settings/health")[1])
    assert {one.name for one in found} >= {"Evaluation", "Sources", "Messages", "Disk", "Backup", "Versions"}
    assert all(f"{one.name} " in text and one.means in text for one in found)
    assert "leeway backup FOLDER" in text


def test_a_backup_is_known_from_then_on(fresh, tmp_path):
    """It is among the jobs, too."""
    answer, _ = fresh.ask("POST", "/api/v1/backup", json.dumps({"to": str(tmp_path / "copy")}), fresh.bearer)
    assert answer.status == 200
    assert f"ago, to {tmp_path / 'copy'}" in text_of(page(fresh, "/settings/health")[1])
    (job,) = json.loads(fresh.ask("GET", "/api/v1/jobs")[1])["items"]
    assert (job["kind"], job["state"]) == ("backup", "done")


def test_the_index_says_in_a_word_how_each_part_fares(burning, fresh):
    """And leads there; without a Recipient nobody can be told."""
    html = page(burning, "/settings")[1]
    assert 'href="/settings/health"' in html
    assert "1 Recipient" in text_of(html)
    assert "nobody can be told" in text_of(page(fresh, "/settings")[1])
    assert "No Recipient is defined" in text_of(page(fresh, CHANNELS)[1])


def test_a_channel_shows_whom_it_reaches_and_how_its_last_messages_fared(burning):
    """Who names it, and whether anybody takes its pages."""
    text = text_of(page(burning, CHANNELS)[1])
    assert "on-call ✓ well inbox" in text
    assert "lead@shop.example" in text
    assert "Named by slow, urgent" in text
    assert "Its last messages" in text
    assert "goes to on-call and to nobody else: 1 person" in text


def test_a_test_is_sent_from_the_channel_and_seen_to_arrive(burning):
    """A form without a name, or for nobody, is refused with the text kept."""
    answer, _ = post(burning, TEST, CHANNELS, recipient="on-call", by="ann", severity="ticket")
    assert answer.status == 303
    assert "The test was put out" in text_of(page(burning, answer.headers["Location"])[1])
    answer, html = post(burning, TEST, CHANNELS, recipient="on-call", by="")
    assert (answer.status, 'aria-invalid="true"' in html) == (422, True)
    answer, html = post(burning, TEST, CHANNELS, recipient="on-cal", by="ann")
    assert (answer.status, "on-call" in text_of(html)) == (404, True)
    assert burning.ask("POST", TEST, "recipient=on-call&by=eve")[0].status == 403


@pytest.mark.browser
@in_browser[1]
@in_browser[2]
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/settings", "/settings/health", CHANNELS])
def test_settings_can_be_read_at_every_width_and_in_both_themes(browser, burning, path, width, scheme):
    """Nothing runs over the edge; a contrast of 4.5."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        shown = context.new_page()
        shown.goto(f"{burning.url}{path}")
        shown.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate(CONTRAST) == []
    finally:
        context.close()
