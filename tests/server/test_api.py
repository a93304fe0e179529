"""The JSON API over a real socket, a real engine and real stores."""

from __future__ import annotations

import asyncio
import gzip
import json
from urllib.parse import quote

import pytest
from tests.server.serving import NOW, seed, served, slo

from leeway.client.problem import KINDS, error_of, problem_of


def of(answer):
    response, body = answer
    return response.status, json.loads(body)


def test_status_is_the_document_of_the_contract_and_what_surrounds_it(shop):
    """Every key of `leeway budget -o json` is there, exact, with service, age and trace beside."""
    status, told = of(shop.ask("GET", "/api/v1/slos/checkout/status"))
    [one] = told["items"]
    assert status == 200
    assert (one["good"], one["bad"], one["total"], one["sli"]) == (57_000.0, 3_000.0, 60_000.0, 0.95)
    assert one["budget"] == {
        "unit": "events",
        "allowed": 6000.0,
        "consumed": 3000.0,
        "remaining": 3000.0,
        "consumed_ratio": 0.5,
        "remaining_ratio": 0.5,
    }
    assert one["as_of"] == "2026-09-21T14:14:00Z"
    assert one["window"] == {
        "type": "rolling",
        "start": "2026-09-20T14:14:00Z",
        "end": "2026-09-21T14:14:00Z",
        "elapsed_ratio": 1.0,
    }
    assert one["coverage"] == pytest.approx(600 / 1440)
    assert (one["state"], one["service"], one["born"]) == ("healthy", "shop", "2026-09-21T04:14:00Z")


def test_all_objectives_are_listed_and_no_data_is_a_state_with_nulls(shop):
    """An SLO without a point is not left out and not good."""
    _, told = of(shop.ask("GET", "/api/v1/status"))
    states = {(one["slo"], one["objective"]): one["state"] for one in told["items"]}
    assert states == {
        ("checkout", "0"): "healthy",
        ("search", "0"): "exhausted",
        ("greeting", "fast"): "healthy",
        ("greeting", "at all"): "healthy",
        ("unseen", "0"): "no_data",
    }
    unseen = next(one for one in told["items"] if one["slo"] == "unseen")
    assert unseen["sli"] is None
    assert unseen["interval"] is None
    assert unseen["budget"]["remaining_ratio"] is None


def test_why_names_the_sums_the_slices_and_the_gaps(shop):
    """Six of six hundred minutes are bad, and the rest of the day is unknown."""
    _, why = of(shop.ask("GET", "/api/v1/slos/greeting/why?objective=at%20all"))
    assert why["status"]["objective"] == "at all"
    assert {one["state"]: one["slices"] for one in why["slices"]} == {"unknown": 840, "good": 594, "bad": 6}
    assert any("594 / 600" in line["reason"] for line in why["lines"])


def test_a_budget_can_be_asked_for_a_past_time_and_as_known_at_one(shop):
    """Ten hours ago nothing was there; what was known before the points came is nothing."""
    _, past = of(shop.ask("GET", f"/api/v1/slos/checkout/budget?as_of={NOW - 300 * 60}"))
    _, unknown = of(shop.ask("GET", f"/api/v1/slos/checkout/budget?known_at={NOW - 1}"))
    assert past["items"][0]["total"] == 30_000.0
    assert unknown["items"][0]["state"] == "no_data"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/v1/status?verbose=1", "verbose"),
        ("/api/v1/slos/checkout/why?objectiv=x", "objectiv"),
        ("/api/v1/slos/checkout/budget?as_of=yesterday", "as_of"),
        ("/api/v1/slos/checkout/budget?as_of=2026-01-01T00:00:00", "as_of"),
        ("/api/v1/slos/checkout/budget?as_of=nan", "as_of"),
        ("/api/v1/slos/checkout/budget?as_of=1&as_of=2", "twice"),
        ("/api/v1/jobs/first", "number"),
        ("/?sort=name", "sort"),
    ],
)
def test_a_request_that_is_not_understood_is_400_and_names_the_place(shop, path, said):
    """A misspelt wish is never half granted."""
    response, body = shop.ask("GET", path)
    assert response.status == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert said in body.decode()


def test_an_unknown_name_is_404_with_what_was_perhaps_meant(shop):
    """RFC 9457, with the number of the request that is also in the header."""
    response, body = shop.ask("GET", "/api/v1/slos/chekout/status")
    problem = json.loads(body)
    assert (response.status, problem["status"], problem["type"]) == (404, 404, "urn:leeway:problem:not-found")
    assert "checkout" in problem["mend"]
    assert problem["request_id"] == response.headers["X-Request-Id"]


