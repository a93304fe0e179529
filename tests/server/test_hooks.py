"""Hooks: who subscribed is told what happens, signed, in order, whatever becomes of server and receiver."""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path

import pytest
from tests.server.receiver import receiving, until, with_status
from tests.server.serving import points, seed, served, slo

SECRET = "whsec_" + "Y2FuYXJ5LWluLWEtY29hbC1taW5l"
PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
LOCAL = frozenset({"127.0.0.1"})


@pytest.fixture
def home(tmp_path):
    """A folder with four SLOs, and a file with a secret beside it."""
    (tmp_path / "secret").write_text(SECRET)
    asyncio.run(seed(tmp_path / "data"))
    return tmp_path


def opened(home):
    """A server that may read the secret, and reach the loopback."""
    return served(home / "data", allow=LOCAL, secrets=(home / "secret",))


def asked(server, method, path, body=None, status=200):
    """The answer to one request, which has this status."""
    text = b"" if body is None else json.dumps(body)
    response, content = server.ask(method, f"/api/v1/{path}", text, server.bearer)
    assert response.status == status, content
    return json.loads(content)


def subscribe(server, home, url, **more):
    """A hook to this address; its number."""
    wish = {"url": url, "secret": {"file": str(home / "secret")}, "by": "ann", **more}
    return asked(server, "POST", "hooks", wish, 201)["number"]


def annotate(server, text, slo="checkout"):
    """Something happens."""
    asked(server, "POST", f"slos/{slo}/annotations", {"text": text, "by": "ann"}, 201)


def delivered(server, hook, number=None):
    """Its newest delivery, or this one, when it waits no more."""

    def done():
        found = asked(server, "GET", f"hooks/{hook}/deliveries")["items"]
        shown = [one for one in found if number in (None, one["number"])]
        return shown[0] if shown and shown[0]["state"] != "waiting" else None

    return until(done, lambda: server.pass_time(2))


def texts(receiver):
    """What the annotations that came say, each event once."""
    events = {one.headers["webhook-id"]: json.loads(one.body) for one in receiver.came}
    return [event["data"]["text"] for event in events.values() if event["type"].endswith("annotation.added")]


