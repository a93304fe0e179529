"""The worked example of docs/latency.md is what Leeway says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from leeway.cli.frame import leeway

PAGE = (Path(__file__).parents[2] / "docs" / "latency.md").read_text()
DEFINITION, TABLE, SAID = re.findall(r"```(?:yaml|text)\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with the two files of the page."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "search.yaml").write_text(DEFINITION)
    (tmp_path / "points.csv").write_text(TABLE)
    return tmp_path


def said(*arguments):
    result = CliRunner().invoke(leeway, arguments, env={"COLUMNS": "100"}, catch_exceptions=False)
    return result.exit_code, result.stdout


@pytest.mark.usefixtures("desk")
def test_the_worked_example_runs_as_written():
    """The definition is sound, and the budget says just these sentences."""
    assert said("lint", "search.yaml")[0] == 0
    code, told = said("budget", "-f", "search.yaml", "--points", "points.csv")
    assert code == 0
    plain = " ".join(told.replace("\N{NO-BREAK SPACE}", " ").split())
    for sentence in SAID.strip().splitlines():
        assert sentence in plain


@pytest.mark.usefixtures("desk")
def test_the_bounds_of_the_page_are_in_the_json():
    """85 to 95 % good, 62.5 to 187.5 % of the budget consumed."""
    (one,) = json.loads(said("budget", "-f", "search.yaml", "--points", "points.csv", "-o", "json")[1])
    assert one["sli"] == 0.85
    expected = {"sli": [0.85, 0.95], "consumed_ratio": [0.625, 1.875], "threshold": 0.3, "edges": [0.25, 0.5]}
    assert one["bounds"] == expected


def test_an_edge_as_threshold_is_exact(desk):
    """Then there are no bounds to tell."""
    (desk / "search.yaml").write_text(DEFINITION.replace("value: 0.3", "value: 0.5"))
    (one,) = json.loads(said("budget", "-f", "search.yaml", "--points", "points.csv", "-o", "json")[1])
    assert (one["sli"], one["bounds"]) == (0.95, None)


@pytest.mark.parametrize(("value", "pages"), [("0.3", 0), ("0.25", 1)])
def test_a_backtest_pages_for_what_is_certainly_slow(desk, value, pages):
    """Two hours in which 40 % took more than 0.25 s, and nobody knows how many more than 0.3 s."""
    (desk / "search.yaml").write_text(DEFINITION.replace("value: 0.3", f"value: {value}").replace("0.92", "0.99"))
    start, lines = datetime(2026, 3, 1, tzinfo=UTC), ["time,slo,histogram"]
    for minute in range(2880):
        within = 600 if 2000 <= minute < 2120 else 999
        time = (start + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines.append(f"{time},search,0.1:300 0.25:{within} 0.5:999 +Inf:1000")
    (desk / "points.csv").write_text("\n".join(lines) + "\n")
    code, told = said("backtest", "-f", "search.yaml", "--points", "points.csv", "-o", "json")
    assert code == 0
    fired = [one for one in json.loads(told)["alerts"] if one["severity"] == "page" and one["suppressed_by"] is None]
    assert len(fired) == pages
