"""What docs/sources/http-probe.md shows is what the probe understands."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from leeway.net import read_settings
from leeway.ports.source import Metric, Role
from leeway.sources.http_probe import Settings
from leeway.sources.http_probe.query import understand

PAGE = (Path(__file__).parents[3] / "docs" / "sources" / "http-probe.md").read_text()


def documents():
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]


def test_the_slo_on_the_page_is_a_probe():
    """Its words are written once and hold for both metrics."""
    (slo,) = (one for one in documents() if one["kind"] == "SLO")
    ratio = slo["spec"]["indicator"]["spec"]["ratioMetric"]
    metrics = tuple(Metric(role, ratio[str(role)]["metricSource"]["spec"]) for role in (Role.GOOD, Role.TOTAL))
    assert str(understand(metrics, "", 10)).startswith("GET https://shop.example/health answers 200-399 within 10 s")


def test_the_data_source_on_the_page_is_one():
    """Its connection details are settings, and a path is enough for its probes."""
    (source,) = (one for one in documents() if one["kind"] == "DataSource")
    settings = read_settings(Settings, source["spec"]["connectionDetails"])
    probe = understand((Metric(Role.TOTAL, {"url": "/health"}),), settings.url, settings.timeout_s)
    assert probe.request.url == "https://shop.example/health"
