"""The past asked of a real Prometheus by verbs that need no server: right, wrong, denied and not there."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from tests.prometheus import program, running

from leeway.cli import main
from leeway.formats import openslo
from leeway.spec.documents import kind_of

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]

MINUTE, HOURS = 60, 9
PASSWORD = "wonderland"
HASH = "$2b$04$abcdefghijklmnopqrstuujZkTwHUiJ9XdZPwKfcfDo7dMp5DjlTu"  # of the password, as Prometheus wants it
GOOD, BAD = 'requests_total{code="200"}', 'requests_total{code="500"}'
BUCKETS = {'wait_bucket{le="0.1"}': 60, 'wait_bucket{le="0.5"}': 95, 'wait_bucket{le="+Inf"}': 100}
COUNTS = """
      ratioMetric:
        counter: true
        good: {{metricSource: {{metricSourceRef: prod, type: prometheus, spec: {{query: '{good}'}}}}}}
        total: {{metricSource: {{metricSourceRef: prod, type: prometheus, spec: {{query: requests_total}}}}}}"""
VALUES = """
      thresholdMetric: {metricSource: {metricSourceRef: prod, type: prometheus, spec: {query: max(seconds)}}}"""
SLO = """---
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}}}
spec:
  service: shop
  indicator:
    metadata: {{name: {name}-sli}}
    spec: {metric}
  timeWindow: [{{duration: 1d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, {objective}target: 0.95}}]
"""


def definitions(url: str, good: str = GOOD, access: str = "") -> str:
    """Two SLOs of one server: one counts, one has values."""
    source = (
        "apiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prod}\n"
        f"spec: {{type: prometheus, connectionDetails: {{url: '{url}'{access}}}}}\n"
    )
    counts = SLO.format(name="shop", metric=COUNTS.format(good=good), objective="")
    return source + counts + SLO.format(name="quick", metric=VALUES, objective="op: lte, value: 0.3, ")


def truth() -> tuple[int, str]:
    """The end of nine hours of history, and the history: 100 requests a minute, one bad, ten in the third hour; 0.2 s,
    in the third hour 0.5 s; and 60 of 100 within 0.1 s, 95 within 0.5 s. Samples stand seven seconds into their minute.
    """
    end = int(time.time() - 120) // 3_600 * 3_600  # noqa: TID251  the test stands at the edge
    start = end - HOURS * 3_600
    lines: dict[str, list[str]] = {GOOD: [], BAD: [], "seconds": []} | {bucket: [] for bucket in BUCKETS}
    good = bad = 0
    for at in range(start, end, MINUTE):
        wrong = 10 if 7_200 <= at - start < 10_800 else 1
        good, bad = good + 100 - wrong, bad + wrong
        waits = {bucket: share * (at - start) // MINUTE for bucket, share in BUCKETS.items()}
        for series, number in {GOOD: good, BAD: bad, "seconds": 0.2 if wrong == 1 else 0.5, **waits}.items():
            labels = 'job="shop",instance="a"'
            name = series.replace("{", "{" + labels + ",") if "{" in series else series + "{" + labels + "}"
            lines[series].append(f"{name} {number} {at + 7}")
    counters = ["# TYPE requests counter", *lines[GOOD], *lines[BAD]]
    counters += ["# TYPE wait unknown", *(line for bucket in BUCKETS for line in lines[bucket])]
    return end, "\n".join([*counters, "# TYPE seconds gauge", *lines["seconds"], "# EOF", ""])


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A folder of a Prometheus that holds the history, and its end; made once."""
    folder = tmp_path_factory.mktemp("history")
    end, text = truth()
    (folder / "history.txt").write_text(text)
    (folder / "prometheus.yml").write_text("{}")
    words = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder, end


@pytest.fixture(scope="module")
def prometheus(history):
    with running(history[0]) as url:
        yield url


