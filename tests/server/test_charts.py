"""What charts are drawn from, over a real socket from a real engine."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from tests.server.serving import HOUR, NOW, slo

from leeway.client import Client, as_json
from leeway.client.charts import AnnotationWish, Chart
from leeway.clock import SystemClock
from leeway.engine.charts import METRICS
from leeway.errors import NotFound


def asked(server, path, status=200, **query):
    response, body = server.ask("GET", f"/api/v1/slos/{path}?{urlencode(query)}")
    told = json.loads(body)
    assert response.status == status, told
    return told


def ask(server, work):
    async def run():
        async with Client(server.url, SystemClock(), token=server.token) as client:
            return await work(client)

    return asyncio.run(run())


def test_the_chart_ends_with_what_the_status_says(shop):
    """Every metric of the last moment is the number of the list, over the SLO's own window."""
    told = asked(shop, "checkout/series", metrics=",".join(METRICS), max_points=50_000)
    [now] = asked(shop, "checkout/status")["items"]
    last = {name: column[-1] for name, column in told["series"].items()}
    assert last["at"] == NOW
    assert last["remaining"] == pytest.approx(now["budget"]["remaining_ratio"])
    assert last["burn_down"] == pytest.approx(now["budget"]["remaining_ratio"])
    assert last["window_sli"] == pytest.approx(now["sli"])
    assert last["coverage"] == pytest.approx(now["coverage"])
    assert {name: last[f"burn_{name}"] for name in now["burn_rates"]} == pytest.approx(now["burn_rates"])
    assert (last["good"], last["bad"], last["total"], last["sli"]) == (95, 5, 100, 0.95)
    assert (told["step_s"], told["thinned"], told["unit"], len(told["series"]["at"])) == (60, False, "events", 1_441)
    assert (told["window"], told["start"]) == (
        {"start": now["window"]["start"], "end": now["window"]["end"]},
        now["window"]["start"],
    )


@pytest.mark.parametrize(
    "window",
    [
        "[{duration: 4h, isRolling: true}]",
        "[{duration: 1d, isRolling: false, calendar: {startTime: 2026-01-01 03:00:00, timeZone: Asia/Tokyo}}]",
    ],
)
def test_the_window_before_is_drawn_as_long_after_its_start(fresh, window):
    """Its curve is the one that was asked for when it ended, and has no more than it had minutes."""
    text = slo("checkout").replace("[{duration: 1d, isRolling: true}]", window)
    files = json.dumps({"files": [{"file": "a.yaml", "text": text}]})
    assert fresh.ask("POST", "/api/v1/apply", files, fresh.bearer)[0].status == 200
    rows = [
        {"slo": "checkout", "time": NOW - 60 * ago, "good": 100 - ago % 7, "total": 100} for ago in range(1, 48 * 60)
    ]
    assert fresh.ask("POST", "/api/v1/push", json.dumps(rows), fresh.bearer)[0].status == 200
    fresh.pass_time(10)
    wanted = {"max_points": 50_000}
    now = asked(fresh, "checkout/series", metrics="burn_down,burn_down_before", **wanted)
    end = datetime.fromisoformat(now["window"]["start"])
    last = end if "isRolling: true" in window else end - timedelta(minutes=1)
    then = asked(fresh, "checkout/series", metrics="burn_down", to=int(last.timestamp()), **wanted)
    assert then["window"]["end"] == now["window"]["start"]
    found, ended = now["series"]["burn_down_before"], then["series"]["burn_down"]
    pairs = [(one, other) for one, other in zip(found, ended, strict=False) if one is not None]
    assert len(pairs) > 60
    assert [one for one, _ in pairs] == pytest.approx([other for _, other in pairs], rel=2e-3)
    assert found != now["series"]["burn_down"]


def test_what_is_not_known_is_null_and_told_as_a_gap(shop):
    """Before the first row; the gap of what is known begins with the first row ever."""
    told = asked(shop, "checkout/series", metrics="remaining,total,burn_1h", max_points=50_000)["series"]
    born = told["at"].index(NOW - 600 * 60)
    assert told["remaining"][: born + 1] == [None] * (born + 1)
    assert None not in told["remaining"][born + 1 :]
    assert told["total"][born] is None
    assert told["total"][born + 1] == 100
    unseen = asked(shop, "unseen/series", metrics="remaining,total")
    assert set(unseen["series"]["remaining"] + unseen["series"]["total"]) == {None}
    assert unseen["unknown"] == []


