"""What the Prometheus source asks, in what order, and what it does with odd answers."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from leeway.core.window import Span
from leeway.errors import Forbidden, Invalid, NotFound, NotUnderstood, Permanent, Transient
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer
from leeway.ports.source import Ask, ComputedBy, Metric, Role
from leeway.sources import MODULES, load
from leeway.sources.prometheus import Settings, build

START = 1_790_000_040
SPAN = Span(START, START + 120)


class Server:
    """Answers each query by the first rule whose text it holds, and remembers what it was asked."""

    def __init__(self, **rules):
        self.rules = rules
        self.asked = []

    async def __call__(self, request):
        form = dict(await request.post())
        self.asked.append((request.path.rpartition("/")[2], form, dict(request.headers)))
        for part, answer in self.rules.items():
            if part in form["query"]:
                return web.json_response(answer)
        return web.json_response(matrix() if "[" in form["query"][-8:] else vector())


def matrix(*samples, warnings=(), **labels):
    result = [{"metric": labels, "values": _pairs(*samples)}] if samples else []
    return success("matrix", result, warnings)


def _pairs(*samples):
    return [[START + at, str(value)] for at, value in samples]


def vector(*values, **labels):
    return success("vector", [{"metric": {**labels, "n": str(n)}, "value": [0, str(v)]} for n, v in enumerate(values)])


def success(kind, result, warnings=()):
    return {"status": "success", "data": {"resultType": kind, "result": result}, "warnings": list(warnings)}


def read(server, ask, **settings):
    async def story():
        async with FaultServer(server) as running:
            told = read_settings(Settings, {"url": running.url, "tries": 1, **settings})
            source = build(told, Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"}))))
            try:
                return await source.read(ask)
            finally:
                await source.close()

    return asyncio.run(story())


def total(query, counter=False):
    return Ask((Metric(Role.TOTAL, {"query": query}, counter),), SPAN, 60)


def test_too_many_samples_are_left_to_the_server_and_said_so():
    """Over the limit the query is evaluated as written, once per step, and marked."""
    server = Server(count_over_time=vector(900), last_over_time=vector(1, 2), increase=matrix((60, 5), (120, 7)))
    reading = read(server, total("m", counter=True), most_samples=800, samples_per_answer=100)
    assert reading.provenance.computed_by is ComputedBy.SOURCE
    assert reading.columns[Role.TOTAL].tolist() == [5, 7]
    path, form, _ = server.asked[-1]
    assert (path, form["query"]) == ("query_range", "sum(increase(m[60s]))")
    assert (form["start"], form["end"], form["step"]) == (str(START + 60), str(START + 120), "60")
    assert "900 samples are too many" in " ".join(reading.provenance.notes)


def test_one_expression_as_written_takes_the_others_with_it():
    """Good and total are always counted in the same way, at the same instants."""
    metrics = (Metric(Role.GOOD, {"query": "sum(rate(g[1m]))"}), Metric(Role.TOTAL, {"query": "sum(rate(t[1m])) * 1"}))
    server = Server(**{"rate(": matrix((60, 0.5), (120, 0.25))})
    reading = read(server, Ask(metrics, SPAN, 60))
    assert reading.provenance.computed_by is ComputedBy.SOURCE
    assert [path for path, _, _ in server.asked] == ["query_range", "query_range"]


def test_long_asks_are_fetched_in_small_answers():
    """Parts of whole steps, each once, in order."""
    server = Server(count_over_time=vector(1000), last_over_time=vector(1))
    read(server, total("m", counter=True), samples_per_answer=60)
    asked = [(form["query"], form["time"]) for _, form, _ in server.asked if form["query"].startswith("m[")]
    assert asked == [("m[60s]", f"{START + 59}.999"), ("m[60s]", f"{START + 119}.999")]


def test_several_series_of_an_expression_are_refused_with_their_labels():
    """One number is needed; which one of them is not ours to choose."""
    two = success("matrix", [{"metric": {"pod": p}, "values": [[START + 60, "1"]]} for p in ("a", "b")])
    with pytest.raises(Permanent, match=r"2 series \(pod=a, pod=b"):
        read(Server(m=two), total("m * 2"))


def test_a_partial_answer_is_no_answer():
    """A store behind the server was away: what is missing cannot be told from zero."""
    with pytest.raises(Transient, match="store-2 is away"):
        read(Server(m=matrix((60, 1), warnings=["store-2 is away"])), total("m * 2"))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": "error", "errorType": "timeout", "error": "query timed out"}, Transient),
        ({"status": "error", "errorType": "bad_data", "error": "parse error"}, Permanent),
        (success("vector", []), NotUnderstood),
        (success("matrix", [{"metric": {}, "values": [[START + 61, "1"]]}]), NotUnderstood),
        (success("matrix", [{"metric": {}, "values": [[START, "1"]]}]), NotUnderstood),
        (success("matrix", [{"metric": {}, "values": [[START + 60, 1]]}]), NotUnderstood),
        (success("matrix", [{"metric": {}, "values": [[START + 60, "one"]]}]), NotUnderstood),
        (success("matrix", [{"metric": {}, "values": []}]), None),
        (success("matrix", [{"metric": {}}]), NotUnderstood),
        (success("matrix", [{"metric": {}, "histograms": [[START + 60, {}]]}]), NotUnderstood),
        ({"status": "success"}, NotUnderstood),
    ],
)
def test_odd_answers_have_their_error(answer, error):
    """Status 200 promises nothing; type, instants and samples are looked at."""
    if error is None:
        assert len(read(Server(m=answer), total("m * 2")).time) == 0
        return
    with pytest.raises(error):
        read(Server(m=answer), total("m * 2"))


def test_infinite_values_are_unknown():
    """A division by zero is no measurement."""
    reading = read(Server(m=matrix((60, "+Inf"), (120, 3))), total("m / 2"))
    assert reading.columns[Role.TOTAL].tolist() == [3]
    assert "NaN or infinite" in " ".join(reading.provenance.notes)


def test_up_is_a_witness_where_no_other_series_is():
    """A counter born alone: its target's own `up` tells that it had been scraped."""
    born = matrix((70, 3), (100, 4), __name__="m", job="api", instance="a:1")
    ups = matrix((-20, 1), (40, 1), (70, 1), (100, 1), __name__="up", job="api", instance="a:1")
    server = Server(over_time=vector(), up=ups, **{"m[": born})
    reading = read(server, total("m", counter=True))
    assert reading.time.tolist() == [START + 60]
    assert reading.columns[Role.TOTAL].tolist() == [4]
    assert "born while their target was scraped" in " ".join(reading.provenance.notes)
    silent = matrix((40, 0), (70, 1), (100, 1), __name__="up", job="api", instance="a:1")
    reading = read(Server(over_time=vector(), up=silent, **{"m[": born}), total("m", counter=True))
    assert reading.columns[Role.TOTAL].tolist() == [1]


