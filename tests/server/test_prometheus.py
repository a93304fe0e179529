"""The read interface of Prometheus: what its own tools ask of a running server, and what they are told."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.server.serving import NOW, points, slo

from leeway.engine.series import parse

ROOT = "/api/v1/prom"


def promtool(server, *question):
    """What Prometheus' own tool prints."""
    program = shutil.which("promtool") or Path(__file__).parents[2] / ".tools/debian/usr/bin/promtool"
    if not os.access(program, os.X_OK):
        pytest.skip("no program `promtool` on PATH or in .tools; `apt-get install prometheus` brings it")
    kind, *rest = question
    told = subprocess.run(
        [program, "query", kind, server.url + ROOT, *rest], capture_output=True, text=True, timeout=30
    )
    return told.returncode, (told.stdout + told.stderr).strip().splitlines()


@pytest.mark.server
def test_promtool_reads_the_budget_of_an_instant(shop):
    """The same numbers as `leeway budget`, with labels in order."""
    name = "leeway_error_budget_remaining_ratio"
    code, lines = promtool(shop, "instant", f'{name}{{service="shop"}}', "--time", str(NOW))
    assert (code, lines) == (
        0,
        [
            f'{name}{{objective="0", service="shop", slo="checkout"}} => 0.5 @[{NOW}]',
            f'{name}{{objective="0", service="shop", slo="search"}} => -1 @[{NOW}]',
        ],
    )


def ask(server, path, method="GET", **parameters):
    """Status and document of one question."""
    form = urlencode(parameters, doseq=True)
    if method == "GET":
        answer, body = server.ask("GET", f"{ROOT}/api/v1/{path}?{form}")
    else:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer, body = server.ask("POST", f"{ROOT}/api/v1/{path}", form, kind)
    return answer.status, json.loads(body)


def test_a_question_by_post_needs_no_token(shop):
    """Grafana asks so; nothing below this address writes."""
    assert ask(shop, "query", "POST", query="1+1", time=NOW) == (
        200,
        {"status": "success", "data": {"resultType": "scalar", "result": [NOW, "2"]}},
    )


@pytest.mark.server
def test_promtool_reads_ranges_series_and_labels(shop):
    """Every quarter of the last half hour, the series of an SLO, and the names of all SLOs."""
    span = ("--start", str(NOW - 1800), "--end", str(NOW), "--step", "15m")
    code, lines = promtool(shop, "range", 'leeway_bad_in_window{slo="checkout"}', *span)
    assert code == 0
    assert lines[1:] == [f"2850 @[{NOW - 1800}]", f"2925 @[{NOW - 900}]", f"3000 @[{NOW}]"]
    code, lines = promtool(shop, "series", '--match=leeway_sli_interval_ratio{slo="search"}')
    own = 'objective="0", service="shop", slo="search"'
    assert lines == [f'{{__name__="leeway_sli_interval_ratio", bound="{bound}", {own}}}' for bound in ("high", "low")]
    assert promtool(shop, "labels", "slo") == (0, ["checkout", "greeting", "search", "unseen"])


@pytest.mark.server
def test_promtool_is_told_what_is_not_supported_and_where(shop):
    """As any fault of an expression."""
    code, lines = promtool(shop, "instant", "sum(leeway_sli_ratio) + rate(leeway_sli_ratio[5m])")
    assert code != 0
    assert "bad_data" in lines[0]
    assert "1:25: parse error: the function rate() is not supported" in lines[0]


def matrix(server, query, **span):
    """Moments and numbers of the one series of a range."""
    status, told = ask(server, "query_range", query=query, **span)
    assert status == 200, told
    [one] = told["data"]["result"]
    return [(at, float(value)) for at, value in one["values"]]


@pytest.mark.parametrize("name", ["checkout", "greeting"])
def test_the_past_is_that_of_the_budget_as_of_each_moment(shop, name):
    """What `budget?as_of=` says, at every step: sums, ratios, the interval, burn rates, state."""
    step, start = 2_220, NOW - 40_000 // 60 * 60
    span = {"start": start, "end": NOW, "step": step}
    told = {}
    for series in ask(shop, "query_range", query=f'{{slo="{name}"}}', **span)[1]["data"]["result"]:
        labels = series["metric"]
        extra = next((labels[key] for key in ("bound", "span", "state") if key in labels), "")
        told[labels["__name__"], labels["objective"], extra] = dict(map(tuple, series["values"]))
    for at in range(start, NOW + 1, step):
        _, body = shop.ask("GET", f"/api/v1/slos/{name}/budget?as_of={at}")
        for one in json.loads(body)["items"]:
            budget, interval, own = one["budget"], one["interval"] or {}, one["objective"]
            expected = {
                ("leeway_target_ratio", ""): one["target"],
                ("leeway_sli_ratio", ""): one["sli"],
                ("leeway_sli_interval_ratio", "low"): interval.get("low"),
                ("leeway_sli_interval_ratio", "high"): interval.get("high"),
                ("leeway_error_budget_remaining_ratio", ""): budget["remaining_ratio"],
                ("leeway_error_budget_consumed_ratio", ""): budget["consumed_ratio"],
                ("leeway_error_budget_exhaustion_seconds", ""): one["time_to_exhaustion_s"],
                ("leeway_good_in_window", ""): one["good"],
                ("leeway_bad_in_window", ""): one["bad"],
                ("leeway_total_in_window", ""): one["total"],
                ("leeway_coverage_ratio", ""): one["coverage"],
                **{("leeway_burn_rate", length): rate for length, rate in one["burn_rates"].items()},
                **{
                    ("leeway_state", state): float(state == one["state"])
                    for state in ("healthy", "at_risk", "exhausted", "no_data")
                },
            }
            for (series, extra), number in expected.items():
                found = told.get((series, own, extra), {}).get(at)
                both = [math.nan if each is None else float(each) for each in (found, number)]
                assert both[0] == pytest.approx(both[1], rel=1e-9, abs=1e-9, nan_ok=True), (series, extra, at)


