"""`leeway silence` and `leeway why --alerts`, as a person runs them against a real server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.cli.test_server_verbs import leeway
from tests.server.serving import NOW, seed, served

from leeway.client.figures import clock
from leeway.server.api.shapes import moment

__all__ = ["leeway"]

HOUR = 3_600


@pytest.fixture(scope="module")
def seeded(tmp_path_factory) -> Path:
    data = tmp_path_factory.mktemp("silenced") / "data"
    asyncio.run(seed(data))
    return data


@pytest.fixture
def shop(seeded, tmp_path):
    """search burns since long, and its alerts name nobody; each test has its own."""
    import shutil

    data = Path(shutil.copytree(seeded, tmp_path / "data"))
    with served(data) as server:
        yield server


def at(seconds):
    return clock(moment(NOW + seconds))


def test_a_silence_is_looked_at_before_it_is_made_then_listed_and_ended(leeway, shop):
    """What it covers, until when, by whom and why; afterwards it stays for the record."""
    asked = ("silence", "add", "--slo", "search", "--for", "2h", "--why", "a new index", "--by", "ann")
    code, out, _ = leeway(shop, *asked, "--dry-run")
    assert (code, "A dry run: nothing is silenced." in out) == (0, True)
    assert leeway(shop, "silence", "list")[1:] == ("", "Nothing is silenced.\n")
    code, out, _ = leeway(shop, *asked)
    assert code == 0
    head, who, about, *up = out.splitlines()
    assert head == f"  1  in force  SLO search  {at(0)} to {at(2 * HOUR)} (2 hours)"
    assert who.strip() == "ann: a new index"
    assert about == "It is about 1 objective of search; 2 alerts are up:"
    assert sum("search / " in line for line in up) == 2
    assert leeway(shop, "silence", "list")[1].splitlines() == [head, who]
    code, out, _ = leeway(shop, "silence", "end", "1", "--by", "bob")
    assert (code, out) == (0, "Silence 1 is over; what still burns will be told.\n")
    assert leeway(shop, "silence", "list")[1] == ""
    assert "over" in leeway(shop, "silence", "list", "--all")[1]
    assert "ended by bob" in leeway(shop, "silence", "list", "--all")[1]
    code, _, err = leeway(shop, "silence", "end", "1")
    assert (code, "is over already" in err) == (1, True)


def test_work_is_planned_with_a_beginning_and_an_end(leeway, shop):
    """By labels, service or policy; as JSON the document of the API."""
    times = ("--from", str(NOW + HOUR), "--until", str(NOW + 3 * HOUR))
    code, out, _ = leeway(shop, "silence", "add", "--service", "bar", *times, "--why", "new pipes", "-o", "json")
    made = json.loads(out)
    assert (code, made["silence"]["state"], made["silence"]["service"]) == (0, "planned", "bar")
    assert (made["objectives"], made["silence"]["number"]) == (3, 1)
    assert json.loads(leeway(shop, "silence", "list", "-o", "json")[1]) == [made["silence"]]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--slo", "serch", "--for", "1h", "--why", "x"], 1, "did you mean `search`?"),
        (["--slo", "search", "--for", "1h", "--why", " "], 1, "says why"),
        (["--slo", "search", "--for", "31d", "--why", "x"], 1, "30 days at most"),
        (["--slo", "search", "--until", str(NOW - HOUR), "--why", "x"], 1, "over already"),
        (["--slo", "search", "--for", "1h", "--until", str(NOW + 9), "--why", "x"], 1, "one end"),
        (["--for", "1h", "--why", "x"], 1, "or everything"),
        (["--label", "team", "--for", "1h", "--why", "x"], 1, "write key=value"),
        (["--slo", "search", "--for", "soon", "--why", "x"], 2, "is no duration"),
        (["--slo", "search", "--until", "tomorrow", "--why", "x"], 2, "is no time"),
        (["--slo", "search", "--for", "1h"], 2, "--why"),
    ],
)
def test_a_silence_that_cannot_be_meant_is_refused_with_what_to_do(leeway, shop, arguments, code, said):
    """Nothing is kept of it."""
    answer, out, err = leeway(shop, "silence", "add", *arguments)
    assert (answer, out, said in err) == (code, "", True), err
    assert leeway(shop, "silence", "list", "--all")[1] == ""


def test_everything_can_be_silenced_if_it_is_said(leeway, shop):
    """Explicitly."""
    code, out, _ = leeway(shop, "silence", "add", "--everything", "--for", "10m", "--why", "moving house")
    assert (code, "everything" in out, "It is about 5 objectives of " in out) == (0, True, True)


def test_why_tells_every_decision_about_the_alerts_of_an_slo(leeway, shop):
    """In words and as JSON; of an SLO whose alerts never fired it says so, an unknown one is not guessed at."""
    code, out, _ = leeway(shop, "why", "search", "--alerts")
    assert code == 0
    assert f"    {at(0)}  not sent  nobody is named who could be told" in out.splitlines()
    found = json.loads(leeway(shop, "why", "search", "--alerts", "-o", "json")[1])
    assert [one["decision"] for each in found for one in each["decisions"]] == ["kept"] * len(found)
    key = found[0]["alert"]["key"]
    assert leeway(shop, "ack", key, "--by", "ann")[0] == 0
    assert "    ann looks after it since" in leeway(shop, "why", "search", "--alerts")[1]
    assert leeway(shop, "why", "unseen", "--alerts")[1:] == ("", "No alert has fired.\n")
    assert leeway(shop, "why", "search", "--alerts", "--objective", "none")[1] == ""
    code, _, err = leeway(shop, "why", "serch", "--alerts")
    assert (code, "did you mean `search`?" in err) == (1, True)
