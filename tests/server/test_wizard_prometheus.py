"""From a live Prometheus to a saved SLO, and sources that are not there."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from tests.prometheus import program, running
from tests.server.serving import NOW, served
from tests.server.visiting import Visitor, fault

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]


def remembered(folder: Path, end: int) -> None:
    """Eight days of minutes until then: 100 requests in each, one of them bad, ten in one hour of the sixth day."""
    start, good, bad = end - 8 * 86_400, 0, 0
    lines: tuple[list[str], list[str]] = [], []
    for at in range(start, end, 60):
        wrong = 10 if 5 * 86_400 <= at - start < 5 * 86_400 + 3_600 else 1
        good, bad = good + 100 - wrong, bad + wrong
        for series, code, number in ((lines[0], "200", good), (lines[1], "500", bad)):
            series.append(f'requests_total{{job="shop",instance="a",code="{code}"}} {number} {at + 7}')
    (folder / "history.txt").write_text("\n".join(["# TYPE requests counter", *lines[0], *lines[1], "# EOF", ""]))
    (folder / "prometheus.yml").write_text("{}")
    words = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """One that remembers the days until NOW."""
    folder = tmp_path_factory.mktemp("prometheus")
    remembered(folder, NOW)
    with running(folder) as url:
        yield url


def until(visitor: Visitor, gone: str) -> None:
    """The page asks again by itself; so do we."""
    deadline = time.monotonic() + 60
    while gone in visitor.html:
        assert time.monotonic() < deadline, visitor.text
        time.sleep(0.1)
        visitor.go(visitor.at)


def test_from_a_live_prometheus_to_a_saved_slo(tmp_path, prometheus):
    """Tested, asked, looked at as received, tried on its own past, saved; then the past is fetched by the server."""
    with served(tmp_path / "data", allow=frozenset({prometheus.removeprefix("http://")})) as server:
        visitor = Visitor(server)
        visitor.go("/new")
        visitor.press("Test", url=prometheus)
        assert "It answers" in visitor.text
        assert prometheus in visitor.html
        visitor.press("Use it", url=prometheus)
        visitor.press("Read the past", good='requests_total{code="200"}')
        assert "or good or bad" not in fault(visitor.html, "total")
        assert "all events beside them" in fault(visitor.html, "total")
        assert "code=&#34;200&#34;" in visitor.html
        visitor.press("Read the past", good='requests_total{code="200"}', total="requests_total", back="7d")
        until(visitor, "Reading…")
        assert "98.94 %" in visitor.text or "98.9" in visitor.text
        visitor.press("Next: what counts as good")
        visitor.press("Next: the target", window="7d")
        visitor.press("Next: alerts", target="98.5")
        visitor.press("Next: its name")
        visitor.press("Next: look at it all", slo="shop", service="bar")
        assert "counter: true" in visitor.text
        assert "kind: DataSource" in visitor.text
        visitor.press("Save it, with the past that was read")
        assert (visitor.status, visitor.at) == (200, "/slos/shop"), visitor.text
        deadline = time.monotonic() + 60
        while (job := json.loads(server.ask("GET", "/api/v1/jobs")[1])["items"][0])["state"] == "running":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert job["state"] == "done", job
        status = server.status("shop", events=7 * 1_440 * 99.8)
        assert status["total"] == pytest.approx(7 * 1_440 * 100, rel=0.002)
        assert status["bad"] == pytest.approx(7 * 1_440 + 9 * 60, rel=0.01)


def test_a_source_that_is_not_there_is_told_at_its_field(tmp_path):
    """Not listed by an administrator, and listed but dead: both with what helps, the address kept."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        dead = f"127.0.0.1:{free.getsockname()[1]}"
    with served(tmp_path / "data", allow=frozenset({dead})) as server:
        visitor = Visitor(server)
        visitor.go("/new")
        visitor.press("Test", url="http://127.0.0.1:9")
        assert "--allow-hosts" in visitor.text
        assert 'value="http://127.0.0.1:9"' in visitor.html
        later = threading.Timer(1, server.pass_time, [30])  # it is tried more than once
        later.start()
        visitor.press("Test", url=f"http://{dead}")
        later.join()
        assert visitor.status >= 400
        assert f'value="http://{dead}"' in visitor.html
        visitor.press("Test", url="gopher://x")
        assert fault(visitor.html, "url")
