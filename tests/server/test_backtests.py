"""Backtests of a running server: as jobs of the API, beside the command line and the client."""

from __future__ import annotations

import asyncio
import json

import pytest
from click.testing import CliRunner
from tests.server.breaking import AT, LOOSE, TIGHT, ask, over, tried
from tests.server.serving import NOW
from tests.server.test_pages import page, text_of

from leeway.app import running
from leeway.cli.frame import leeway
from leeway.client import Client
from leeway.client.backtests import BacktestWish, Try
from leeway.clock import SystemClock
from leeway.config import Config
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.state import JobState


def test_a_backtest_is_a_job_whose_result_stands_at_its_address(broken):
    """Beside what is tried stand what is defined, and what this server told."""
    told = tried(broken, LOOSE, TIGHT)
    assert (told["job"]["state"], told["job"]["done"]) == ("done", told["job"]["all"])
    by = {one["name"]: one for one in told["result"]["tried"]}
    assert list(by) == ["defined", "loose", "tight", "present"]
    (incident,) = told["result"]["incidents"]
    assert incident["cost_ratio"] > 0.2
    assert (by["loose"]["score"]["paged"], by["loose"]["score"]["missed"]) == (1, 0)
    assert by["loose"]["first_alerts"][0]["severity"] == "page"
    assert (by["tight"]["score"]["paged"], by["tight"]["score"]["ticketed"]) == (0, 1)
    assert by["tight"]["first_alerts"][0]["severity"] == "ticket"
    assert by["present"]["since"] == "2026-09-21T14:14:00Z"
    assert by["defined"]["document"] == ""
    jobs = ask(broken, "GET", "/api/v1/jobs")[1]["items"]
    assert ("backtest", "broken", "done") in {(one["kind"], one["subject"], one["state"]) for one in jobs}


def test_the_answer_is_that_of_the_command_line(broken, tmp_path):
    """On the same points, with the document that is given to be applied."""
    told = tried(broken, LOOSE)
    loose = next(one for one in told["result"]["tried"] if one["name"] == "loose")
    (tmp_path / "loose.yaml").write_text(loose["document"])
    (tmp_path / "points.csv").write_bytes(broken.ask("GET", "/api/v1/slos/broken/points")[1])
    given = ["backtest", "-f", str(tmp_path / "loose.yaml"), "--points", str(tmp_path / "points.csv"), "-o", "json"]
    alerts = [one for one in json.loads(CliRunner().invoke(leeway, given).stdout)["alerts"] if one["sent_at"]]
    assert [one["fired_at"] for one in alerts] == [one["fired_at"] for one in loose["alerts"] if one["sent_at"]]


def test_another_target_is_tried_with_the_policies_as_they_are_or_with_others(broken):
    """Incidents stay those of the target as it is; the document has the new one."""
    told = tried(broken, {"name": "higher", "target": 0.99}, {**LOOSE, "target": 0.95})
    by = {one["name"]: one for one in told["result"]["tried"]}
    assert by["higher"]["score"]["incidents"] == by["defined"]["score"]["incidents"] == 1
    assert by["higher"]["score"]["detection_s"] <= by["defined"]["score"]["detection_s"]
    assert "target: 0.99" in by["higher"]["document"]
    assert "alertPolicies" not in by["higher"]["document"]
    assert "target: 0.95" in by["loose"]["document"]


def test_only_the_span_counts_but_what_came_before_is_known(broken):
    """The short outage stands alone in the last half day."""
    told = tried(broken, LOOSE, start="2026-09-21T02:00:00Z", end="2026-09-21T08:00:00Z")
    assert told["result"]["incidents"] == []
    assert {told["result"]["start"], told["result"]["end"]} == {"2026-09-21T02:00:00Z", "2026-09-21T08:00:00Z"}
    assert all(one["fired_at"] >= "2026-09-21T02:00" for each in told["result"]["tried"] for one in each["alerts"])


def test_an_slo_without_data_has_no_result_to_draw(broken):
    """And says so."""
    answer, _ = ask(broken, "POST", "/api/v1/slos/unseen/backtests", {})
    told = over(broken, answer.headers["Location"])
    assert told["result"]["start"] is None
    assert told["job"]["note"] == "the objective has no data"
    number = told["job"]["id"]
    assert "nothing can be tried on it" in text_of(page(broken, f"/slos/unseen/backtest?run={number}")[1])