def test_eleven_thousand_steps_are_one_question_and_offset_shifts_them(shop):
    """All steps of a minute; an hour before, an hour earlier."""
    span = {"start": NOW - 10_999 * 60, "end": NOW, "step": 60}
    name = 'leeway_total_in_window{slo="checkout"}'
    now, before = matrix(shop, name, **span), matrix(shop, f"{name} offset 1h", **span)
    assert len(now) == len(before) == 11_000
    assert [number for _, number in before[60:]] == [number for _, number in now[:-60]]


def test_nothing_is_told_of_the_future(shop):
    """For five minutes the newest values stand, as with Prometheus; after that there is nothing."""
    told = matrix(shop, 'leeway_sli_ratio{slo="checkout"}', start=NOW - 60, end=NOW + 3600, step=60)
    assert [at for at, _ in told] == list(range(NOW - 60, NOW + 301, 60))


def test_times_that_no_calendar_reaches_are_answered(fresh):
    """Of a calendar window too: nothing is known there, and nothing breaks."""
    text = slo("checkout").replace(
        "{duration: 1d, isRolling: true}",
        "{duration: 1M, isRolling: false, calendar: {startTime: '2024-01-01 00:00:00', timeZone: Europe/Berlin}}",
    )
    wish = {"files": [{"file": "a.yaml", "text": text}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(wish), fresh.bearer)[0].status == 200
    rows = points("checkout", 1, 1, range(1, 9))
    asyncio.run_coroutine_threadsafe(fresh.engine.push(rows, None), fresh.loop).result(20)
    span = {"start": -99_999_999_999, "end": 99_999_999_999, "step": 40_000_000}
    told = matrix(fresh, 'leeway_state{state="no_data"}', **span)
    assert told[0] == (-99_999_999_999, 1.0)
    assert told[-1][0] < NOW
    for query in ("leeway_state offset 290y", "leeway_state offset -290y", "leeway_state offset 99999999999y"):
        assert ask(fresh, "query", query=query)[0] in {200, 400}


def test_what_has_to_be_left_out_of_a_range_is_told(fresh):
    """Slices of a day are judged for one moment at a time: few moments are answered, many are not, and that is said."""
    daily = "[{displayName: d, target: 0.9, timeSliceTarget: 0.9, timeSliceWindow: 1d}]"
    texts = (
        slo("checkout"),
        slo("daily", objectives=daily, method="Timeslices").replace("duration: 1d", "duration: 7d"),
    )
    wish = {"files": [{"file": "a.yaml", "text": "---\n".join(texts)}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(wish), fresh.bearer)[0].status == 200
    for name in ("checkout", "daily"):
        rows = points(name, 9, 10, range(1, 3 * 1440))
        asyncio.run_coroutine_threadsafe(fresh.engine.push(rows, None), fresh.loop).result(20)
    query = 'sum by (slo) (leeway_total_in_window{slo=~"checkout|daily"})'
    few = ask(fresh, "query_range", query=query, start=NOW - 3600, end=NOW, step=600)[1]
    assert ({one["metric"]["slo"] for one in few["data"]["result"]}, few.get("warnings")) == (
        {"checkout", "daily"},
        None,
    )
    [_, daily] = few["data"]["result"]
    _, body = fresh.ask("GET", f"/api/v1/slos/daily/budget?as_of={NOW - 3600}")
    assert float(daily["values"][0][1]) == json.loads(body)["items"][0]["total"]
    many = ask(fresh, "query_range", query=query, start=NOW - 36_000, end=NOW, step=60)[1]
    assert {one["metric"]["slo"] for one in many["data"]["result"]} == {"checkout"}
    assert "daily" in many["warnings"][0]


def test_late_data_is_in_the_past_that_is_told(fresh):
    """What a moment shows is what is known of it now."""
    wish = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(wish), fresh.bearer)[0].status == 200

    def push(batch):
        asyncio.run_coroutine_threadsafe(fresh.engine.push(batch, None), fresh.loop).result(20)

    span = {"start": NOW - 3000, "end": NOW - 600, "step": 600}
    push(points("checkout", 100, 100, range(1, 61)))
    assert {number for _, number in matrix(fresh, "leeway_sli_ratio", **span)} == {1.0}
    push(points("checkout", 0, 100, range(50, 51)))
    changed = matrix(fresh, "leeway_sli_ratio", **span)
    assert changed[0] == (NOW - 3000, 1.0)
    assert changed[1] == (NOW - 2400, pytest.approx(19 / 20))


def test_alerts_and_rules_are_those_of_the_policies_in_force(fresh):
    """Before anything burns all rules are inactive; then the alert is in rules, alerts, series and metrics."""
    wish = {"files": [{"file": "a.yaml", "text": slo("checkout", objectives="[{target: 0.99}]")}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(wish), fresh.bearer)[0].status == 200
    groups = ask(fresh, "rules")[1]["data"]["groups"]
    assert [(one["name"], {rule["state"] for rule in one["rules"]}) for one in groups] == [("checkout", {"inactive"})]
    assert ask(fresh, "alerts")[1]["data"] == {"alerts": []}
    burning = points("checkout", 0, 1000, range(1, 121))
    asyncio.run_coroutine_threadsafe(fresh.engine.push(burning, None), fresh.loop).result(20)
    for _ in range(50):
        fresh.pass_time(5)
        if ask(fresh, "alerts")[1]["data"]["alerts"]:
            break
        time.sleep(0.1)  # a look is made beside the loop
    up = ask(fresh, "alerts")[1]["data"]["alerts"]
    assert "page" in {one["labels"]["severity"] for one in up}
    firing = [rule for one in ask(fresh, "rules")[1]["data"]["groups"] for rule in one["rules"] if rule["alerts"]]
    assert sorted(alert["labels"]["alertname"] for rule in firing for alert in rule["alerts"]) == sorted(
        one["labels"]["alertname"] for one in up
    )
    for rule in firing:
        assert parse(rule["query"])
        [line] = ask(fresh, "query", query=rule["query"])[1]["data"]["result"]
        assert (line["metric"]["policy"], line["value"][1]) == (rule["name"], "1")
    scraped = fresh.ask("GET", "/metrics")[1].decode()
    assert len(re.findall(r"^leeway_alert_up\{.*\} 1\.0$", scraped, re.MULTILINE)) == len(up)
    assert ask(fresh, "query", query="leeway_alert_up", time=NOW - 600)[1]["data"]["result"] == []


DASHBOARDS = sorted((Path(__file__).parents[2] / "docs" / "grafana").glob("*.json"))
VARIABLES = {"service": ".*", "slo": "greeting", "objective": ".*", "severity": ".*"}


@pytest.mark.parametrize("page", DASHBOARDS, ids=lambda page: page.stem)
def test_every_expression_of_a_dashboard_is_answered(shop, page):
    """As Grafana asks: at one moment or over the dashboard's time, with every variable filled in."""
    dashboard = json.loads(page.read_text())
    asked = [target for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(asked) >= 5
    for target in asked:
        expression = re.sub(r"\$(\w+)", lambda found: VARIABLES[found[1]], target["expr"])
        path, when = (
            ("query", {"time": NOW})
            if target.get("instant")
            else (
                "query_range",
                {"start": NOW - 86_400, "end": NOW, "step": 900},
            )
        )
        status, told = ask(shop, path, "POST", query=expression, **when)
        assert (status, told["status"]) == (200, "success"), (expression, told)
        quiet = "leeway_alert_up" in expression or "no_data" in expression or "> 1" in expression
        assert told["data"]["result"] or quiet, expression
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            chosen, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
            chosen = re.sub(r"\$(\w+)", lambda found: VARIABLES[found[1]], chosen)
            assert ask(shop, f"label/{label}/values", **{"match[]": chosen})[1]["data"]


def test_the_guide_names_every_series(shop):
    """docs/grafana.md and the metadata are one list."""
    told = ask(shop, "metadata")[1]["data"]
    page = (Path(__file__).parents[2] / "docs" / "grafana.md").read_text()
    rows = "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(leeway_\w+)`", rows)) == set(told)


def test_a_client_library_of_others_reads_budgets(shop):
    """prometheus-api-client, as its users use it: what there is, its value now, and its past."""
    from prometheus_api_client import PrometheusApiClientException, PrometheusConnect  # late: it takes its time

    client = PrometheusConnect(url=shop.url + ROOT, disable_ssl=True)
    assert "leeway_sli_ratio" in client.all_metrics()
    assert client.get_label_values("slo") == ["checkout", "greeting", "search", "unseen"]
    when = {"time": NOW}
    [one] = client.custom_query('leeway_error_budget_remaining_ratio{slo="checkout"}', params=when)
    assert (one["metric"]["service"], one["value"]) == ("shop", [NOW, "0.5"])
    start, end = (datetime.fromtimestamp(at, UTC) for at in (NOW - 3600, NOW))
    [series] = client.custom_query_range('leeway_bad_in_window{slo="checkout"}', start, end, "30m")
    assert series["values"] == [[NOW - 3600, "2700"], [NOW - 1800, "2850"], [NOW, "3000"]]
    with pytest.raises(PrometheusApiClientException, match="the function rate"):
        client.custom_query("rate(leeway_sli_ratio[5m])")