def test_plan_apply_history_and_delete(fresh):
    """What was planned is applied, by whom is kept, and a deleted definition keeps its history."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    _, plan = of(fresh.ask("POST", "/api/v1/plan", json.dumps(files), fresh.bearer))
    seen = [{"kind": one["kind"], "name": one["name"], "revision": one["expected"]} for one in plan["changes"]]
    assert ([one["action"] for one in plan["changes"]], plan["refused"]) == (["create"], False)
    status, _ = of(
        fresh.ask("POST", "/api/v1/apply", json.dumps(files | {"by": "ann", "expected": seen}), fresh.bearer)
    )
    assert status == 200
    late, problem = of(fresh.ask("POST", "/api/v1/apply", json.dumps(files | {"expected": seen}), fresh.bearer))
    assert (late, problem["type"]) == (409, "urn:leeway:problem:conflict")
    assert of(fresh.ask("DELETE", "/api/v1/documents/SLO/checkout?by=bob", headers=fresh.bearer))[0] == 200
    assert of(fresh.ask("GET", "/api/v1/documents/SLO/checkout"))[0] == 404
    _, history = of(fresh.ask("GET", "/api/v1/documents/SLO/checkout/history"))
    assert [(one["number"], one["by"], one["body"] is None) for one in history["items"]] == [
        (2, "bob", True),
        (1, "ann", False),
    ]


def test_a_definition_that_openslo_refuses_is_422_and_nothing_is_applied(fresh):
    """The answer names the line; the plan names all of it."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout").replace("target: 0.9", "target: 9")}]}
    status, problem = of(fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer))
    assert status == 422
    assert problem["place"].startswith("a.yaml:")
    assert of(fresh.ask("GET", "/api/v1/documents"))[1] == {"items": []}


def test_unknown_keys_of_a_body_are_refused(fresh):
    """`prume` would otherwise be taken for a plan without pruning."""
    status, problem = of(fresh.ask("POST", "/api/v1/plan", '{"files": [], "prume": true}', fresh.bearer))
    assert status == 400
    assert "prume" in problem["detail"]


def test_a_push_is_answered_by_a_receipt_and_a_key_makes_it_repeatable(fresh):
    """Good rows are taken, bad ones counted by reason; the same body again under its key changes nothing."""
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    assert fresh.ask("POST", "/api/v1/apply", json.dumps(files), fresh.bearer)[0].status == 200
    rows = [
        {"slo": "checkout", "time": NOW - 120, "good": 9, "total": 10},
        {"slo": "checkout", "time": NOW - 60, "good": 11, "total": 10},
        {"slo": "chekout", "time": NOW - 60, "good": 1, "total": 10},
    ]
    headers = fresh.bearer | {"Idempotency-Key": "k1", "Content-Encoding": "gzip"}
    first = of(fresh.ask("POST", "/api/v1/push", gzip.compress(json.dumps(rows).encode()), headers))
    again = of(fresh.ask("POST", "/api/v1/push", gzip.compress(json.dumps(rows).encode()), headers))
    other = of(fresh.ask("POST", "/api/v1/push", gzip.compress(json.dumps(rows[:1]).encode()), headers))
    assert first[0] == again[0] == 200
    assert (first[1]["accepted"], first[1]["quarantined"]) == (1, {"more-than-total": 1, "unknown-slo": 1})
    assert [one["row"] for one in first[1]["refusals"]] == [1, 2]
    assert (again[1]["accepted"], again[1]["repeated"]) == (0, 1)
    assert (other[0], other[1]["type"]) == (422, "urn:leeway:problem:conflict")


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({"Content-Type": "text/csv"}, b"1,2", "content type"),
        ({"Content-Type": "application/json"}, b"{", "JSON"),
        ({"Content-Type": "application/json", "Content-Encoding": "br"}, b"[]", "Content-Encoding"),
        ({"Content-Type": "application/json", "Idempotency-Key": "k" * 201}, b"[]", "Idempotency-Key"),
    ],
)
def test_a_push_that_cannot_be_read_says_why(fresh, headers, body, said):
    """4xx with the place; nothing is taken."""
    response, told = fresh.ask("POST", "/api/v1/push", body, fresh.bearer | headers)
    assert response.status in (400, 422)
    assert said.lower() in told.decode().lower()


def test_backup_is_a_new_folder_with_both_stores(fresh, tmp_path):
    """A relative path would mean the server's folder, which the caller does not see."""
    to = tmp_path / "copy"
    assert fresh.ask("POST", "/api/v1/backup", json.dumps({"to": "copy"}), fresh.bearer)[0].status == 400
    assert fresh.ask("POST", "/api/v1/backup", json.dumps({"to": str(to)}), fresh.bearer)[0].status == 200
    assert any(to.iterdir())


