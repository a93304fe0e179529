"""Reports and the calendar: what a span did to every objective, as a page, as a file to mail, and as a table."""

from __future__ import annotations

import asyncio
import csv
import html as markup
import io
import json
import re
import socket
import sys
from datetime import date, datetime

import pytest
from tests.server.serving import NOW, points, slo
from tests.server.test_pages import page, row_of, tags_of, text_of

from leeway.core.window import Span
from leeway.engine.report import as_json
from leeway.server.pages import pdf, spans
from leeway.spec.cells import as_cell

WEEK = "/reports/weekly/2026-09-21"
"""The test's clock stands within it, and all points lie in it."""


@pytest.mark.parametrize(
    ("kind", "day", "first", "after", "name"),
    [
        ("weekly", date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 5), "Week 1 of 2026"),
        ("monthly", date(2024, 2, 29), date(2024, 2, 1), date(2024, 3, 1), "February 2024"),
        ("monthly", date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1), "December 2026"),
        ("quarterly", date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 1), "Quarter 4 of 2026"),
    ],
)
def test_every_day_lies_in_one_span(kind, day, first, after, name):
    """Over years and leap days."""
    span = spans.holding(kind, day)
    assert (span.first, span.after, span.name) == (first, after, name)


def test_the_list_has_eight_weeks_six_months_and_four_quarters_without_a_gap(shop):
    """Each begins where the next newer one ends, and has a page."""
    _, html = page(shop, "/reports")
    found = re.findall(r'href="(/reports/[a-z]+/[0-9-]+)"', html)
    assert [sum(kind in one for one in found) for kind in ("weekly", "monthly", "quarterly")] == [8, 6, 4]
    for kind in ("weekly", "monthly", "quarterly"):
        listed = spans.latest(kind, date(2026, 9, 21))
        assert [one.after for one in listed[1:]] == [one.first for one in listed[:-1]]
    assert {page(shop, one)[0] for one in found[::5]} == {200}


def test_a_report_holds_the_end_against_the_start(shop):
    """What has no data says so, at either end, and never reads as good."""
    _, html = page(shop, WEEK)
    assert "it still runs" in text_of(html)
    checkout = text_of(row_of(html, "checkout"))
    assert "? no data ✓ healthy 95 % 50 % 50 % 3,000 of 6,000 events 0, 0, 2" in checkout
    assert "✕ exhausted" in text_of(row_of(html, "search"))
    assert "no data no data no data" in text_of(row_of(html, "unseen"))
    assert "What cost most" in text_of(html)
    _, before = page(shop, "/reports/weekly/2026-09-14")
    assert "? no data ? no data" in text_of(row_of(before, "checkout"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/reports/daily/2026-09-21", "take weekly, monthly or quarterly"),
        ("/reports/weekly/2026-09-16", "a week begins on a Monday"),
        ("/reports/monthly/2026-13-01", "is no day"),
        ("/reports/monthly/2030-01-01", "There is no report about that time"),
        ("/reports/weekly/20260921", "a week begins on a Monday"),
    ],
)
def test_what_is_no_span_is_refused_with_a_way_out(shop, path, said):
    """404, in words."""
    status, html = page(shop, path)
    assert status == 404
    assert said in text_of(html)


def test_the_file_to_mail_stands_alone(shop):
    """Its style is inside, it runs and loads nothing, and its links lead back to the server."""
    answer, body = shop.ask("GET", f"{WEEK}?download=1")
    html = body.decode()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="leeway-weekly-2026-09-21.html"'
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("sandbox")
    assert "unsafe" not in policy
    tags = tags_of(html)
    assert not {"script", "link", "img", "use", "form"} & {tag for tag, _ in tags}
    assert {attributes["href"].startswith(shop.url) for tag, attributes in tags if tag == "a"} == {True}
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)[1]
    assert ".table" in style
    assert "url(/" not in style
    assert "@font-face" not in style


