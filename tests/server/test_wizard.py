"""A new SLO step by step: from a file, a real Prometheus, by pushing; what is refused, kept and saved."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import numpy as np
import pytest
import yaml
from tests.server.receiver import receiving, with_status
from tests.server.serving import NOW, served
from tests.server.test_pages import page
from tests.server.visiting import Visitor, fault

DAYS = 10
BAD = range(5_000, 5_060)
"""Minutes, counted from the first, in which 30 of 100 failed; else none did."""


def csv(slo: str = "shop", gap: range = range(0)) -> str:
    """Ten days of minutes until NOW."""
    start = NOW - DAYS * 86_400
    rows = [f"{start + 60 * at},{slo},{70 if at in BAD else 100},100" for at in range(DAYS * 1_440) if at not in gap]
    return "\n".join(["time,slo,good,total", *rows, ""])


@pytest.fixture
def visitor(fresh) -> Visitor:
    return Visitor(fresh)


def given(visitor: Visitor, content: str | None = None) -> None:
    """At the step that shows what a file says."""
    visitor.go("/new")
    visitor.press("Read it", text=content or csv())
    assert visitor.status == 200, visitor.text


def test_from_a_file_to_a_saved_slo_with_its_past(visitor):
    """Every step a form; nothing is kept before the last; then the SLO stands with the history of the file."""
    assert "Make the first SLO" in visitor.go("/")
    given(visitor)
    assert "14,400" in visitor.text
    assert "100 %" in visitor.text
    visitor.press("Next: what counts as good")
    assert "Every event counts once" in visitor.text
    visitor.press("Next: the target", window="7d")
    assert "The budget would have been empty" in visitor.text
    visitor.press("Next: alerts", target="99.5")
    visitor.press("Next: its name")
    visitor.press(
        "Next: look at it all", slo="shop", service="bar", owner="drinks", title="Open", about="A promise,\r\nkept"
    )
    assert visitor.asked["target"] == "99.5"
    assert visitor.asked["owner"] == "drinks"
    assert "finds nothing to say against it" in visitor.text
    assert "budgetingMethod: Occurrences" in visitor.text
    assert "leeway apply -f shop.yaml" in visitor.text
    assert json.loads(visitor.server.ask("GET", "/api/v1/documents")[1])["items"] == []
    visitor.press("Save it, with the past that was read")
    assert (visitor.status, visitor.at) == (200, "/slos/shop")
    kept = json.loads(visitor.server.ask("GET", "/api/v1/documents/SLO/shop")[1])
    assert "owner" in kept["body"]
    assert yaml.safe_load(kept["body"])["spec"]["description"] == "A promise,\nkept"
    status = visitor.server.status("shop", events=7 * 1_440 * 100)
    assert (status["total"], status["target"]) == (7 * 1_440 * 100, 0.995)


def test_going_back_loses_nothing(visitor):
    """What was typed at a step is there after going back and forth, also what was not finished."""
    given(visitor)
    visitor.press("Next: what counts as good")
    visitor.press("Next: the target", window="30d", method="Timeslices", slice_target="90")
    visitor.press("Back", target="97.3")
    assert 'value="90"' in visitor.html
    assert '<option value="30d" selected' in visitor.html
    visitor.press("Next: the target")
    assert 'value="97.3"' in visitor.html


@pytest.mark.parametrize("place", ["9" * 5_000, "-1", "٣", "1e9", "<b>"])
def test_a_slider_that_stands_nowhere_moves_nothing(visitor, place):
    """An address can say anything."""
    given(visitor)
    visitor.press("Next: what counts as good")
    visitor.press("Next: the target", window="7d")
    visitor.go(f"{visitor.at}&target=99&was=1&place={quote(place)}")
    assert (visitor.status, 'value="99"' in visitor.html) == (200, True)


@pytest.mark.parametrize(
    ("step", "field", "typed", "said"),
    [
        ("sli", "slice_target", {"method": "Timeslices", "slice_target": "140"}, "no share to keep"),
        ("sli", "slice", {"method": "Timeslices", "slice": "soon"}, "no length of time"),
        ("sli", "zone", {"window": "1M", "zone": "Mars/Olympus"}, "no time zone"),
        ("target", "target", {"target": "<b>all</b>"}, "no number"),
        ("target", "target", {"target": "100"}, "no share to keep"),
        ("target", "target", {"target": "1e999999"}, "no number"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field_and_kept(visitor, step, field, typed, said):
    """With what helps, and the text as it was typed."""
    given(visitor)
    visitor.press("Next: what counts as good")
    if step == "target":
        visitor.press("Next: the target")
    visitor.press("Next: the target" if step == "sli" else "Next: alerts", **typed)
    assert visitor.status == 422
    assert said in fault(visitor.html, field)
    assert f'value="{typed[field].replace("<", "&lt;").replace(">", "&gt;")}"' in visitor.html
    assert f"{field}-fault" in visitor.html


@pytest.mark.parametrize("slo", ["", "Shop Front", "-", "x" * 64, "../../etc"])
def test_a_name_that_is_none_is_refused(visitor, slo):
    """Before anything is saved."""
    given(visitor)
    visitor.press("Next: what counts as good")
    visitor.press("Next: the target")
    visitor.press("Next: alerts")
    visitor.press("Next: its name")
    visitor.press("Next: look at it all", slo=slo, service="bar")
    assert visitor.status == 422
    assert "name" in fault(visitor.html, "slo")


def test_a_name_that_stands_already_is_refused_also_at_the_last_moment(visitor):
    """Whoever was faster has it; nothing of theirs changes."""
    given(visitor)
    answers = {"way": "file", "past": visitor.asked["past"], "target": "99", "slo": "shop", "service": "bar"}
    visitor.go(f"/new?{urlencode({'step': 'review', **answers})}")
    first = Visitor(visitor.server)
    first.go(f"/new?{urlencode({'step': 'review', **answers, 'target': '95'})}")
    first.press("Save it alone")
    visitor.press("Save it alone")
    assert visitor.status == 422
    assert "stands already" in fault(visitor.html, "slo")
    assert "0.95" in json.loads(visitor.server.ask("GET", "/api/v1/documents/SLO/shop")[1])["body"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("when,what\n1,2\n", "time"),
        ("time,slo,good,total\n\0", "no row"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_text_kept(visitor, content, said):
    """It says what is wrong; one that has no row says so."""
    visitor.go("/new")
    visitor.press("Read it", text=content)
    assert said in visitor.text.lower()
    if visitor.status == 422:
        assert fault(visitor.html, "text")
        assert content.split("\n", 1)[0] in visitor.html


def test_what_is_odd_about_the_data_is_said_before_it_is_used(visitor):
    """More good than there was, a gap, and that nothing ever failed."""
    content = (
        csv(gap=range(600, 900)).replace(",70,100", ",100,100").replace(f"{NOW - 60},shop,100", f"{NOW - 60},shop,200")
    )
    given(visitor, content)
    assert "1 row set aside" in visitor.text
    assert "the longest gap lasts 5 hours" in visitor.text
    assert "Not one bad event" in visitor.text


def test_names_of_a_file_run_nowhere(visitor):
    """They are text, wherever they stand."""
    evil = "<script>alert(1)</script>"
    given(visitor, csv(evil) + csv("other").split("\n", 1)[1])
    assert evil not in visitor.html
    visitor.press("Show", series=evil)
    assert visitor.asked["series"] == evil
    assert evil not in visitor.html
    visitor.press("Next: what counts as good")
    visitor.press("Next: the target")
    visitor.press("Next: alerts")
    assert evil not in visitor.html


def test_what_nobody_looked_at_for_an_hour_is_forgotten_and_said_so(visitor):
    """The other answers stay."""
    given(visitor)
    past = visitor.asked["past"]
    visitor.server.pass_time(3_700)
    visitor.go(f"/new?{urlencode({'step': 'target', 'way': 'file', 'past': past, 'window': '7d'})}")
    assert visitor.status == 422
    assert "kept for an hour" in visitor.text
    assert 'name="window" value="7d"' in visitor.html or "window=7d" in visitor.html


def test_what_will_be_pushed_needs_no_past(visitor):
    """Values with a threshold; the target is typed, there is nothing to try it on."""
    visitor.go("/new")
    visitor.press("Go on without a past")
    visitor.press("Next: what counts as good", pushes="values")
    visitor.press("Next: the target", threshold="0.3")
    assert "There is no past to try it on" in visitor.text
    visitor.press("Next: alerts", target="99")
    visitor.press("Next: its name")
    visitor.press("Next: look at it all", slo="quick", service="shop")
    visitor.press("Save it")
    assert (visitor.status, visitor.at) == (200, "/slos/quick")
    assert "thresholdMetric" in json.loads(visitor.server.ask("GET", "/api/v1/documents/SLO/quick")[1])["body"]


def test_forms_of_elsewhere_do_nothing(visitor):
    """Without the proof of a page of ours nothing is asked, read or saved."""
    visitor.go("/new")
    for at in ("source", "read", "save"):
        visitor.send(f"/forms/new/{at}", "way=push&do=next", "application/x-www-form-urlencoded")
        assert visitor.status == 403
    body = '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\ntime\r\n--x--\r\n'
    visitor.send("/forms/new/file", body, "multipart/form-data; boundary=x")
    assert visitor.status == 403
    visitor.send("/forms/new/file", "no form at all", "text/plain")
    assert visitor.status == 400


def test_the_wizard_is_found_from_the_lists(shop):
    """From the list of SLOs and from the palette."""
    assert 'href="/new"' in page(shop, "/slos")[1]
    assert 'href="/new"' in page(shop, "/find?q=new")[1]


def test_counts_of_a_slider_are_those_of_a_backtest():
    """Whom a target would have told is counted on the prepared past exactly as `leeway suggest` counts it."""
    from fractions import Fraction

    from leeway.formats.points import Owner, Table
    from leeway.lab.rehearsal import Rehearsal
    from leeway.lab.suggest import draft, series_of
    from leeway.lab.suggest.woken import woken
    from leeway.spec.duration import Duration, Unit

    dice = np.random.default_rng(7)
    time_ = NOW - 60 * np.arange(20 * 1_440, 0, -1, dtype=np.int64)
    total = dice.poisson(40, len(time_)).astype(float)
    share = np.full(len(time_), 0.001)
    for begin in dice.integers(0, len(time_) - 200, 6):
        share[begin : begin + 90] = 0.3
    bad = dice.binomial(total.astype(int), share).astype(float)
    (series,) = series_of(Table.of_one(Owner("shop"), time_, good=total - bad, total=total))
    window = Duration(7, Unit.DAY)
    rehearsal = Rehearsal.of(draft(Owner("slo"), Fraction(1, 2), window, None), series)
    for target in (Fraction(9, 10), Fraction(99, 100), Fraction(995, 1000), Fraction(999, 1000)):
        assert rehearsal.woken(target) == woken(series, draft(Owner("shop"), target, window, None))
    assert any(rehearsal.woken(target).pages for target in (Fraction(99, 100), Fraction(999, 1000)))


def test_an_address_is_probed_once_before_and_each_minute_after_it_is_saved(tmp_path):
    """A real site: what it answered is shown; what the probe does not understand is told at its field."""
    with receiving() as site, served(tmp_path / "data", allow=frozenset({f"127.0.0.1:{site.port}"})) as server:
        visitor = Visitor(server)
        visitor.go("/new")
        visitor.press("Probe it", site="here")
        assert fault(visitor.html, "site")
        visitor.press("Probe it", site=site.url)
        site.answer = with_status(200, b"all is well")
        visitor.press("Ask it now", contains="all is well", within="9000,5")
        assert "slowest answer 200" in visitor.text
        assert "1 of 1" not in visitor.text
        visitor.press("Ask it now", status="2xx")
        assert "is no status" in fault(visitor.html, "status")
        visitor.press("Ask it now", status="", within="fast")
        assert "is no number" in fault(visitor.html, "within")
        assert 'value="fast"' in visitor.html
        visitor.press("Next: how it is counted", within="9000", every="0.2")
        assert "is too little" in fault(visitor.html, "every")
        site.answer = with_status(503)
        visitor.press("Ask it now", within="9000", every="", contains="")
        assert "1 of 1: answered 503" in visitor.text
        site.answer = with_status(200)
        visitor.press("Next: how it is counted")
        visitor.press("Next: the target", window="7d")
        visitor.press("Next: alerts", target="99")
        visitor.press("Next: its name")
        visitor.press("Next: look at it all", slo="shop", service="bar")
        assert "type: http_probe" in visitor.text
        assert "latency_ms: 9000" in visitor.text
        visitor.press("Save it")
        assert (visitor.status, visitor.at) == (200, "/slos/shop")
        assert server.status("shop", events=1)["sli"] == 1


def test_an_address_that_no_administrator_listed_is_not_probed(visitor):
    """It is said at its field, with what helps, and nothing was asked."""
    with receiving() as site:
        visitor.go("/new")
        visitor.press("Probe it", site=site.url)
        visitor.press("Ask it now")
        assert "--allow-hosts" in visitor.text
        assert fault(visitor.html, "site")
        assert site.came == []
