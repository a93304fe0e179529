"""What GitHub is asked, how an alert's issue is known, and when a refusal is only that of a limit."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from leeway.channels.github import Settings, build, manifest
from leeway.channels.github import channel as github_channel
from leeway.channels.github.compose import Issue, among, issue
from leeway.core.alerting.policy import Severity
from leeway.errors import Denied, Invalid, NotUnderstood, Permanent, Throttled, TimedOut, Transient, Unreachable
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event, Skill
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer
from leeway.ports.legible import digest

OVER = replace(PLAIN, event=Event.RESOLVED, title="Checkout is well again")
MARK = f"<!-- leeway:{digest(PLAIN.key)} -->"
OURS = {"number": 7, "body": f"{MARK}\nwords", "labels": [{"name": "leeway"}]}
OTHER = {"number": 8, "body": None, "labels": []}
NOW = 1_790_000_041.0


def settings(**more):
    return read_settings(Settings, {"repository": "example/shop", "token": {"env": "TOKEN"}, **more})


def sent(request):
    return msgspec.json.decode(request.body)


def after(message, *answers, **more):
    """What the channel says to this message, and what it asked, when GitHub answers like this in turn."""
    asked = []

    async def answer(request):
        asked.append((f"{request.method} {request.path_qs}", await request.json() if request.can_read_body else None))
        said = answers[len(asked) - 1]
        return await said(request) if callable(said) else web.json_response(said)

    async def story():
        async with FaultServer(answer) as server:
            secrets = Secrets(frozenset({"TOKEN"}), environ={"TOKEN": "t" * 40})
            outside = Outside(VirtualClock(NOW), Egress(frozenset({"127.0.0.1"})), secrets)
            channel = build(settings(url=server.url, timeout_s=0.5, **more), outside)
            try:
                return await channel.send(message)
            finally:
                await channel.close()

    return asyncio.run(story()), asked


def test_an_issue_has_its_labels_and_begins_with_its_mark():
    """One label by which Leeway looks, one by severity, and those of the settings."""
    made = sent(issue(settings(page="urgent", labels=["team: bar"], assignees=["octo-cat"]), PLAIN))
    assert made.pop("body").startswith(f"{MARK}\n```\n{PLAIN.lines[0]}\n")
    assert made == {
        "title": PLAIN.title,
        "labels": ["leeway", "urgent", "team: bar"],
        "assignees": ["octo-cat"],
    }
    assert sent(issue(settings(page="urgent"), replace(PLAIN, severity=Severity.TICKET)))["labels"] == ["leeway"]


@given(st.lists(st.text(st.sampled_from("`~ @a#/\n"), max_size=12), max_size=4))
def test_nothing_that_people_wrote_ends_the_block(lines):
    """Its fence is longer than any run of backticks inside, so no line can be its end but the last."""
    body = sent(issue(settings(), replace(PLAIN, lines=tuple(lines), link="")))["body"].split("\n")
    fence = body[1]
    assert set(fence) == {"`"}
    assert [number for number, line in enumerate(body[2:]) if fence in line] == [len(body) - 4]


@pytest.mark.parametrize(
    ("body", "pull_request", "ours"),
    [
        (f"{MARK}\r\n```", None, True),
        (f"text of a stranger\n{MARK}", None, False),
        (f"{MARK}\n", {"url": "https://api.github.com/…"}, False),
        (None, None, False),
    ],
)
def test_the_mark_counts_at_the_beginning_of_an_issue_alone(body, pull_request, ours):
    """Where no text of other people can stand."""
    listed = [Issue(1, "…"), Issue(2, body, pull_request=pull_request)]
    assert (among(listed, PLAIN) is not None) is ours


@pytest.mark.parametrize(
    "more",
    [
        {"repository": "example"},
        {"repository": "example/.."},
        {"repository": "a/b/../c"},
        {"label": "a,b"},
        {"label": " "},
    ],
)
def test_settings_that_would_be_misread_are_refused(more):
    """A comma between labels asks for issues that have both."""
    with pytest.raises(Invalid):
        settings(**more)


def test_an_alert_that_has_an_open_issue_gets_no_other():
    """It may stand on any of the pages; no more of them are read."""
    pages = [[OTHER] * 30, [OTHER] * 30, [OTHER, OURS] * 15]
    delivered, asked = after(PLAIN, *pages)
    assert delivered.reference == "example/shop#7"
    query = "/repos/example/shop/issues?state=open&labels=leeway&per_page=30&page="
    assert [what for what, _ in asked] == [f"GET {query}{page}" for page in (1, 2, 3)]


def test_more_issues_than_are_read_are_noted_and_the_alert_is_told():
    """Better twice than never."""
    delivered, asked = after(PLAIN, *([[OTHER] * 30] * 10), OURS)
    assert len(asked) == 11
    assert delivered.notes == ("more than 300 issues are open under 'leeway': older ones were not read",)


def test_labels_that_were_dropped_are_noted():
    """GitHub leaves them out without a word if the token may not set them, and then no copy is known."""
    delivered, _ = after(PLAIN, [], OURS | {"labels": []})
    (note,) = delivered.notes
    assert note.startswith("example/shop#7 has no labels, so a copy will make another")


FAULTS = [
    (fault.silence(), TimedOut),
    (fault.hang_up(), Unreachable),
    (fault.status(403), Denied),
    (fault.status(503), Transient),
    (fault.body(b"{}"), NotUnderstood),
    (fault.body(b'{"number": 7}', "text/html"), NotUnderstood),
]


@pytest.mark.parametrize(("answer", "kind"), FAULTS)
def test_a_fault_when_the_issue_is_made_or_closed_has_its_type(answer, kind):
    """As one at the list has; and nothing was said that would be said again."""
    with pytest.raises(kind, match=r"POST http.*/issues: "):
        after(PLAIN, [], answer)
    with pytest.raises(kind, match=r"PATCH http.*/issues/7: "):
        after(OVER, [OURS], answer)


def test_an_issue_is_closed_first_and_then_commented():
    """As completed."""
    delivered, asked = after(OVER, [OURS], OURS, {"id": 1})
    assert delivered.notes == ()
    assert asked[1] == ("PATCH /repos/example/shop/issues/7", {"state": "closed", "state_reason": "completed"})
    assert asked[2][0] == "POST /repos/example/shop/issues/7/comments"
    assert OVER.title in asked[2][1]["body"]


@pytest.mark.parametrize(("answer", "_kind"), FAULTS)
def test_a_comment_that_is_not_taken_after_closing_is_noted(answer, _kind):
    """The issue is found no more: another try could not say it either."""
    delivered, _ = after(OVER, [OURS], OURS, answer)
    assert delivered.reference == "example/shop#7"
    (note,) = delivered.notes
    assert note.startswith("the issue is closed, but its comment was not taken: ")


def test_a_resolution_that_finds_no_issue_changes_nothing():
    """The alert may have gone to somebody else, or people have closed its issue."""
    delivered, asked = after(OVER, [OTHER])
    assert len(asked) == 1
    assert delivered.notes == ("no open issue has this alert's mark",)


def test_what_is_left_of_an_attempt_bounds_the_comment(monkeypatch):
    """An attempt is cancelled as a whole after 20 s: then nobody would know that the issue is closed."""

    async def never(_):
        await asyncio.Event().wait()

    monkeypatch.setattr(github_channel, "_WORDS_S", 0.2)
    told, _ = after(OVER, [OURS], {"number": 7}, never)
    assert told.notes == ("the issue is closed, but its comment was not taken: no time was left for it",)


def test_a_slow_list_is_not_read_to_its_end_when_somebody_must_be_told(monkeypatch):
    """Another issue is better than none; a resolution looks on."""
    monkeypatch.setattr(github_channel, "_LOOK_S", 0.0)
    full = [{"number": number} for number in range(30)]
    told, asked = after(PLAIN, full, {"number": 9, "labels": [{"name": "leeway"}]})
    assert told.notes == ("more than 30 issues are open under 'leeway': older ones were not read",)
    assert len(asked) == 2
    told, _ = after(OVER, full, [OURS], {"number": 7}, {"id": 1})
    assert told.notes == ()


def limited(code, words, **headers):
    async def answer(_):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response({"message": words}, status=code, headers=named)

    return answer


@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (limited(403, "You have exceeded a secondary rate limit", Retry_After="90"), 90),
        (limited(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="1790001041"), 1000),
        (limited(403, "API rate limit exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="1790000000"), 60),
        (limited(403, "You have exceeded a secondary rate limit", X_RateLimit_Remaining="4000"), 60),
        (limited(429, "Too many"), 60),
    ],
)
def test_a_limit_that_comes_as_403_is_waited_for(answer, wait_s):
    """As long as GitHub says, and a minute where it does not."""
    with pytest.raises(Throttled) as caught:
        after(PLAIN, answer)
    assert caught.value.retry_after_s == wait_s
    assert "limit" in str(caught.value) or "Too many" in str(caught.value)


def test_a_403_that_is_no_limit_is_denied():
    """Waiting would not help."""
    with pytest.raises(Denied, match="Resource not accessible"):
        after(PLAIN, limited(403, "Resource not accessible by personal access token", X_RateLimit_Remaining="4999"))


def test_a_repository_that_moved_is_not_followed():
    """Who is told is what was written."""
    with pytest.raises(Permanent, match="answered 301"):
        after(PLAIN, limited(301, "Moved Permanently", Location="https://api.github.com/repositories/1/issues"))


def test_a_ticket_system_does_not_page():
    """It wakes nobody."""
    assert manifest.skills == {Skill.DEDUPLICATE, Skill.RESOLVE}