def test_the_table_has_a_row_for_each_objective(shop):
    """Numbers as they are; nothing known is empty."""
    answer, body = shop.ask("GET", f"{WEEK}?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = {(row["slo"], row["objective"]): row for row in csv.DictReader(io.StringIO(body.decode()))}
    assert len(rows) == 5
    checkout = next(row for (name, _), row in rows.items() if name == "checkout")
    assert (checkout["state_at_start"], checkout["state_at_end"]) == ("no_data", "healthy")
    assert (float(checkout["sli"]), float(checkout["consumed_ratio"])) == (0.95, 0.5)
    unseen = next(row for (name, _), row in rows.items() if name == "unseen")
    assert (unseen["sli"], unseen["state_at_end"]) == ("", "no_data")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_name_becomes_a_formula(text):
    """An apostrophe before it; other text stays."""
    assert as_cell(text) == f"'{text}"
    assert as_cell(f"a{text}") == f"a{text}"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_the_period_of_a_calendar_window_that_ended_with_the_span_is_told(fresh, zone):
    """Not the empty one that begins then, which is sooner than the span's end where the zone lies east of it."""
    window = f"{{duration: 1d, isRolling: false, calendar: {{startTime: '2026-01-01 00:00:00', timeZone: {zone}}}}}"
    text = slo("daily").replace("{duration: 1d, isRolling: true}", window)
    given = json.dumps({"files": [{"file": "a.yaml", "text": text}]})
    answer, said = fresh.ask("POST", "/api/v1/apply", given, fresh.bearer)
    assert answer.status == 200, said
    rows = points("daily", 95, 100, range(1_100, 2_800))
    asyncio.run_coroutine_threadsafe(fresh.engine.push(rows, None), fresh.loop).result(20)
    row = text_of(row_of(page(fresh, "/reports/weekly/2026-09-14")[1], "daily"))
    assert re.search(r"no data ✓ healthy 95 % 50 % 50 %", row)


def test_the_calendar_begins_with_the_first_slo_and_asks_for_another(shop):
    """A form that works without scripts."""
    _, html = page(shop, "/calendar")
    assert "error budget of checkout ." in text_of(html)
    assert html.count("<option") == 4
    assert page(shop, "/calendar?slo=nobody")[0] == 404


def test_the_calendar_has_each_day_and_each_hour_with_its_words(shop):
    """A step of five as text, the figures as a name; a day leads to the SLO then, and no data says so."""
    _, html = page(shop, "/calendar?slo=checkout")
    day = re.search(r'<td class="heat (\w+)"><a href="([^"]*)" title="(Mon 2026-09-21[^"]*)"[^>]*>(.)</a>', html)
    assert day[1] == f"burnt{day[4]}"
    assert day[2].startswith("/slos/checkout?from=2026-09-21T00%3A00%3A00Z")
    assert "of the budget spent, even share" in day[3]
    assert "2026-08-" not in html
    assert "Nothing is known of any day" in page(shop, "/calendar?slo=unseen")[1]
    hours = re.findall(r'<td class="heat \w+" title="((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day [^"]*)"', html)
    assert len(hours) == 7 * 24
    assert any("burn rate" in one for one in hours)
    assert any("no data" in one for one in hours)
    assert 'aria-current="page">at all' in page(shop, "/calendar?slo=greeting&objective=at+all")[1]


@pytest.mark.parametrize("week", ["2026-09-14", "2026-09-21"])
def test_a_report_says_of_both_ends_what_the_budget_said_then(shop, week):
    """To the event, whatever the method: one reading for both ends is what each asked for alone would give."""
    begin = int(datetime.fromisoformat(f"{week}T00:00:00+00:00").timestamp())
    span = Span(begin, min(begin + 7 * 86_400, NOW))
    names = {("checkout", "0"), ("search", "0"), ("greeting", "fast"), ("greeting", "at all"), ("unseen", "0")}
    work = shop.engine.charts.over(names, span, ended=span.end < NOW)
    found = asyncio.run_coroutine_threadsafe(work, shop.loop).result(20)
    assert {(one.goal.slo, one.goal.objective.name) for one in found} == names
    for one in found:
        for told, at in ((one.start, span.start), (one.end, span.end)):
            asked = json.loads(shop.ask("GET", f"/api/v1/slos/{one.goal.slo}/budget?as_of={at}")[1])["items"]
            alone = next(each for each in asked if each["objective"] == one.goal.objective.name)
            same = as_json(one.goal.slo, told)
            assert {name: same[name] for name in same if name != "interval_adjusted"} == {
                name: alone[name] for name in same if name != "interval_adjusted"
            }
        assert one.ledger.budget == one.end.budget


LABELLED = slo("one").replace("metadata: {name: one}", "metadata: {name: one, labels: {tier: gold}}")


def test_services_stand_in_a_matrix_by_state_or_by_a_label(fresh):
    """Of each, how many of its objectives are how; a label's values are the columns."""
    files = {"files": [{"file": "a.yaml", "text": LABELLED + "---\n" + slo("two")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    html = page(fresh, WEEK)[1]
    assert "Services at the end" in text_of(html)
    assert "shop 0 of 2 0 of 2 0 of 2 2 of 2" in text_of(html)
    by_tier = text_of(page(fresh, f"{WEEK}?columns=tier")[1])
    assert "Service gold none shop ? no data 0 of 1 ? no data 0 of 1" in by_tier


def test_a_report_tells_what_was_changed_in_its_span(fresh):
    """New, changed and deleted definitions, by whom; nothing of another span."""
    for target in ("0.9", "0.95"):
        text = slo("one", objectives=f"[{{target: {target}}}]")
        wish = {"files": [{"file": "a.yaml", "text": text}], "by": "ann"}
        fresh.ask("POST", "/api/v1/apply", json.dumps(wish), fresh.bearer)
    fresh.ask("DELETE", "/api/v1/documents/SLO/one?by=bob", headers=fresh.bearer)
    text = text_of(page(fresh, WEEK)[1])
    changes = text[text.index("What was changed") :]
    assert changes.index("deleted") < changes.index("changed 2026") < changes.index("new 2026")
    assert "bob" in changes
    assert "ann" in changes
    assert "No definition was changed" in text_of(page(fresh, "/reports/weekly/2026-09-14")[1])


def test_without_the_extra_a_pdf_is_refused_with_the_command_that_brings_it(shop, monkeypatch):
    """501, and no link that leads there."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr(pdf, "installed", lambda: False)
    status, html = page(shop, f"{WEEK}?format=pdf")
    assert status == 501
    assert 'pip install "leeway-slo[pdf]"' in markup.unescape(text_of(html))
    assert "format=pdf" not in page(shop, WEEK)[1]


def drawn() -> bool:
    """True where the extra and the libraries that it needs are there."""
    try:
        import weasyprint  # noqa: F401  # only whether it can be
    except (ImportError, OSError):
        return False
    return True


@pytest.mark.skipif(not drawn(), reason=f"needs what draws PDF: {pdf.PANGO}")
def test_with_the_extra_a_report_is_a_pdf(shop):
    """The page says so, and the file is one."""
    assert "format=pdf" in page(shop, WEEK)[1]
    answer, body = shop.ask("GET", f"{WEEK}?format=pdf")
    assert (answer.status, body[:5], answer.headers["Content-Type"]) == (200, b"%PDF-", "application/pdf")


@pytest.mark.skipif(not drawn(), reason=f"needs what draws PDF: {pdf.PANGO}")
def test_a_pdf_is_made_of_the_page_alone():
    """Whatever it names outside of itself is not fetched: nobody is called, no file is read."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        there = f"http://127.0.0.1:{listening.getsockname()[1]}"
        html = f'<html><head><link rel=stylesheet href="{there}/a.css"></head><body><img src="{there}/b.png">'
        assert pdf.pdf(html + '<img src="file:///etc/hostname"></body></html>')[:5] == b"%PDF-"
        with pytest.raises(BlockingIOError):
            listening.accept()
