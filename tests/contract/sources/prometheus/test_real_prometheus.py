"""The promise of exactness, kept against a real Prometheus: restarts, gaps, and a counter born with its first error."""

from __future__ import annotations

import asyncio
import json
import math
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest

from leeway.core.window import Span
from leeway.net import Egress, Outside, read_settings
from leeway.ports.source import Ask, ComputedBy, Metric, Role
from leeway.sources.prometheus import Settings, build

pytestmark = [pytest.mark.server, pytest.mark.timeout(120)]

OK, ERRORS, LATE = 'requests_total{code="200"}', 'requests_total{code="500"}', "late_errors_total"
BUCKETS = tuple(f'latency_bucket{{le="{edge}"}}' for edge in ("0.1", "0.3", "+Inf"))
SCRAPES, STEP = 24, 5
REFUSE, HANG = "refuse", "hang"
Served = Mapping[str, int]
History = Callable[[int], Served | str]


@dataclass
class Exporter:
    """An exporter whose pages depend only on how often it was scraped, and that keeps a record of them.

    `history(n)` gives the samples of scrape n (from 0), or REFUSE (a 500), or HANG (longer than a scrape may take).

    Every page also holds `page{} n`, so that what Prometheus stored tells which pages it really took.
    """

    history: History
    pages: dict[int, Served] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def page(self) -> str | None:
        """The next page as text, or None if this scrape fails."""
        with self._lock:
            number, self.asked = self.asked, self.asked + 1
        samples = self.history(number) if number < SCRAPES else REFUSE
        if samples == HANG:
            time.sleep(1.2)
        if isinstance(samples, str):
            return None
        self.pages[number] = samples
        return "".join(f"{series} {value}\n" for series, value in {**samples, "page": number}.items())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        exporter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = exporter.page()
                content = (page or "broken").encode()
                try:
                    self.send_response(200 if page is not None else 500)
                    self.send_header("Content-Type", "text/plain; version=0.0.4")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    return  # Prometheus has given up waiting

            def log_message(self, *_: object) -> None:
                """Says nothing: the test speaks."""

        return Handler


def restless(scrape: int) -> dict[str, int] | str:
    """Restarts at 10 and 18, fails at 5, 6 and 13, hangs at 15; the first error at 8, the next life's at 12."""
    if scrape in {5, 6, 13}:
        return REFUSE
    if scrape == 15:
        return HANG
    life = 0 if scrape < 10 else 10 if scrape < 18 else 18
    samples = {OK: sum(7 + n % 4 for n in range(life, scrape + 1))}
    if scrape >= 8 and (scrape < 10 or scrape >= 12):
        samples[ERRORS] = 3 + scrape - 8 if life == 0 else 1 + (scrape - 12) // 2 if life == 10 else scrape - 17
    return samples