def test_a_coarser_step_adds_up(shop):
    """By the hour: sixty minutes of a hundred events."""
    told = asked(shop, "checkout/series", metrics="total,bad", step=3600, **{"from": NOW - 8 * HOUR, "to": NOW})
    assert told["step_s"] == 3600
    assert told["series"]["total"][1:] == [6_000] * (len(told["series"]["at"]) - 1)
    assert told["series"]["bad"][1:] == [300] * (len(told["series"]["at"]) - 1)


def test_a_thinned_chart_says_so_and_keeps_the_extremes(shop):
    """The bad minutes of greeting, one in a hundred, are all there."""
    whole = asked(shop, "greeting/series", metrics="bad", max_points=50_000)["series"]
    thin = asked(shop, "greeting/series", metrics="bad", max_points=100)
    assert thin["thinned"]
    assert len(thin["series"]["at"]) <= 100
    bad = [at for at, count in zip(whole["at"], whole["bad"], strict=True) if count]
    assert len(bad) == 6
    assert bad == [at for at, count in zip(thin["series"]["at"], thin["series"]["bad"], strict=True) if count]


def test_a_chart_has_thresholds_the_even_line_and_the_document_of_the_client(shop):
    """The default policies of a day's window; packed or not, and as the typed client reads it."""
    told = asked(shop, "checkout/series")
    assert {(one["severity"], one["long_s"]) for one in told["thresholds"]} >= {("page", 3_600), ("ticket", 86_400)}
    assert told["ideal"] == [
        {"at": told["window"]["start"], "remaining": 1.0},
        {"at": told["window"]["end"], "remaining": 0.0},
    ]
    assert as_json(Chart.model_validate(told)) == told
    assert as_json(ask(shop, lambda client: client.series("checkout"))) == told
    packed, body = shop.ask("GET", "/api/v1/slos/checkout/series", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body)) == told


def test_as_known_before_the_points_came_nothing_is_known(shop):
    """The points were pushed at NOW."""
    told = asked(shop, "checkout/series", known_at=NOW - 1)
    assert set(told["series"]["remaining"]) == {None}
    assert told["unknown"] == []


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"metrics": "remaning"}, "metrics"),
        ({"metrics": ",".join(METRICS), "max_points": 10}, "max_points"),
        ({"step": 90}, "step"),
        ({"from": NOW, "to": NOW - 60}, "from, to"),
        ({"to": "yesterday"}, "to"),
    ],
)
def test_a_chart_that_cannot_be_drawn_is_refused_with_the_part_at_fault(shop, query, place):
    """And with a mend."""
    response, body = shop.ask("GET", f"/api/v1/slos/checkout/series?{urlencode(query)}")
    told = json.loads(body)
    assert response.status in (400, 422)
    assert (told["place"], bool(told["mend"])) == (place, True)
    assert asked(shop, "checkout/series", 404, objective="9")["mend"]