def documented():
    """The function that the documentation gives to receivers."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict = {}
    exec(compile(code, PAGE.name, "exec"), names)
    return names["is_from_leeway"]


def test_what_happens_arrives_signed_as_the_documentation_says(home):
    """An annotation, a definition, and a budget that turns; the check of the documentation finds each genuine."""
    is_genuine = documented()
    with receiving() as receiver, opened(home) as server:
        subscribe(server, home, receiver.url)
        annotate(server, "deploy 42")
        wish = {"files": [{"file": "a.yaml", "text": slo("new")}], "by": "ann"}
        asked(server, "POST", "apply", wish)
        asyncio.run_coroutine_threadsafe(server.engine.push(points("checkout", 0, 100, range(1, 2)), None), server.loop)
        wanted = {"annotation.added", "document.applied", "budget.turned"}
        until(lambda: wanted <= {kind(one) for one in receiver.came}, lambda: server.pass_time(5))
        now = server.clock.now()
        for one in receiver.came:
            assert is_genuine(one.headers, one.body, SECRET, now)
            assert not is_genuine(one.headers, one.body + b" ", SECRET, now)
            assert not is_genuine(one.headers, one.body, "whsec_" + "b3RoZXI=", now)
            assert not is_genuine(one.headers, one.body, SECRET, now + 900)
        told = {kind(one): json.loads(one.body)["data"] for one in receiver.came}
        assert told["annotation.added"]["text"] == "deploy 42"
        assert (told["document.applied"]["kind"], told["document.applied"]["number"]) == ("SLO", 1)
        assert {"slo", "objective", "before", "after"} == told["budget.turned"].keys()


def test_what_a_hook_does_not_ask_for_does_not_come(home):
    """By kind, by SLO and by project."""
    with receiving() as receiver, opened(home) as server:
        subscribe(server, home, receiver.url, kinds=["annotation"], slos=["search"])
        subscribe(server, home, receiver.url, projects=["elsewhere"])
        annotate(server, "of another")
        asked(server, "POST", "apply", {"files": [{"file": "a.yaml", "text": slo("new")}], "by": "ann"})
        annotate(server, "wanted", "search")
        until(lambda: receiver.came, lambda: server.pass_time(2))
        server.pass_time(10)
        assert texts(receiver) == ["wanted"]
        assert len(receiver.came) == 1


def test_what_happened_while_the_receiver_was_down_and_leeway_too_arrives_in_order(home):
    """The receiver is away, the server is stopped, things go on; then both are back."""
    with receiving() as receiver:
        port, url = receiver.port, receiver.url
    with opened(home) as server:
        hook = subscribe(server, home, url)
        for text in ("one", "two", "three"):
            annotate(server, text)
        until(lambda: asked(server, "GET", f"hooks/{hook}")["waiting"] == 3, lambda: server.pass_time(2))
        until(lambda: attempts(server, hook) >= 2, lambda: server.pass_time(2))
        annotate(server, "four")  # the last word before the stop: nobody has looked yet
    with opened(home) as server, receiving(port) as receiver:
        annotate(server, "five")
        until(lambda: len(texts(receiver)) >= 5, lambda: server.pass_time(5))
        assert texts(receiver) == ["one", "two", "three", "four", "five"]
        fresh = until(lambda: caught_up(server, hook), lambda: server.pass_time(2))
        assert (fresh["waiting"], fresh["given_up"]) == (0, 0)


def test_what_arrived_can_be_sent_again_under_its_id(home):
    """By number; the receiver sees that it had it."""
    with receiving() as receiver, opened(home) as server:
        hook = subscribe(server, home, receiver.url)
        annotate(server, "deploy")
        first = delivered(server, hook)
        assert (first["status"], first["attempts"], first["state"]) == (204, 1, "delivered")
        asked(server, "POST", f"hooks/{hook}/deliveries/{first['number']}/redeliver", status=202)
        again = delivered(server, hook, first["number"])
        assert (again["attempts"], again["event"]) == (2, first["event"])
        assert [one.headers["webhook-id"] for one in receiver.came] == [first["event"]] * 2


def test_what_is_never_taken_is_given_up_shown_and_can_be_sent_again(home):
    """After an hour of refusals; the log has the answer, without the secret that the receiver knows."""
    with receiving() as receiver, opened(home) as server:
        receiver.answer = with_status(422, f"your secret is {SECRET} ".encode() + b"x" * 5_000)
        hook = subscribe(server, home, receiver.url)
        annotate(server, "deploy")
        until(lambda: attempts(server, hook) >= 1, lambda: server.pass_time(2))
        lost = until(lambda: ended(server, hook), lambda: server.pass_time(600), 60)
        assert (lost["state"], lost["status"], len(lost["answer"])) == ("given_up", 422, 1_000)
        assert lost["attempts"] >= 2
        assert SECRET not in json.dumps(lost)
        assert asked(server, "GET", f"hooks/{hook}")["given_up"] == 1
        receiver.answer = with_status(200)
        asked(server, "POST", f"hooks/{hook}/deliveries/{lost['number']}/redeliver", status=202)
        assert delivered(server, hook)["state"] == "delivered"


def test_receivers_that_mean_harm_harm_nobody(home):
    """One never answers, one sends elsewhere, one answers without end: each is noted, and the others go on."""

    def slowly(request):
        time.sleep(3)
        with_status(200)(request)

    def endlessly(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(64):
            request.wfile.write(b"y" * (1 << 20))

    with receiving() as good, receiving() as target, receiving() as slow, receiving() as away, receiving() as huge:
        slow.answer, huge.answer = slowly, endlessly
        away.answer = with_status(307, Location=target.url)
        with opened(home) as server:
            asked(
                server,
                "POST",
                "apply",
                {"files": [{"file": "slow.yaml", "text": impatient(home, slow.url)}], "by": "ann"},
            )
            slow_hook = asked(server, "POST", "hooks", {"recipient": "slow", "by": "ann"}, 201)["number"]
            away_hook, huge_hook, hook = (subscribe(server, home, one.url) for one in (away, huge, good))
            annotate(server, "one")
            assert delivered(server, hook)["state"] == "delivered"
            errors = {
                number: until(lambda number=number: error(server, number), lambda: server.pass_time(2))
                for number in (slow_hook, away_hook, huge_hook)
            }
            annotate(server, "two")
            until(lambda: texts(good) == ["one", "two"], lambda: server.pass_time(2))
        assert "307" in errors[away_hook]
        assert "larger" in errors[huge_hook]
        assert errors[slow_hook]
        assert target.came == []


def test_a_test_is_tried_once_and_tells_what_came_of_it(home):
    """Whoever tests reads the answer; nothing is tried again."""
    with receiving() as receiver, opened(home) as server:
        receiver.answer = with_status(503, b"closed")
        hook = subscribe(server, home, receiver.url)
        number = asked(server, "POST", f"hooks/{hook}/test", {"by": "ann"}, 202)["number"]
        found = delivered(server, hook, number)
        assert (found["state"], found["status"], found["answer"], found["attempts"]) == ("given_up", 503, "closed", 1)
        assert json.loads(receiver.came[0].body)["data"] == {"by": "ann"}
        assert asked(server, "GET", f"hooks/{hook}/deliveries/{number}") == found


def test_a_hook_is_changed_paused_and_removed(home):
    """What it says is replaced; paused it hears nothing; removed nothing is left of it."""
    with receiving() as receiver, opened(home) as server:
        wish = {"url": receiver.url + "?token=canary", "secret": {"file": str(home / "secret")}, "by": "ann"}
        hook = subscribe(server, home, receiver.url)
        changed = asked(server, "PUT", f"hooks/{hook}", {**wish, "active": False, "kinds": ["annotation"]})
        assert (changed["active"], changed["kinds"]) == (False, ["annotation"])
        assert "canary" not in json.dumps(changed)
        annotate(server, "unheard")
        server.pass_time(6)
        asked(server, "PUT", f"hooks/{hook}", wish)
        annotate(server, "heard")
        until(lambda: texts(receiver), lambda: server.pass_time(2))
        assert texts(receiver) == ["heard"]
        until(lambda: not asked(server, "GET", f"hooks/{hook}")["waiting"], lambda: server.pass_time(2))
        assert asked(server, "GET", "hooks")["items"] == [asked(server, "GET", f"hooks/{hook}")]
        asked(server, "DELETE", f"hooks/{hook}")
        assert asked(server, "GET", "hooks")["items"] == []
        asked(server, "GET", f"hooks/{hook}/deliveries", status=404)


UNSIGNED = """\
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: unsigned}
spec: {channel: webhook, people: 1, settings: {url: "http://127.0.0.1:9/"}}
"""


@pytest.mark.parametrize(
    ("wish", "status", "place"),
    [
        ({}, 422, "recipient, url"),
        ({"recipient": "nobody"}, 404, "recipient"),
        ({"recipient": "unsigned"}, 422, "recipient"),
        ({"url": "http://127.0.0.1:9/", "recipient": "unsigned"}, 422, "recipient, url"),
        ({"url": "http://127.0.0.1:9/"}, 422, "secret"),
        ({"url": "ftp://127.0.0.1/", "secret": {"file": "SECRET"}}, 422, "url, secret"),
        ({"url": "http://169.254.169.254/", "secret": {"file": "SECRET"}}, 403, ""),
        ({"url": "http://10.0.0.1/", "secret": {"file": "SECRET"}}, 403, ""),
        ({"url": "SERVER/in", "secret": {"file": "SECRET"}}, 403, ""),
        ({"url": "http://127.0.0.1:9/", "secret": {"file": "/etc/passwd"}}, 403, "file /etc/passwd"),
        ({"url": "http://127.0.0.1:9/", "secret": {"file": "SECRET"}, "slos": ["chekout"]}, 422, "slos"),
        ({"url": "http://127.0.0.1:9/", "secret": "whsec_x"}, 400, "secret"),
        ({"url": "http://127.0.0.1:9/", "secret": {"file": "SECRET"}, "kinds": ["everything"]}, 400, "kinds.0"),
    ],
)
def test_what_could_not_be_told_is_refused_at_once(shop_with_unsigned, wish, status, place):
    """With the field that is wrong; nothing is kept."""
    server, home = shop_with_unsigned
    text = json.dumps({**wish, "by": "ann"}).replace("SECRET", str(home / "secret")).replace("SERVER", server.url)
    response, content = server.ask("POST", "/api/v1/hooks", text, server.bearer)
    assert response.status == status, content
    assert place in json.loads(content).get("place", "") or place in content.decode()
    assert asked(server, "GET", "hooks")["items"] == []


@pytest.fixture(scope="module")
def shop_with_unsigned(tmp_path_factory):
    """A server with a Recipient whose webhooks are not signed."""
    folder = tmp_path_factory.mktemp("hooks")
    (folder / "secret").write_text(SECRET)
    asyncio.run(seed(folder / "data"))
    with opened(folder) as server:
        asked(server, "POST", "apply", {"files": [{"file": "unsigned.yaml", "text": UNSIGNED}], "by": "ann"})
        yield server, folder


def impatient(home, url):
    """A Recipient who is waited for half a second."""
    settings = {"url": url, "secret": {"file": str(home / "secret")}, "timeout_s": 0.5}
    return json.dumps(
        {
            "apiVersion": "leeway.dev/v1",
            "kind": "Recipient",
            "metadata": {"name": "slow"},
            "spec": {"channel": "webhook", "people": 1, "settings": settings},
        }
    )


def kind(came):
    """What an event is about."""
    return json.loads(came.body)["type"].removeprefix("dev.leeway.event.")


def attempts(server, hook):
    """Of the delivery that was tried most often."""
    return max((one["attempts"] for one in asked(server, "GET", f"hooks/{hook}/deliveries")["items"]), default=0)


def ended(server, hook):
    """The delivery, once it waits no more."""
    return next((one for one in asked(server, "GET", f"hooks/{hook}/deliveries")["items"] if not one["next_at"]), None)


def error(server, hook):
    """Why the first delivery is not taken."""
    found = asked(server, "GET", f"hooks/{hook}/deliveries")["items"]
    return found[-1]["error"] if found else ""


def caught_up(server, hook):
    """The hook, when nothing waits for it."""
    found = asked(server, "GET", f"hooks/{hook}")
    return None if found["waiting"] else found
