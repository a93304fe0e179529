"""Points that a running server keeps: printed, and taken by the verbs that need no server."""

from __future__ import annotations

import asyncio
import csv
import io
import json

import numpy as np
import pytest
from tests.server.serving import NOW, SLO, Served, seed, served, slo

from leeway.cli import main
from leeway.client import Client
from leeway.clock import SystemClock

THRESHOLD = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: latency}
spec:
  service: shop
  indicator:
    metadata: {name: seconds}
    spec: {thresholdMetric: {metricSource: {type: json_push, spec: {value: seconds}}}}
  timeWindow: [{duration: 1d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: "quick, mostly", op: lte, value: 0.3, target: 0.9}]
"""
RATIO = SLO.format(name="share", service="shop", objectives="[{target: 0.9}]", method="Occurrences").replace(
    """      ratioMetric:
        counter: false
        good: {metricSource: {type: json_push, spec: {count: good}}}
        total: {metricSource: {type: json_push, spec: {count: total}}}
""",
    """      ratioMetric:
        counter: false
        rawType: failure
        raw: {metricSource: {type: json_push, spec: {share: bad}}}
""",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Four SLOs with points of ten hours, minute by minute, up to a known time."""
    data = tmp_path_factory.mktemp("stored") / "data"
    asyncio.run(seed(data))
    with served(data) as server:
        yield server