def test_an_annotation_is_written_shown_on_the_chart_and_taken_away(fresh):
    """A moment and a span; text stays as it was written."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    wish = AnnotationWish(text="<b>release</b> 42 ✓", by="ann")
    made = ask(fresh, lambda client: client.annotate("checkout", wish))
    assert (made.text, made.by, made.end, made.start.timestamp()) == (wish.text, "ann", None, NOW)
    later = {"text": "move", "by": "bob", "start": "2026-09-20T00:00:00Z", "end": "2026-09-21T00:00:00Z"}
    span = json.loads(fresh.ask("POST", "/api/v1/slos/checkout/annotations", json.dumps(later), fresh.bearer)[1])
    assert [one["number"] for one in asked(fresh, "checkout/series")["annotations"]] == [span["number"], made.number]
    listed = asked(fresh, "checkout/annotations", sort="-at", limit=1)
    assert [one["number"] for one in listed["items"]] == [made.number]
    assert [one.number for one in ask(fresh, lambda client: client.annotations("checkout", end=str(NOW - HOUR)))] == [
        span["number"]
    ]
    assert ask(fresh, lambda client: client.remove_annotation("checkout", made.number)) == made
    with pytest.raises(NotFound):
        ask(fresh, lambda client: client.remove_annotation("checkout", made.number))


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 2_001}, "text"),
        ({"by": ""}, "by"),
        ({"start": "2026-09-20T00:00:00Z", "end": "2026-09-20T00:00:00Z"}, "end"),
        ({"start": "2026-09-20T00:00:00"}, "start"),
    ],
)
def test_an_annotation_that_says_nothing_or_ends_before_it_begins_is_refused(fresh, wrong, place):
    """With the part at fault; nothing is kept."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    body = json.dumps({"text": "release", "by": "ann", **wrong})
    response, told = fresh.ask("POST", "/api/v1/slos/checkout/annotations", body, fresh.bearer)
    assert (response.status in (400, 422), json.loads(told)["place"]) == (True, place)
    assert asked(fresh, "checkout/annotations")["items"] == []


def test_the_ledger_adds_up_to_the_budget(shop, fresh):
    """An outage is a burn that goes on; what burns evenly is background."""
    even = asked(shop, "checkout/ledger")
    assert (even["items"], even["background"]) == ([], {"spent": 3_000.0, "ratio": 0.5})
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    rows = [
        {"slo": "checkout", "time": NOW - 60 * ago, "good": 0 if ago <= 20 else 99, "total": 100}
        for ago in range(1, 201)
    ]
    assert fresh.ask("POST", "/api/v1/push", json.dumps(rows), fresh.bearer)[0].status == 200
    told = asked(fresh, "checkout/ledger")
    [burn] = told["items"]
    assert (burn["end"], burn["recovered_alone"], burn["spent"], burn["lasts_s"]) == (None, None, 2_000.0, 1_200)
    assert burn["spent"] + told["background"]["spent"] == told["budget"]["consumed"] == 2_180
    assert as_json(ask(fresh, lambda client: client.ledger("checkout"))) == told
    assert asked(fresh, "checkout/ledger", as_of=NOW - 30 * 60)["budget"]["consumed"] == 170


def test_days_and_hours_of_the_week_add_up_to_the_budget(shop):
    """All that was ever spent lies in them; as the typed client reads them."""
    days, week = asked(shop, "search/days", zone="Europe/Berlin"), asked(shop, "search/hours")
    assert sum(one["spent"] for one in days["items"]) == sum(one["spent"] for one in week["items"]) == 12_000
    assert (days["zone"], week["zone"], len(week["items"])) == ("Europe/Berlin", "UTC", 168)
    assert {one["state"] for one in days["items"]} == {"unknown", "over"}
    assert as_json(ask(shop, lambda client: client.days("search", zone="Europe/Berlin"))) == days
    assert as_json(ask(shop, lambda client: client.hours("search"))) == week
    response, body = shop.ask("GET", "/api/v1/slos/search/days?zone=Europe/Berlim")
    assert (response.status, json.loads(body)["place"]) == (422, "zone")


def test_other_targets_are_tried_on_the_past(shop):
    """checkout fails one in twenty: 90 % has half left, 95 % nothing, 97 % was missed; over its ten hours."""
    told = asked(shop, "checkout/target", targets="0.9,0.95,0.97", window="6h")
    assert [(one["target"], one["met"], one["missed"]) for one in told["items"]] == [
        (0.9, True, 0),
        (0.95, True, 0),
        (0.97, False, 241),
    ]
    assert [one["spent_ratio"] for one in told["items"]] == pytest.approx([0.5, 1, 5 / 3])
    assert [one["worst_remaining"] for one in told["items"]] == pytest.approx([0.5, 0, -2 / 3])
    assert (told["full"], told["window_s"], told["curve_of"]) == (True, 6 * HOUR, 0.9)
    assert told["series"]["remaining"][-1] == 0.5
    assert 0.9 in [one["target"] for one in asked(shop, "checkout/target")["items"]]
    assert not asked(shop, "checkout/target")["full"]
    assert as_json(ask(shop, lambda client: client.targets("checkout", [0.9, 0.95, 0.97], window="6h"))) == told


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"targets": "0.9,x"}, "targets"),
        ({"targets": "1/0"}, "targets"),
        ({"targets": "1"}, "targets"),
        ({"targets": "-0.5"}, "targets"),
        ({"targets": "1e-999999999"}, "targets"),
        ({"window": "90s"}, "window"),
        ({"window": "soon"}, "window"),
        ({"threshold": 3}, "threshold"),
        ({"from": NOW, "to": NOW - 60}, "from, to"),
    ],
)
def test_a_target_that_is_none_is_refused(shop, query, place):
    """With the part at fault and a mend."""
    response, body = shop.ask("GET", f"/api/v1/slos/checkout/target?{urlencode(query)}")
    told = json.loads(body)
    assert (response.status in (400, 422), told["place"], bool(told["mend"])) == (True, place, True)