@pytest.mark.parametrize(
    ("wish", "status", "place", "said"),
    [
        ({"tries": [LOOSE, LOOSE]}, 422, "tries[1].name", "taken"),
        ({"tries": [{"name": "defined"}]}, 422, "tries[0].name", "taken"),
        ({"tries": [{"name": "a", "policy": "defalt"}]}, 422, "tries[0].policy", "default"),
        ({"tries": [{**LOOSE, "policy": "default"}]}, 422, "tries[0].policy", "leave one out"),
        (
            {"tries": [{"name": "a", "burns": [{"burn_rate": 10, "long": "1h"}]}]},
            422,
            "tries[0].burns[0].burn_rate",
            "10",
        ),
        (
            {"tries": [{"name": "a", "burns": [{"burn_rate": 2, "long": "2d"}]}]},
            422,
            "tries[0].burns[0].long",
            "window",
        ),
        (
            {"tries": [{"name": "a", "burns": [{"burn_rate": 2, "long": "90s"}]}]},
            422,
            "tries[0].burns[0].long",
            "minutes",
        ),
        (
            {"tries": [{"name": "a", "burns": [{"burn_rate": 2, "long": "1h", "short": "1h"}]}]},
            422,
            "tries[0].burns[0].short",
            "shorter",
        ),
        ({"zone": "Mars/Olympus"}, 422, "zone", "Europe/Berlin"),
        ({"start": "2027-01-01T00:00:00Z"}, 422, "start", "earlier"),
        ({"start": "2026-01-01T00:00:00"}, 400, "request", "start"),
        ({"tries": [{"name": "a", "target": 1.5}]}, 400, "request", "target"),
        ({"objective": "none"}, 404, "", "it has 0"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_its_field(broken, wish, status, place, said):
    """Before any job begins."""
    before = len(ask(broken, "GET", "/api/v1/jobs")[1]["items"])
    answer, problem = ask(broken, "POST", AT, wish)
    assert (answer.status, problem.get("place", "")) == (status, place)
    assert said in json.dumps(problem)
    assert len(ask(broken, "GET", "/api/v1/jobs")[1]["items"]) == before


def test_one_that_is_taken_away_is_cancelled_and_its_result_gone(broken):
    """The job says so; of another SLO it was never there."""
    answer, _ = ask(broken, "POST", AT, {"tries": [LOOSE]})
    there = answer.headers["Location"]
    assert ask(broken, "GET", there.replace("broken", "unseen"))[0].status == 404
    answer, told = ask(broken, "DELETE", there)
    assert (answer.status, told["result"]) == (200, None)
    assert told["job"]["state"] in ("cancelled", "done")
    assert ask(broken, "GET", there)[1]["result"] is None
    number = told["job"]["id"]
    assert number not in {one["job"]["id"] for one in ask(broken, "GET", AT)[1]["items"]}
    assert ask(broken, "DELETE", f"{AT}/999999")[0].status == 404


def test_the_newest_results_are_kept(broken):
    """Twenty; of older ones the job is known, and that it is over."""
    first = tried(broken, start="2026-09-21T13:00:00Z")["job"]["id"]
    for _ in range(20):
        tried(broken, start="2026-09-21T13:00:00Z")
    told = ask(broken, "GET", f"{AT}/{first}")[1]
    assert (told["job"]["state"], told["result"], told["asked"]) == ("done", None, None)
    assert len(ask(broken, "GET", AT)[1]["items"]) <= 20
    assert "gave way to newer ones" in text_of(page(broken, f"/slos/broken/backtest?run={first}")[1])


def test_a_backtest_that_a_stop_broke_off_has_failed(tmp_path):
    """It is not begun again by itself."""

    async def twice():
        async with running(Config(data=tmp_path / "data"), VirtualClock(NOW)) as first:
            job = await first.engine.work.begin("backtest", "broken", 3)
        async with running(Config(data=tmp_path / "data"), VirtualClock(NOW)) as second:
            return await second.engine.job(job.id)

    told = asyncio.run(twice())
    assert (told.state, told.note) == (JobState.FAILED, "the server stopped before it was done")


def test_the_client_starts_follows_and_takes_away(broken):
    """With typed documents."""

    async def drive():
        async with Client(broken.url, SystemClock(), token=broken.token) as client:
            begun = await client.backtests.start(
                "broken", BacktestWish(tries=[Try(name="by-preset", policy="default")])
            )
            told = await client.backtests.one("broken", begun.job.id)
            while told.job.state in ("queued", "running"):
                await asyncio.sleep(0.05)
                told = await client.backtests.one("broken", begun.job.id)
            assert begun.job.id in {one.job.id for one in await client.backtests.listed("broken")}
            return told, await client.backtests.remove("broken", begun.job.id)

    told, gone = asyncio.run(drive())
    assert [one.name for one in told.result.tried] == ["defined", "by-preset", "present"]
    assert gone.result is None