@pytest.fixture
def leeway(capsys, monkeypatch, tmp_path):
    """Runs a command against a server; gives exit code, output, and what was said beside it."""
    monkeypatch.chdir(tmp_path)

    def run(server: Served, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("LEEWAY_SERVER", server.url)
        monkeypatch.setenv("LEEWAY_DATA", str(server.data))
        capsys.readouterr()
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_an_export_is_a_table_that_gives_the_same_budget(leeway, shop, tmp_path):
    """What `status` says at the same time, to the last event."""
    code, out, said = leeway(shop, "export", "checkout")
    assert (code, said) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 600
    assert rows[-1] == {
        "time": "2026-09-21T14:13:00Z",
        "slo": "checkout",
        "objective": "",
        "good": "95",
        "total": "100",
        "value": "",
        "histogram": "",
    }
    (tmp_path / "points.csv").write_text(out)
    (tmp_path / "slo.yaml").write_text(slo("checkout"))
    code, out, said = leeway(shop, "budget", "-f", "slo.yaml", "--points", "points.csv", "-o", "json")
    assert (code, said) == (0, "")
    _, live, _ = leeway(shop, "status", "checkout", "-o", "json")
    same = ("good", "total", "sli", "interval", "budget", "as_of", "state")
    assert {key: json.loads(out)[0][key] for key in same} == {key: json.loads(live)[0][key] for key in same}


def test_verbs_take_definitions_and_points_from_the_server(leeway, shop):
    """All SLOs, so far back from a time; rows lie within it."""
    until = ("--until", str(NOW - 60))
    code, out, said = leeway(shop, "budget", "--stored", "2h", *until, "-o", "json")
    assert (code, said) == (0, "")
    found = {one["slo"]: one for one in json.loads(out)}
    assert found["checkout"]["total"] == 120 * 100
    assert found["unseen"]["state"] == "no_data"
    assert set(found) == {"checkout", "search", "greeting", "unseen"}
    code, out, said = leeway(shop, "backtest", "--stored", "10h", "--until", str(NOW), "-o", "json")
    assert code == 0
    assert json.loads(out)["summary"]["with_data"] == 4
    code, out, said = leeway(shop, "suggest", "--stored", "10h", *until, "--window", "1h", "-o", "json")
    assert {one["slo"] for one in json.loads(out)} == {"checkout", "search", "greeting"}


def test_definitions_of_files_take_the_points_of_the_server(leeway, shop, tmp_path):
    """A stricter target over the same past; an SLO that the server does not know has no points."""
    strict = slo("checkout", objectives="[{target: 0.99}]")
    (tmp_path / "slo.yaml").write_text(strict + "---\n" + slo("chekout"))
    wish = ("budget", "-f", "slo.yaml", "--stored", "1d", "--until", str(NOW), "-o", "json")
    code, out, said = leeway(shop, *wish)
    assert code == 0
    assert [one["state"] for one in json.loads(out)] == ["exhausted", "no_data"]
    assert "there is no SLO 'chekout'" in said
    assert "did you mean `checkout`?" in said
    (tmp_path / "slo.yaml").write_text(slo("chekout"))
    code, out, said = leeway(shop, *wish)
    assert (code, out) == (1, "")


def test_values_and_ratios_come_back_as_they_are_kept(leeway, tmp_path):
    """To the last digit; a name with a comma in it is quoted, a share of failures stays one."""
    (tmp_path / "slo.yaml").write_text(THRESHOLD + "---\n" + RATIO)
    with served(tmp_path / "data") as server:
        assert leeway(server, "apply", "-f", "slo.yaml", "--yes")[0] == 0
        for name, value in (("latency", 0.1 + 0.2), ("share", 0.0625), ("share", 1 / 3)):
            time = NOW - 120 if value == 0.0625 else NOW - 180
            point = {"slo": name, "time": time, "value": value}
            (tmp_path / "point.json").write_text(json.dumps(point))
            code, out, said = leeway(server, "push", "point.json")
            assert code == 0, out + said
        _, out, _ = leeway(server, "export")
        rows = list(csv.DictReader(io.StringIO(out)))
        assert [(row["slo"], float(row["value"])) for row in rows] == [
            ("latency", 0.1 + 0.2),
            ("share", pytest.approx(1 / 3, abs=1e-12)),
            ("share", 0.0625),
        ]
        (tmp_path / "points.csv").write_text(out)
        _, out, said = leeway(server, "budget", "-f", "slo.yaml", "--points", "points.csv", "-o", "json")
        latency, share = json.loads(out)
        assert (latency["good"], latency["total"], said) == (0, 1, "")
        assert share["bad"] == pytest.approx(1 / 3 + 0.0625)


def test_the_address_gives_the_rows_of_a_range_and_refuses_what_is_none(shop):
    """From is in it, to is not; times as everywhere in the API."""

    def rows(query: str) -> list[str]:
        answer, body = shop.ask("GET", f"/api/v1/slos/search/points{query}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
        header, *found = body.decode().splitlines()
        assert header == "time,slo,objective,good,total,value,histogram"
        return found

    assert rows("?from=2026-09-21T14:12:00Z&to=2026-09-21T14:13:00Z") == ["2026-09-21T14:12:00Z,search,,80,100,,"]
    assert len(rows("")) == 600
    assert len(rows(f"?from={NOW - 600}")) == 10
    assert rows(f"?from={NOW}") == []
    for path, status, says in (
        ("nobody/points", 404, b"there is no SLO"),
        ("search/points?from=noon", 400, b"this is no time"),
        (f"search/points?from={NOW}&to={NOW}", 400, b"ends before it starts"),
        ("search/points?since=1", 400, b"unknown parameter"),
    ):
        answer, body = shop.ask("GET", f"/api/v1/slos/{path}")
        assert answer.status in (status, 422)
        assert says in body


def test_the_client_gives_the_bytes_and_raises_what_the_server_raised(shop):
    """Typed like the rest; a table for a program of one's own."""

    async def ask() -> bytes:
        async with Client(shop.url, SystemClock()) as client:
            return await client.points("greeting", start=str(NOW - 120))

    lines = asyncio.run(ask()).decode().splitlines()
    assert lines[1:] == ["2026-09-21T14:12:00Z,greeting,,4,4,,", "2026-09-21T14:13:00Z,greeting,,1,4,,"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("budget", "-f", "slo.yaml"), "Say where the points are: --points FILE, --fetch SPAN or --stored SPAN"),
        (("budget", "--points", "x.csv"), "Say which SLOs: -f PATH"),
        (("budget", "-f", "slo.yaml", "--points", "x.csv", "--fetch", "1d"), "one place: --points or --fetch"),
        (("budget", "-f", "slo.yaml", "--points", "x.csv", "--until", "0"), "--until says until when"),
        (("budget", "-f", "slo.yaml", "--fetch", "a month"), "'a month' is no length of time"),
        (("budget", "-f", "slo.yaml", "--stored", "1x"), "write for example 30d"),
        (("budget", "-f", "slo.yaml", "--stored", "11Y"), "more than ten years"),
        (("budget", "-f", "nowhere.yaml", "--stored", "1d", "--fetch", "1d"), "one place: --fetch or --stored"),
        (("suggest",), "Say where the points are"),
        (("suggest", "--fetch", "1d"), "Say what to ask: -f PATH"),
        (("suggest", "--prometheus", "http://x"), "Say what to ask: --good and --total"),
        (("suggest", "--good", "x"), "--prometheus URL"),
        (("suggest", "--prometheus", "http://x", "--value", "x"), "--name NAME"),
        (("suggest", "--prometheus", "http://x", "--value", "x", "--name", "x"), "--fetch SPAN"),
        (("export", "--from", "60", "--to", "60"), "ends before it starts"),
    ],
)
def test_options_that_do_not_fit_together_are_usage(leeway, shop, arguments, says):
    """Exit 2, with what to write."""
    code, out, said = leeway(shop, *arguments)
    assert (code, out) == (2, "")
    assert says in " ".join(said.split())


def test_rows_of_the_export_keep_their_order(leeway, shop):
    """One series after the other, each by time."""
    _, out, _ = leeway(shop, "export", "search", "checkout", "--from", str(NOW - 600), "--to", str(NOW - 300))
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["slo"] for row in rows] == ["search"] * 5 + ["checkout"] * 5
    assert np.all(np.diff([int(row["time"][14:16]) for row in rows[:5]]) == 1)


def test_a_row_that_came_from_no_file_is_told_by_whose_it_is_and_of_when(leeway, shop, tmp_path):
    """A step of five minutes that no minute but the first of five begins."""
    (tmp_path / "slo.yaml").write_text(slo("checkout"))
    wish = ("budget", "-f", "slo.yaml", "--stored", "10m", "--until", str(NOW), "--step", "5m", "-o", "json")
    code, _, said = leeway(shop, *wish)
    assert code == 0
    told = [line for line in said.splitlines() if line.startswith("checkout at 2026-09-21T14:")]
    assert told[0].endswith("Z: time: set aside: the time is not the start of a step")
