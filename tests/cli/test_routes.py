"""`leeway routes`: who would be told is seen before it is needed, and a test shows whether it arrives."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.cli.test_server_verbs import file, leeway
from tests.server.serving import Served, served, slo

__all__ = ["file", "leeway"]

PEOPLE = """\
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: urgent}
spec: {severity: page, conditions: [{burnRate: 5, long: 1h, short: 5m}], notify: [on-call, shop-team]}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: inbox, people: 1, settings: {folder: FOLDER}, fallback: backup, escalation: {to: lead, after: 10m}}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: shop-team}
spec: {channel: inbox, people: 4, settings: {folder: FOLDER}}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: backup}
spec: {channel: inbox, people: 2, settings: {folder: FOLDER}}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: lead}
spec: {channel: inbox, people: 1, settings: {folder: FOLDER}}
"""


def text(folder):
    watched = "  alertPolicies: [{alertPolicyRef: urgent}]\n---\n"
    return slo("checkout") + watched + slo("search") + watched + slo("quiet") + PEOPLE.replace("FOLDER", str(folder))


@contextmanager
def passing(server: Served) -> Iterator[None]:
    """Time passes on the server's clock meanwhile, so that messages are delivered."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(0.02):
            server.pass_time(1.0)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(20)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def shop(tmp_path, inbox, leeway, file) -> Iterator[Served]:
    with served(tmp_path / "data", roots=(inbox,)) as server:
        assert leeway(server, "apply", "-f", file(text(inbox)), "-y")[0] == 0
        yield server


def test_everybody_on_the_way_is_shown_with_when_why_and_how_many(leeway, shop, file, inbox):
    """From a running server, and the same from files before anything is applied."""
    shown = [
        "page    checkout, search  by urgent: 5 people at once, 8 people in all",
        "    at once           on-call    inbox, 1 person",
        "    at once           shop-team  inbox, 4 people",
        "    after 1 minute    backup     inbox, 2 people; if on-call cannot be reached",
        "    after 10 minutes  lead       inbox, 1 person; if nobody has taken it",
    ]
    for more in ([], ["-f", file(text(inbox))]):
        code, out, err = leeway(shop, "routes", "preview", "--policy", "urgent", *more)
        assert (code, out.splitlines()) == (0, shown), err


def test_one_slo_alone_and_slos_of_whose_alerts_nobody_is_told(leeway, shop):
    """Leeway's own set watches it, and tells nobody."""
    code, out, _ = leeway(shop, "routes", "preview", "--slo", "quiet")
    assert code == 0
    assert "page    quiet  by fast burn: nobody is named, so nobody is told" in out
    assert "checkout" not in out


def test_as_json_it_has_what_became_of_past_pages(leeway, shop):
    """Null from files: only a server knows."""
    code, out, _ = leeway(shop, "routes", "preview", "--slo", "checkout", "-o", "json")
    (route,) = json.loads(out)
    first = route["told"][0]
    assert (code, route["people_at_once"], route["people"]) == (0, 5, 8)
    assert (first["recipient"], first["role"], first["pages"], first["taken"], first["idle"]) == (
        "on-call",
        "named",
        0,
        0,
        False,
    )


@pytest.mark.parametrize("option", [("--slo", "chekout", "`checkout`"), ("--policy", "urgnt", "`urgent`")])
def test_a_slip_in_a_name_shows_no_other_route(leeway, shop, option):
    """It is answered with the name that was perhaps meant."""
    *wanted, meant = option
    code, out, err = leeway(shop, "routes", "preview", *wanted)
    assert (code, out, f"did you mean {meant}?" in err) == (1, "", True)


def test_a_test_reaches_exactly_the_one_who_is_named_and_says_that_it_is_a_test(leeway, shop, inbox):
    """And the command says that it arrived."""
    with passing(shop):
        code, out, err = leeway(shop, "routes", "test", "on-call", "--by", "ann")
    assert (code, "The test arrived at on-call (inbox, 1 person)" in out) == (0, True), err
    (line,) = (inbox / "inbox.jsonl").read_text().splitlines()
    got = json.loads(line)
    assert (got["to"], got["event"], got["severity"]) == ("on-call", "test", "page")
    assert got["lines"][0].startswith("ann asked for this test of Leeway. Nothing is wrong")


@pytest.mark.parametrize("name", ["on-cal", "on-call ", "On-call", "on_call", "_", "__", "on-call2", "*", "on-*", ""])
def test_a_name_that_differs_in_one_character_reaches_nobody(leeway, shop, inbox, name):
    """Not even when nobody else can be meant."""
    code, _, err = leeway(shop, "routes", "test", name)
    assert (code, "so nobody was told" in err) == (1, True)
    assert not (inbox / "inbox.jsonl").exists()


def test_a_test_that_does_not_arrive_says_why_and_is_not_tried_again(leeway, shop, inbox):
    """The folder is gone; it does not come back later as a surprise."""
    inbox.rmdir()
    with passing(shop):
        code, out, _ = leeway(shop, "routes", "test", "lead", "-o", "json")
        told = json.loads(out[out.index("{\n") :])  # after the log of the server, which runs in this process
        assert (code, told["delivery"]["attempts"], told["delivery"]["sent_at"]) == (3, 1, None)
        inbox.mkdir()
        assert leeway(shop, "alerts", told["test"]["key"])[0] == 0
        leeway(shop, "routes", "test", "backup")
    assert [json.loads(line)["to"] for line in (inbox / "inbox.jsonl").read_text().splitlines()] == ["backup"]
