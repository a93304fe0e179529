"""A POST that is sent again under its key is carried out once."""

from __future__ import annotations

import asyncio
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

from tests.server.serving import NOW, served, slo

from leeway.client import Client
from leeway.client.silences import SilenceWish
from leeway.clock import SystemClock
from leeway.ports.answers import Name

WISH = {"slo": "checkout", "by": "ann", "why": "planned work", "lasts_s": 3600}


def post(server, path, wish, key):
    response, body = server.ask("POST", path, json.dumps(wish), server.bearer | {"Idempotency-Key": key})
    return response.status, json.loads(body)


def define(server):
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    assert post(server, "/api/v1/apply", files, "definitions")[0] == 200


def silences(server):
    return json.loads(server.ask("GET", "/api/v1/silences")[1])["items"]


def test_a_silence_asked_for_again_is_the_same_silence(fresh):
    """The answer is the first one; another key is another silence."""
    define(fresh)
    first, again = (post(fresh, "/api/v1/silences", WISH, "k1") for _ in range(2))
    assert first == again
    assert first[0] == 200
    assert len(silences(fresh)) == 1
    assert post(fresh, "/api/v1/silences", WISH, "k2")[1]["silence"]["number"] != first[1]["silence"]["number"]


def test_those_who_ask_at_once_under_one_key_get_one_silence(fresh):
    """The later ones wait for the first."""
    define(fresh)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: post(fresh, "/api/v1/silences", WISH, "k1"), range(4)))
    assert all(one == told[0] for one in told)
    assert len(silences(fresh)) == 1


def test_a_key_is_for_one_body_and_one_address(fresh):
    """Other content is 422; the key of another address is another key."""
    define(fresh)
    post(fresh, "/api/v1/silences", WISH, "k1")
    status, problem = post(fresh, "/api/v1/silences", WISH | {"lasts_s": 60}, "k1")
    assert (status, problem["type"], problem["place"]) == (422, "urn:leeway:problem:conflict", "Idempotency-Key")
    assert post(fresh, "/api/v1/plan", {"files": []}, "k1")[0] == 200
    assert post(fresh, "/api/v1/plan", {"files": []}, "k" * 201)[0] == 400


def test_a_refusal_may_be_tried_again(fresh):
    """An SLO that did not exist at the first attempt."""
    assert post(fresh, "/api/v1/silences", WISH, "k1")[0] >= 400
    define(fresh)
    assert post(fresh, "/api/v1/silences", WISH, "k1")[0] == 200


def test_after_a_day_a_key_is_new(fresh):
    """What applied then is planned anew: it is no change any more."""
    define(fresh)
    files = {"files": [{"file": "a.yaml", "text": slo("checkout")}]}
    assert post(fresh, "/api/v1/apply", files, "definitions")[1]["changed"]
    fresh.pass_time(86_401)
    assert not post(fresh, "/api/v1/apply", files, "definitions")[1]["changed"]
    assert fresh.clock.now() > NOW + 86_400


def test_the_client_sends_a_wish_again_under_its_key(fresh):
    """And is answered the same."""
    define(fresh)

    async def twice():
        async with Client(fresh.url, SystemClock(), token=fresh.token) as client:
            return [await client.silence(SilenceWish.model_validate(WISH), key="k1") for _ in range(2)]

    first, again = asyncio.run(twice())
    assert first == again
    assert len(silences(fresh)) == 1


def test_a_server_that_was_started_again_knows_what_it_answered(tmp_path):
    """The same silence, and only one; the body of another wish under its key is refused as before."""
    with served(tmp_path / "data") as server:
        define(server)
        first = post(server, "/api/v1/silences", WISH, "k1")
    with served(tmp_path / "data") as server:
        assert post(server, "/api/v1/silences", WISH, "k1") == first
        assert len(silences(server)) == 1
        assert post(server, "/api/v1/silences", WISH | {"lasts_s": 60}, "k1")[0] == 422


def test_what_was_broken_off_is_not_carried_out_a_second_time(fresh):
    """409 that says so: after a crash nobody knows whether it was done; another key is another wish."""
    define(fresh)
    digest = hashlib.sha256(json.dumps(WISH).encode()).hexdigest()
    fresh.engine.answers.claim(Name("/api/v1/silences?", "k1"), digest, NOW)
    status, problem = post(fresh, "/api/v1/silences", WISH, "k1")
    assert (status, problem["place"]) == (409, "Idempotency-Key")
    assert "broken off" in problem["detail"]
    assert silences(fresh) == []
    assert post(fresh, "/api/v1/silences", WISH, "k2")[0] == 200