@pytest.mark.parametrize("path", ["series?", "ledger?", "hours?", "target?", "annotations?"])
@pytest.mark.parametrize("query", ["from=-1e10&to=-1e9", "as_of=-1e10", "from=0&to=9e10", "to=0", "known_at=-9e10"])
def test_a_time_at_the_end_of_the_world_is_answered_or_refused(shop, path, query):
    """Whatever is asked of a parameter that is not known there, it is no defect."""
    assert shop.ask("GET", f"/api/v1/slos/checkout/{path}{query}")[0].status in (200, 400, 422)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"])
def test_an_annotation_of_another_age_is_refused(shop, time):
    """No calendar reaches there."""
    body = json.dumps({"text": "release", "by": "ann", "start": time})
    response, told = shop.ask("POST", "/api/v1/slos/checkout/annotations", body, shop.bearer)
    assert (response.status, json.loads(told)["place"]) == (400, "start")


def test_the_data_of_an_slo_is_shown_with_what_was_set_aside(fresh):
    """What was pushed, what was refused and why; as the typed client reads it."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)
    right = [{"slo": "checkout", "time": NOW - 60 * ago, "good": 9, "total": 10} for ago in range(1, 61)]
    wrong = [{"slo": "checkout", "time": NOW - 120, "good": 11, "total": 10}]
    assert fresh.ask("POST", "/api/v1/push", json.dumps(right + wrong), fresh.bearer)[0].status == 200
    told = asked(fresh, "checkout/data", limit=2)
    assert (told["coverage"], told["minutes"], told["gaps"], told["corrected"]) == (1, 60, [], 0)
    assert [(one["reason"], one["rows"]) for one in told["quarantined"]] == [("more-than-total", 1)]
    [example] = told["examples"]
    assert (example["numbers"], example["at_fault"]) == ({"good": 11, "total": 10}, ["good", "total"])
    assert [(one["good"], one["total"], one["stands"]) for one in told["newest"]] == [(9, 10, True)] * 2
    assert (told["source"]["source"], told["readings"], told["distribution"]) == ("push", [], None)
    assert as_json(ask(fresh, lambda client: client.data("checkout", limit=2))) == told
    assert asked(fresh, "checkout/data", limit=0)["newest"] == []


def test_what_a_fleet_spent_by_day_is_what_each_calendar_says(shop):
    """Day by day, of every objective at once: the same bad events, as a share of what the present window allows."""
    midnight = NOW // (24 * HOUR) * 24 * HOUR
    edges = [midnight - 24 * HOUR, midnight, midnight + 24 * HOUR]
    wanted = {("search", "0"), ("greeting", "fast"), ("unseen", "0"), ("nobody", "0")}
    work = shop.engine.charts.spent(wanted, edges)
    found = asyncio.run_coroutine_threadsafe(work, shop.loop).result(20)
    assert found.keys() == wanted - {("nobody", "0")}
    today = found["search", "0"][1]
    calendar = asked(shop, "search/days")["items"][-1]
    budget = asked(shop, "search/status")["items"][0]["budget"]
    assert today.ratio == pytest.approx(calendar["spent"] / budget["allowed"])
    assert today.burn_rate == pytest.approx(2.0)
    assert [one.burn_rate for one in found["unseen", "0"]] == [None, None]