@pytest.fixture
def leeway(capsys, monkeypatch, tmp_path):
    """Runs a command in a folder of its own; loopback servers are listed. Gives exit code, output, what was said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEEWAY_ALLOW_HOSTS", "127.0.0.1")

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_budgets_of_what_the_sources_say_are_exact(leeway, history, prometheus):
    """To the last request, over counters that are fetched raw, and over values; one call for both SLOs."""
    Path("slo.yaml").write_text(definitions(prometheus))
    until = ("--until", str(history[1]))
    code, out, said = leeway("budget", "-f", "slo.yaml", "--fetch", "8h", *until, "-o", "json")
    assert (code, said) == (0, "")
    shop, quick = json.loads(out)
    assert (shop["total"], shop["bad"]) == (8 * 60 * 100, 7 * 60 + 600)
    assert (quick["total"], quick["bad"]) == (8 * 60, 60)
    assert shop["coverage"] == quick["coverage"] == pytest.approx(1 / 3)


def test_buckets_are_fetched_as_histograms(leeway, history, prometheus):
    """At the edge of a bucket the budget is exact; between two of them the share in doubt is known."""
    wait = VALUES.replace("max(seconds)", "wait_bucket")
    slos = [SLO.format(name=f"wait-{n}", metric=wait, objective=f"op: lte, value: 0.{n}, ") for n in (5, 3)]
    Path("slo.yaml").write_text(definitions(prometheus).partition("---")[0] + "".join(slos))
    wish = ("-f", "slo.yaml", "--fetch", "8h", "--until", str(history[1]), "-o", "json")
    code, out, said = leeway("budget", *wish)
    assert (code, said) == (0, "")
    assert [(one["good"], one["total"]) for one in json.loads(out)] == [(8 * 60 * 95, 48_000), (8 * 60 * 60, 48_000)]
    _, out, said = leeway("suggest", "--window", "1h", *wish)
    assert said == ""
    assert [one["threshold"]["value"] for one in json.loads(out)] == [0.5, 0.5]


def test_a_backtest_runs_over_what_the_sources_say(leeway, history, prometheus):
    """The bad hour is in it."""
    Path("slo.yaml").write_text(definitions(prometheus).replace("target: 0.95", "target: 0.99"))
    code, out, _ = leeway("backtest", "-f", "slo.yaml", "--fetch", "9h", "--until", str(history[1]), "-o", "json")
    answer = json.loads(out)
    assert (code, answer["summary"]["with_data"]) == (0, 2)
    assert {one["slo"] for one in answer["alerts"]} == {"shop", "quick"}


@pytest.fixture(scope="module")
def nine_days(tmp_path_factory):
    """Another Prometheus: 500 requests in five minutes for nine days of UTC, 50 of them bad in each noon's. Its end."""
    folder = tmp_path_factory.mktemp("nine-days")
    end = int(time.time()) // 86_400 * 86_400  # noqa: TID251  the test stands at the edge
    lines: dict[str, list[str]] = {GOOD: [], BAD: []}
    good = bad = 0
    for at in range(end - 9 * 86_400, end, 300):
        wrong = 50 if at % 86_400 == 43_200 else 0
        good, bad = good + 500 - wrong, bad + wrong
        for series, number in {GOOD: good, BAD: bad}.items():
            lines[series].append(f"{series} {number} {at + 7}")
    text = "\n".join(["# TYPE requests counter", *lines[GOOD], *lines[BAD], "# EOF", ""])
    (folder / "history.txt").write_text(text)
    (folder / "prometheus.yml").write_text("{}")
    words = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)
    with running(folder) as url:
        yield url, end


def test_months_are_simulated_from_days_of_a_real_prometheus(leeway, nine_days):
    """6,000 requests an hour, 50 of 144,000 a day bad; and a backtest of the same days."""
    url, end = nine_days
    Path("slo.yaml").write_text(definitions(url))
    asked = ("-f", "slo.yaml", "--fetch", "9d", "--until", str(end), "--step", "5m", "-o", "json")
    few = ("--slo", "shop", "--runs", "2", "--days", "2", "--fail", "100%", "--jobs", "1")
    code, out, said = leeway("simulate", *asked, *few)
    assert code == 0, said
    answer = json.loads(out)
    assert answer["world"]["events_per_hour"] == pytest.approx(6_000, rel=0.01)
    assert answer["world"]["bad_share"] == pytest.approx(50 / 144_000, rel=0.01)
    assert answer["candidates"][0]["failures"][0]["paged_within_a_day"]["runs"] == 2
    code, out, _ = leeway("backtest", *asked, "--try", "default")
    assert code == 0
    assert json.loads(out)["summary"]["with_data"] == 1


def test_a_first_slo_is_drawn_from_queries_alone(leeway, history, prometheus, monkeypatch):
    """The server that somebody names on the command line may be asked without being listed."""
    monkeypatch.delenv("LEEWAY_ALLOW_HOSTS")
    asked = ("suggest", "--prometheus", prometheus, "--fetch", "9h", "--until", str(history[1]), "--window", "1h")
    code, out, said = leeway(*asked, "--name", "shop", "--bad", BAD, "--total", "requests_total")
    assert (code, said) == (0, "")
    sheet = openslo.read(out.encode(), "out")
    assert (sheet.findings, [str(kind_of(one)) for one in sheet.documents]) == ((), ["Service", "DataSource", "SLO"])
    assert f'url: "{prometheus}"' in out  # and the queries: what was asked will be asked
    Path("slo.yaml").write_text(out)
    assert leeway("lint", "slo.yaml")[0] == 0
    monkeypatch.setenv("LEEWAY_ALLOW_HOSTS", "127.0.0.1")
    _, answer, _ = leeway("budget", "-f", "slo.yaml", "--fetch", "8h", "--until", str(history[1]), "-o", "json")
    assert json.loads(answer)[0]["total"] == 6_000
    monkeypatch.delenv("LEEWAY_ALLOW_HOSTS")
    assert (
        re.search(r"[\d,]+ events", out)[0] == "48,000 events"
    )  # the first hour is not whole: nothing is before its first sample
    code, out, _ = leeway(*asked, "--name", "quick", "--value", "max(seconds)", "--threshold", "0.3", "-o", "json")
    assert json.loads(out)[0]["threshold"]["value"] == 0.3