@pytest.mark.parametrize("start", ["2026-09-21T14:14:10Z", "4198-07-17T09:18:51Z"])
def test_what_is_still_to_come_cannot_be_fetched_again(shop, start):
    """Not even the minute that is not over."""
    wish = json.dumps({"slo": "checkout", "start": start, "end": "8673-10-01T09:48:06Z"})
    response, body = shop.ask("POST", "/api/v1/replay", wish, shop.bearer)
    assert (response.status, json.loads(body)["place"]) == (422, "start, end")


def test_replay_of_pushed_points_says_that_there_is_no_history(shop):
    """And a span without a zone, or backwards, is refused before."""
    wish = {"slo": "checkout", "start": "2026-09-20T00:00:00Z", "end": "2026-09-21T00:00:00Z"}
    assert of(shop.ask("POST", "/api/v1/replay", json.dumps(wish), shop.bearer))[0] == 422
    for wrong in ({"end": "2026-09-19T00:00:00Z"}, {"end": "2026-09-21T00:00:00"}):
        assert of(shop.ask("POST", "/api/v1/replay", json.dumps(wish | wrong), shop.bearer))[0] == 400
    assert of(shop.ask("GET", "/api/v1/jobs"))[1] == {"items": []}
    assert of(shop.ask("GET", "/api/v1/jobs/7"))[0] == 404


def test_alerts_are_listed_with_their_reasons_and_can_be_taken(tmp_path):
    """Of an SLO that burns, though its policies name nobody: it is shown, taken by name, and unknown ones are 404."""
    asyncio.run(seed(tmp_path / "data"))
    with served(tmp_path / "data") as burning:
        alerts_of(burning)


def alerts_of(server):
    """What such a server says of its alerts."""
    shown = of(server.ask("GET", "/api/v1/alerts?slo=search&up=true"))[1]["items"]
    assert shown
    assert {one["slo"] for one in shown} == {"search"}
    assert all(one["sent_at"] is None and one["resolved_at"] is None and one["reasons"] for one in shown)
    assert of(server.ask("GET", "/api/v1/alerts?slo=checkout&up=maybe"))[0] == 400
    wish = {"alert": shown[0]["key"], "by": "the shop's own"}
    status, taken = of(server.ask("POST", "/api/v1/acknowledge", json.dumps(wish), server.bearer))
    assert (status, [one["acknowledged_by"] for one in taken["items"]]) == (200, ["the shop's own"])
    assert of(server.ask("GET", f"/api/v1/deliveries?alert={quote(shown[0]['key'])}"))[1] == {"items": []}
    assert of(server.ask("GET", "/api/v1/deliveries?alert=none"))[0] == 404
    assert of(server.ask("POST", "/api/v1/acknowledge", json.dumps(wish | {"alert": "none"}), server.bearer))[0] == 404


def test_probes_and_metrics(shop):
    """Alive, ready, and every known number as a gauge; what is unknown is absent and not 0."""
    assert shop.ask("GET", "/healthz")[1] == b"ok\n"
    assert shop.ask("GET", "/readyz")[0].status == 200
    response, body = shop.ask("GET", "/metrics")
    lines = body.decode().splitlines()
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'leeway_error_budget_remaining_ratio{objective="0",service="shop",slo="checkout"} 0.5' in lines
    assert 'leeway_state{objective="0",service="bar",slo="unseen",state="no_data"} 1.0' in lines
    assert not any(line.startswith("leeway_sli_ratio") and "unseen" in line for line in lines)
    assert any(line.startswith("process_cpu_seconds_total") for line in lines)


def test_the_api_describes_itself_without_asking_anybody_else(shop):
    """OpenAPI with every route, and no page that loads scripts from elsewhere."""
    _, told = of(shop.ask("GET", "/api/v1/openapi.json"))
    assert {"/api/v1/status", "/api/v1/push", "/api/v1/slos/{slo}/why", "/healthz"} <= set(told["paths"])
    assert shop.ask("GET", "/docs")[0].status == shop.ask("GET", "/redoc")[0].status == 404


@pytest.mark.parametrize("name", KINDS)
def test_an_error_crosses_the_wire_and_is_the_same_error(name):
    """Type, sentence, place and mend survive; that is how the command line knows what to say."""
    kind, status, _ = KINDS[name]
    sent = kind("it broke", place="here", mend="mend it")
    problem = problem_of(sent)
    got = error_of(problem.model_dump_json().encode())
    assert problem.status == status
    assert (type(got), got.message, got.place, got.mend) == (kind, "it broke", "here", "mend it")


def test_a_body_that_is_no_problem_is_none():
    """A proxy's page is not mistaken for an answer of Leeway."""
    assert error_of(b"<html>502 Bad Gateway</html>") is None