def test_tenant_and_dedupe_reach_their_places():
    """X-Scope-OrgID on every request; of replicas one counts."""
    two = success(
        "matrix",
        [
            {"metric": {"replica": r}, "values": [[START + 10, "1"], [START + 20, str(end)]]}
            for r, end in (("a", 4), ("b", 5))
        ],
    )
    ask = Ask((Metric(Role.TOTAL, {"query": "m", "dedupe": "replica"}, True),), SPAN, 60)
    server = Server(last_over_time=vector(), **{"m[": two})
    assert read(server, ask, tenant="shop").columns[Role.TOTAL].tolist() == [3]
    assert {headers["X-Scope-OrgID"] for _, _, headers in server.asked} == {"shop"}


def test_provenance_holds_every_query_that_was_sent():
    """Anybody can ask again."""
    server = Server(last_over_time=vector(1))
    query = read(server, total("m", counter=True)).provenance.query
    assert query == f"last_over_time(m[3600s]) at {START - 1}.999\nm[120s] at {START + 119}.999"


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({}, "url"),
        ({"url": "prometheus:9090"}, "no http or https address"),
        ({"url": "http://ann:hunter2@p"}, "user or a password"),
        ({"url": "http://p", "bearer": "hunter2"}, "name where it is"),
        ({"url": "http://p", "tenant": "a\r\nb"}, "tenant"),
        ({"url": "http://p", "timout_s": 3}, "timout_s"),
    ],
)
def test_settings_that_cannot_be_are_refused_without_their_content(tree, told):
    """Every fault is named, no input is repeated."""
    with pytest.raises(Invalid, match=told) as refusal:
        read_settings(Settings, tree, "source prod")
    assert "hunter2" not in str(refusal.value)


def test_basic_and_bearer_together_and_unlisted_secrets_are_refused():
    """When the source is built, before anything is asked."""
    secrets = Secrets(env=frozenset({"A"}), environ={"A": "x", "B": "y"})
    both = {"url": "http://p", "bearer": {"env": "A"}, "basic": {"user": "u", "password": {"env": "A"}}}
    unlisted = {"url": "http://p", "bearer": {"env": "B"}}
    with pytest.raises(Invalid, match="not both"):
        build(read_settings(Settings, both), Outside(VirtualClock(), secrets=secrets))
    with pytest.raises(Forbidden):
        build(read_settings(Settings, unlisted), Outside(VirtualClock(), secrets=secrets))


@pytest.mark.parametrize("kind", sorted(MODULES))
def test_every_listed_source_has_the_one_shape(kind):
    """manifest, Settings and build."""
    module = load(kind)
    assert module.manifest.name == kind
    assert module.Settings
    assert callable(module.build)


def test_an_unknown_source_is_not_found():
    """And the known ones are named."""
    with pytest.raises(NotFound, match="prometheus"):
        load("promethius")


def test_answers_of_a_server_whose_clock_is_off_say_so():
    """Thirty seconds are forgiven."""

    async def late(request):
        response = await Server(m=matrix((60, 1), (120, 1)))(request)
        response.headers["Date"] = "Mon, 21 Sep 2026 13:13:20 GMT"
        return response

    (note,) = read(late, total("m * 2")).provenance.notes
    assert "the server's clock is" in note
