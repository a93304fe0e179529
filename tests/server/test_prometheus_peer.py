"""The same questions to a real Prometheus that scraped Leeway, and to Leeway: the same answers, numbers and errors."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
from tests.prometheus import program
from tests.server.serving import NOW

pytestmark = [pytest.mark.server, pytest.mark.timeout(120)]

REMAINING = "leeway_error_budget_remaining_ratio"
QUESTIONS = (
    REMAINING,
    f'{REMAINING}{{service="shop"}}',
    f'{REMAINING}{{service!="shop"}}',
    f'{REMAINING}{{slo=~"check.*|sea"}}',
    f'{REMAINING}{{slo!~"check.*"}}',
    f'{REMAINING}{{missing=""}}',
    '{__name__=~"leeway_(bad|total)_in_window", slo="greeting"}',
    '{__name__="leeway_burn_rate", span=`5m`}',
    "leeway_state == 1",
    "leeway_sli_interval_ratio",
    "leeway_target_ratio",
    "leeway_alert_up",
    "count by (severity) (leeway_alert_up)",
    "leeway_sli_ratio",
    "leeway_coverage_ratio",
    "leeway_error_budget_exhaustion_seconds",
    "leeway_error_budget_consumed_ratio * 100",
    f"1 - {REMAINING}",
    f"-{REMAINING}",
    f"{REMAINING} < 0.55",
    f"0.55 > {REMAINING}",
    f"{REMAINING} < bool 0.55",
    f"{REMAINING} >= 0.5 <= 0.9",
    f"{REMAINING} / 0",
    f"{REMAINING} % 0.3",
    f"{REMAINING} ^ 2",
    "sum(leeway_bad_in_window)",
    "sum by (service) (leeway_bad_in_window)",
    "sum(leeway_bad_in_window) by (service, missing)",
    "avg without (slo, objective) (leeway_sli_ratio)",
    "min by (service) (leeway_sli_ratio)",
    f"max({REMAINING})",
    'count by (state) (leeway_state{state="healthy"} == 1)',
    "topk(2, leeway_bad_in_window)",
    "topk(1.9, leeway_bad_in_window)",
    "topk(-1, leeway_bad_in_window)",
    "topk(1 / 0, leeway_bad_in_window)",
    "bottomk(0 / 0, leeway_bad_in_window)",
    "leeway_sli_ratio offset 200y",
    "bottomk(2, leeway_bad_in_window)",
    "topk by (service) (1, leeway_bad_in_window)",
    "topk(1 + 1, sum by (slo) (leeway_bad_in_window))",
    "sum(sum by (slo) (leeway_bad_in_window)) + 1",
    "1 + 2 * 3 ^ 2 ^ 2 - 4 / 0.3 % 2",
    "1 > bool 2",
    "0 / 0",
    "-1 / 0",
    "1e21 * 3",
    "1e-9",
    "0x1F + Inf",
    "(((1)))",
    "sum(leeway_nothing)",
    f'{{__name__=~"{REMAINING}|leeway_sli_ratio"}} > 0.5 # and a comment',
    # what is refused by both
    '{__name__=~"leeway_error.*|leeway_sli_ratio"} * 2',
    "1 > 2",
    "sum(1)",
    "topk(leeway_sli_ratio, leeway_sli_ratio)",
    "",
    "(1",
    "sum by (",
    'leeway_sli_ratio{slo=~"("}',
    '{slo=~".*"}',
    "{}",
    "leeway_sli_ratio leeway_sli_ratio",
)
FORMS = (
    {"query": "1", "start": 0, "end": 11_000, "step": 1},
    {"query": "1", "start": 0, "end": 11_001, "step": 1},
    {"query": "1", "start": 10, "end": 9, "step": 1},
    {"query": "1", "start": 0, "end": 9, "step": 0},
    {"query": "1", "start": 0, "end": 9, "step": -1},
    {"query": "1", "start": 0, "end": 9, "step": "x"},
    {"query": "1", "start": 0, "end": 9, "step": ""},
    {"query": "1", "start": 0, "end": 9, "step": "1.5"},
    {"query": "1", "start": 0.25, "end": 9, "step": "1s500ms"},
    {"query": "1", "start": 0, "end": 90_000, "step": "1h30m"},
    {"query": "time() + 1", "start": "2026-09-21T14:14:00Z", "end": "2026-09-21T16:15:00.5+02:00", "step": "20s"},
    {"query": "1", "start": "yesterday", "end": 9, "step": 1},
    {"query": "1", "start": 0, "step": 1},
    {"query": "(", "start": 0, "end": 1, "step": 1},
    {"query": "vector", "start": 0, "end": 1, "step": 1},
)


@pytest.fixture(scope="module")
def peer(shop, tmp_path_factory):
    """A Prometheus that has scraped the shop once or more; gives its address."""
    folder = tmp_path_factory.mktemp("prometheus")
    drop = [{"action": "labeldrop", "regex": "instance|job"}]
    scrape = {"job_name": "leeway", "static_configs": [{"targets": [f"127.0.0.1:{shop.port}"]}]}
    timing = {"scrape_interval": "1s", "scrape_timeout": "900ms"}
    config = {"global": timing, "scrape_configs": [scrape | {"metric_relabel_configs": drop}]}
    (folder / "prometheus.yml").write_text(json.dumps(config))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (folder / "log").open("wb") as log:
        address = f"--web.listen-address=127.0.0.1:{port}"
        process = subprocess.Popen([program("prometheus"), *arguments, address], stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(url, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            if get(url, "query", {"query": "leeway_alert_up or leeway_ready"})[1]["data"]["result"]:
                return
        except (OSError, json.JSONDecodeError):
            pass  # not yet: it says so in plain words
        time.sleep(0.1)
    raise AssertionError("Prometheus did not scrape")


def get(url, path, form):
    """Status and document."""
    try:
        with urllib.request.urlopen(f"{url}/api/v1/{path}?{urlencode(form, doseq=True)}", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def shown(document):
    """A vector as labels and number in order; of an error its kind: the words are the language's own."""
    if document["status"] == "error":
        return document["errorType"]
    data = document["data"]
    if data["resultType"] == "scalar":
        return data["result"][1]
    return sorted((sorted(one["metric"].items()), one["value"][1]) for one in data["result"])


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_as_prometheus_answers_it(shop, peer, question):
    """To the last digit: what Prometheus scraped from /metrics is what the interface tells of the same moment."""
    ours = get(f"{shop.url}/api/v1/prom", "query", {"query": question, "time": NOW})
    theirs = get(peer, "query", {"query": question})
    assert (ours[0], shown(ours[1])) == (theirs[0], shown(theirs[1]))


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_range_is_cut_and_refused_as_prometheus_does(shop, peer, form):
    """Times, steps and limits, with the very sentences."""
    ours, theirs = get(f"{shop.url}/api/v1/prom", "query_range", form), get(peer, "query_range", form)
    if "parse error" in theirs[1].get("error", ""):
        theirs[1]["error"] = ours[1]["error"]
    assert ours == theirs


