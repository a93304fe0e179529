"""Prometheus keeps the contract of sources, counting from raw samples and evaluating as written."""

from __future__ import annotations

import json
import math
import re

from aiohttp import web

from leeway.core.window import Span
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.kit.source_suite import STEPS, HttpSourceSuite, Told
from leeway.ports.source import Ask, Metric, Role
from leeway.sources.prometheus import Settings, build, manifest

STEP = 60
SPAN = Span(1_790_000_040, 1_790_000_040 + STEPS * STEP)


class _Rig:
    manifest = manifest
    refused = Metric(Role.TOTAL, {"query": "rate(requests[5m"}, counter=True)

    def build(self, url, secret, clock):
        settings = read_settings(
            Settings,
            {"url": url, "bearer": {"env": "TOKEN"}, "timeout_s": 0.5, "largest_answer": 1 << 20, "tries": 1},
        )
        secrets = Secrets(env=frozenset({"TOKEN"}), environ={"TOKEN": secret})
        return build(settings, Outside(clock, Egress(frozenset({"127.0.0.1"})), secrets), "prod")


class CountersRig(_Rig):
    """Two counters, scraped twice a minute, the first time 15 s before the span."""

    ask = Ask(
        (
            Metric(Role.TOTAL, {"query": "sum(rate(requests_total[5m]))"}),
            Metric(Role.BAD, {"query": "failures_total"}, counter=True),
        ),
        SPAN,
        STEP,
    )

    def server(self, told: Told):
        samples = {
            "requests_total": _scraped(told, Role.TOTAL),
            "failures_total": _scraped(told, Role.BAD),
            "up": [(SPAN.start - 15, 1.0)],
        }

        async def answer(request: web.Request) -> web.Response:
            form = await request.post()
            name, seconds = re.search(r"(\w+)(?:\{.*\})?\[(\d+)s\]", form["query"]).groups()
            end = float(form["time"])
            held = samples[name]
            if not told.off_s:
                held = [(time, value) for time, value in held if end - int(seconds) <= time <= end]
            if "_over_time" not in form["query"]:
                return _matrix(held, name)
            return _vector(end, held[-1][1] if held and not told.off_s else None, name)

        return answer


class WrittenRig(_Rig):
    """An expression that only the server can evaluate: its value at the end of each step."""

    ask = Ask((Metric(Role.VALUE, {"query": "histogram_quantile(0.9, sum by (le) (rate(d[1m])))"}),), SPAN, STEP)

    def server(self, told: Told):
        async def answer(request: web.Request) -> web.Response:
            form = await request.post()
            first, last = int(form["start"]), int(form["end"])
            column = told.steps[Role.VALUE]
            return _matrix(
                [
                    (time + told.off_s, column[(time - SPAN.start) // STEP - 1])
                    for time in range(first, last + 1, int(form["step"]))
                    if column[(time - SPAN.start) // STEP - 1] is not None
                ]
            )

        return answer


class TestCountersFromSamples(HttpSourceSuite):
    rig = CountersRig()


class TestExpressionsAsWritten(HttpSourceSuite):
    rig = WrittenRig()


def _scraped(told: Told, role: Role) -> list[tuple[float, float]]:
    steps = told.steps[role]
    if all(step is None for step in steps):
        return []
    value = 1000.0
    samples = [(SPAN.start - 15 + told.off_s, value)]
    for index, events in enumerate(steps):
        if events is None:
            continue
        value = 0.0 if index == told.restart else value
        start = SPAN.start + index * STEP + told.off_s
        if math.isnan(events):
            samples += [(start + 15, math.nan), (start + 45, math.nan)]
            continue
        samples += [(start + 15, value + events // 2), (start + 45, value + events)]
        value += events
    return samples


def _matrix(samples, name=""):
    series = [{"metric": _labels(name), "values": [[time, _text(value)] for time, value in samples]}]
    return _success("matrix", series if samples else [])


def _vector(time, value, name):
    series = [] if value is None else [{"metric": _labels(name), "value": [time, _text(value)]}]
    return _success("vector", series)


def _labels(name):
    return {"__name__": name, "job": "api", "instance": "a:1"} if name else {}


def _text(value):
    return "NaN" if math.isnan(value) else f"{value:g}"


def _success(kind, result):
    content = {"status": "success", "data": {"resultType": kind, "result": result}}
    return web.Response(body=json.dumps(content).encode(), content_type="application/json")