def newcomer(scrape: int) -> dict[str, int] | str:
    """A target that is first reached at its sixth scrape, with counts from before: they are nobody's to know."""
    return REFUSE if scrape < 6 else {OK: 400 + 5 * scrape, ERRORS: 40 + scrape // 5}


def quiet(scrape: int) -> dict[str, int] | str:
    """Has nothing to say but that it lives, until a counter of errors is born at 3."""
    return {LATE: 3 + (scrape - 11) // 4} if scrape >= 11 else {}


def patient(scrape: int) -> dict[str, int] | str:
    """A histogram that is always there, restarts at 12 and fails at 7; every scrape finds a few more of each bucket."""
    if scrape == 7:
        return REFUSE
    age = scrape if scrape < 12 else scrape - 12
    return dict(zip(BUCKETS, (3 * age, 3 * age + scrape % 3 * age, 9 * age), strict=True))


def test_budgets_equal_the_samples_that_were_scraped(tmp_path, capsys):
    """Good and bad of every step, and of any tiling, are exactly the max-reset sums over the pages Prometheus took."""
    with ExitStack() as stack:
        exporters = [stack.enter_context(Exporter(history)) for history in (restless, newcomer, quiet, patient)]
        url = stack.enter_context(_prometheus(tmp_path, [exporter.address for exporter in exporters]))
        began = _SystemClock().now()
        _wait(lambda: min(exporter.asked for exporter in exporters) > SCRAPES, "the scrapes")
        span = Span(int(began) // STEP * STEP - STEP, math.ceil(_SystemClock().now() / STEP) * STEP)
        pages = _pages_taken(url, span, exporters)
        asked = {
            Role.TOTAL: ("sum(rate(requests_total[5m]))", (OK, ERRORS)),
            Role.BAD: ('sum(increase(requests_total{code="500"}[{{.window}}])) ', (ERRORS,)),
        }
        truth = {role: _truth(pages, series, span) for role, (_, series) in asked.items()}
        late = _truth(pages, (LATE,), span)
        reading = _read(url, span, {role: query for role, (query, _) in asked.items()})
        apart = [
            _read(url, Span(start, start + STEP), {role: query for role, (query, _) in asked.items()})
            for start in range(span.start, span.end, STEP)
        ]
        lately = _read(url, span, {Role.TOTAL: OK, Role.BAD: LATE})
        buckets = {series: _truth(pages, (series,), span) for series in BUCKETS}
        latency = _read(url, span, {Role.VALUE: "sum by (le) (rate(latency_bucket[1m]))"})
        theirs = {name: _increase(url, name, span) for name in ("requests_total", ERRORS, LATE)}

    for role, expected in truth.items():
        found = _by_step(reading, role)
        assert found == {step: expected.get(step, 0) for step in found}
        assert sum(found.values()) == sum(expected.values())
        assert sum(sum(_by_step(tile, role).values()) for tile in apart) == sum(expected.values())
    assert sum(_by_step(lately, Role.BAD).values()) == sum(late.values()) >= 3
    assert reading.provenance.computed_by is ComputedBy.LEEWAY
    for step, histogram in zip(latency.time.tolist(), latency.histograms.tolist(), strict=True):
        expected = [buckets[series].get(step, 0) for series in BUCKETS]
        assert [histogram.at(edge) for edge in (0.1, 0.3, math.inf)] == [(count, count) for count in expected]
    assert sum(histogram.total for histogram in latency.histograms) == sum(buckets[BUCKETS[-1]].values()) > 100
    with capsys.disabled():
        _show(theirs, sum(truth[Role.TOTAL].values()), sum(truth[Role.BAD].values()), sum(late.values()))


def _read(url, span, queries):
    async def story():
        settings = read_settings(Settings, {"url": url})
        source = build(settings, Outside(_SystemClock(), Egress(frozenset({"127.0.0.1"}))))
        try:
            metrics = tuple(Metric(role, {"query": query}, counter=True) for role, query in queries.items())
            return await source.read(Ask(metrics, span, STEP))
        finally:
            await source.close()

    return asyncio.run(story())


def _by_step(reading, role):
    known = zip(reading.time.tolist(), reading.columns[role].tolist(), strict=True)
    return {start: value for start, value in known if not math.isnan(value)}


def _truth(pages, wanted, span):
    """The plainest sum there is: sample by sample over the pages that Prometheus took, in the exporter's own values."""
    steps = {}
    for taken in pages:
        for series in wanted:
            before = None
            for number, (at, page) in enumerate(taken):
                if series not in page:
                    continue
                value = page[series]
                step = math.floor(at / STEP) * STEP
                if before is not None:
                    steps[step] = steps.get(step, 0) + (value - before if value >= before else value)
                elif number > 0:
                    steps[step] = steps.get(step, 0) + value
                before = value
    assert all(span.holds(step) for step in steps)
    return steps


def _pages_taken(url, span, exporters):
    """Per exporter the pages that Prometheus took, with the times it gave them."""
    taken = []
    for exporter in exporters:
        (series,) = _get(url, f'page{{instance="{exporter.address}"}}[{span.length_s}s]', span.end)
        taken.append([(float(at), exporter.pages[int(float(number))]) for at, number in series["values"]])
    return taken


def _increase(url, selector, span):
    """What Prometheus itself says: once over the whole span, and summed over its steps."""
    whole = _number(_get(url, f"sum(increase({selector}[{span.length_s}s]))", span.end))
    steps = range(span.start + STEP, span.end + 1, STEP)
    return whole, sum(_number(_get(url, f"sum(increase({selector}[{STEP}s]))", at)) for at in steps)


def _number(result):
    return float(result[0]["value"][1]) if result else 0.0


def _show(theirs, total, bad, late):
    print("\n  series                          truth = Leeway   increase() whole   increase() tiled")  # noqa: T201  the comparison is the point
    for (name, (whole, tiled)), exact in zip(theirs.items(), (total, bad, late), strict=True):
        print(f"  {name:<30} {exact:>15} {whole:>18.2f} {tiled:>18.2f}")  # noqa: T201  the comparison is the point


def _get(url, query, at):
    form = urllib.parse.urlencode({"query": query, "time": at}).encode()
    with urllib.request.urlopen(f"{url}/api/v1/query", form, timeout=10) as answer:
        return json.load(answer)["data"]["result"]


@contextmanager
def _prometheus(folder: Path, targets: list[str], *flags: str):
    program = _program()
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "500ms", "evaluation_interval": "1h"},
        "scrape_configs": [{"job_name": "shop", "static_configs": [{"targets": targets}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    arguments = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, *arguments, *flags, f"--web.listen-address=127.0.0.1:{port}"],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(lambda: _ready(url, process, folder / "log"), "Prometheus")
            yield url
        finally:
            process.terminate()
            process.wait(20)


def _program():
    root = Path(__file__).parents[4]
    places = [shutil.which("prometheus"), root / ".tools/debian/usr/bin/prometheus"]
    for place in places:
        if place and os.access(place, os.X_OK):
            return str(place)
    pytest.skip("no program `prometheus` on PATH or in .tools/debian/usr/bin; `apt-get install prometheus` brings it")


def _ready(url, process, log):
    assert process.poll() is None, f"Prometheus ended: {log.read_text()[-2000:]}"
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _wait(true, what):
    deadline = time.monotonic() + 90
    while not true():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.05)


class _SystemClock:
    def now(self):
        return time.time()  # noqa: TID251  the test stands at the edge

    def monotonic(self):
        return time.monotonic()

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)