@pytest.mark.parametrize("path", ["labels", "series", "label/slo/values", "label/span/values", "metadata"])
def test_the_lists_have_the_shape_of_prometheus(shop, peer, path):
    """Whatever Prometheus knows of the objectives stands in Leeway's lists too."""
    form = {"match[]": REMAINING}
    ours, theirs = get(f"{shop.url}/api/v1/prom", path, form), get(peer, path, form)
    assert ours[0] == theirs[0] == 200
    if path == "metadata":
        assert ours[1]["data"][REMAINING] == theirs[1]["data"][REMAINING]
    elif path == "series":
        assert all(one in ours[1]["data"] for one in theirs[1]["data"])
    else:
        assert set(theirs[1]["data"]) <= set(ours[1]["data"])
        assert path == "label/slo/values" or ours[1]["data"] == theirs[1]["data"]


def test_series_without_a_selector_are_refused_in_the_words_of_prometheus(shop, peer):
    """A client that forgets it learns why."""
    assert get(f"{shop.url}/api/v1/prom", "series", {}) == get(peer, "series", {})
    ours, theirs = (get(url, "series", {"match[]": "("}) for url in (f"{shop.url}/api/v1/prom", peer))
    assert (ours[0], ours[1]["errorType"]) == (theirs[0], theirs[1]["errorType"])