def test_a_first_slo_is_drawn_for_each_series_that_documents_ask_for(leeway, history, prometheus):
    """Their targets are ignored: counts and values of one server."""
    Path("slo.yaml").write_text(definitions(prometheus))
    asked = ("-f", "slo.yaml", "--fetch", "9h", "--until", str(history[1]), "--window", "1h", "-o", "json")
    code, out, said = leeway("suggest", *asked)
    assert (code, said) == (0, "")
    assert [(one["slo"], "threshold" in one) for one in json.loads(out)] == [("shop", False), ("quick", True)]
    _, out, _ = leeway("suggest", *asked[:-2])
    assert (out.count("name: prod"), out.count("service: shop")) == (1, 2)
    assert "query: max(seconds)" in out.replace('"', "")


def test_what_one_query_does_not_know_keeps_no_other_from_an_answer(leeway, history, prometheus):
    """It is told with the SLO and the query, and has no data."""
    Path("slo.yaml").write_text(definitions(prometheus, good="nothing_of_the_kind"))
    code, out, said = leeway("budget", "-f", "slo.yaml", "--fetch", "8h", "--until", str(history[1]), "-o", "json")
    assert code == 0
    assert [one["state"] for one in json.loads(out)] == ["no_data", "exhausted"]
    assert said.startswith("shop: prod knows nothing of good = nothing_of_the_kind; total = requests_total")
    Path("slo.yaml").write_text(definitions(prometheus, good="sum(requests_total"))
    code, out, said = leeway("budget", "-f", "slo.yaml", "--fetch", "8h", "--until", str(history[1]), "-o", "json")
    assert code == 0
    assert "shop: good = sum(requests_total; total = requests_total: " in said
    assert "is not PromQL" in said


def test_no_data_at_all_cannot_be_decided(leeway, history, prometheus):
    """A time from before the history; nothing is wrong but that nothing is known."""
    asked = ("suggest", "--prometheus", prometheus, "--name", "shop", "--value", "max(seconds)", "--fetch", "1d")
    code, _, said = leeway(*asked, "--until", str(history[1] - 7 * 86_400))
    assert code == 4
    assert said.startswith("shop: prometheus knows nothing of value = max(seconds)")


def test_secrets_are_taken_as_the_server_takes_them(leeway, history, monkeypatch, tmp_path):
    """From listed variables; without them, or with wrong ones, the source's refusal is told and nothing else."""
    folder, end = history
    (folder / "web.yml").write_text(yaml.safe_dump({"basic_auth_users": {"alice": HASH}}))
    copied = tmp_path / "copy"
    shutil.copytree(folder, copied, ignore=shutil.ignore_patterns("lock", "queries.active"))
    with running(copied, "--web.config.file=web.yml") as url:
        access = ", basic: {user: alice, password: {env: SHOP_PASSWORD}}"
        Path("slo.yaml").write_text(definitions(url, access=access))
        wish = ("budget", "-f", "slo.yaml", "--fetch", "1h", "--until", str(end), "-o", "json")
        monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
        code, out, said = leeway(*wish)
        assert (code, out) == (1, "")
        assert "SHOP_PASSWORD" in said  # nobody has listed it
        monkeypatch.setenv("LEEWAY_SECRET_ENV", "SHOP_PASSWORD")
        code, out, said = leeway(*wish)
        assert (code, json.loads(out)[0]["total"]) == (0, 6_000)
        monkeypatch.setenv("SHOP_PASSWORD", "looking-glass")
        code, out, said = leeway(*wish)
        assert (code, out) == (1, "")
        assert "answered 401" in said
        assert "looking-glass" not in said


def test_where_nothing_listens_nothing_is_read(leeway, tmp_path):
    """Exit 1, in a sentence for each SLO; a private address that nobody listed is not even tried."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    Path("slo.yaml").write_text(definitions(f"http://127.0.0.1:{port}"))
    code, out, said = leeway("budget", "-f", "slo.yaml", "--fetch", "8h")
    assert (code, out) == (1, "")
    assert "nothing listens there" in said
    assert "no source could be read" in said
    Path("slo.yaml").write_text(definitions("http://10.0.0.1:9090"))
    code, out, said = leeway("budget", "-f", "slo.yaml", "--fetch", "8h")
    assert (code, out) == (1, "")
    assert "LEEWAY_ALLOW_HOSTS=10.0.0.1:9090" in said


def test_pushed_points_have_nobody_to_ask(leeway):
    """The other ways are named."""
    pushed = definitions("http://x").replace("metricSourceRef: prod, type: prometheus", "type: json_push")
    Path("slo.yaml").write_text(pushed)
    code, out, said = leeway("budget", "-f", "slo.yaml", "--fetch", "8h")
    assert (code, out) == (1, "")
    assert "its points are pushed" in said
    assert "--stored" in said
