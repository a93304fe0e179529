"""How often one caller may ask: the law of the bucket, and what the server makes of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.serving import served, slo

from leeway.server.safety import Rates
from leeway.server.safety.bucket import Quota, take
from leeway.server.safety.limits import CALLERS, _busiest

QUOTAS = st.builds(Quota, st.floats(0.01, 10_000), st.integers(1, 1_000))
PAUSES = st.lists(st.floats(0, 100), min_size=1, max_size=60)
START = 1_000.0


def asked(quota, pauses):
    """When each asked, and what became of it."""
    now, full_at, told = START, START, []
    for pause in pauses:
        now += pause
        taken = take(quota, full_at, now)
        full_at = taken.full_at
        told.append((now, taken))
    return told


@given(QUOTAS, PAUSES)
def test_within_any_span_nobody_gets_more_than_the_burst_and_what_flows_in(quota, pauses):
    """From any moment to any later one."""
    got = [at for at, taken in asked(quota, pauses) if not taken.wait_s]
    for first in range(len(got)):
        for last in range(first, len(got)):
            flowed = quota.burst + quota.rate * (got[last] - got[first])
            assert last - first + 1 <= flowed + 1e-3


@given(QUOTAS, PAUSES)
def test_who_waits_as_long_as_he_is_told_gets_his_token_and_not_much_earlier(quota, pauses):
    """Refusals take nothing: however often he asked meanwhile, the wait does not grow."""
    at, taken = asked(quota, pauses)[-1]
    if taken.wait_s:
        again = take(quota, taken.full_at, at)
        assert again.wait_s == pytest.approx(taken.wait_s, rel=1e-6, abs=1e-6)
        assert not take(quota, taken.full_at, at + taken.wait_s * (1 + 1e-9) + 1e-9).wait_s
        assert take(quota, taken.full_at, at + taken.wait_s * 0.9 - 1e-5 / quota.rate).wait_s


@given(QUOTAS, PAUSES)
def test_what_is_left_can_be_taken_at_once_and_no_more(quota, pauses):
    """To the token."""
    at, taken = asked(quota, pauses)[-1]
    for _ in range(taken.left):
        taken = take(quota, taken.full_at, at)
        assert not taken.wait_s
    assert take(quota, taken.full_at, at).wait_s


@given(QUOTAS, PAUSES, st.floats(0, 1e6))
def test_a_clock_that_is_set_back_locks_nobody_out(quota, pauses, back):
    """The wait is never longer than one token takes."""
    at, taken = asked(quota, pauses)[-1]
    assert take(quota, taken.full_at, at - back).wait_s <= 1 / quota.rate * (1 + 1e-6) + 1e-6


def test_of_too_many_callers_those_with_full_buckets_are_forgotten_first():
    """And then those that have most left."""
    known = {("read", str(number)): START + number - 5 for number in range(CALLERS)}
    left = _busiest(known, START)
    assert len(left) == CALLERS // 2
    assert min(left.values()) > START
    assert ("read", str(CALLERS - 1)) in left


def test_every_answer_says_how_much_is_left(shop):
    """As the draft of the IETF has it: quota and window, what remains, and when all is there again."""
    shop.pass_time(10)  # other tests asked it too
    response, _ = shop.ask("GET", "/api/v1/health")
    assert response.headers["RateLimit-Policy"] == '"read";q=5000;w=10'
    assert response.headers["RateLimit"].startswith('"read";r=')
    assert response.headers["RateLimit"].endswith(";t=1")
    assert shop.ask("GET", "/healthz")[0].headers["RateLimit"] is None


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path):
    """429 as a problem; another kind of request is another bucket, and after the wait all is well."""
    with served(tmp_path / "data", rates=Rates(reads=1, writes=1, pushes=0)) as server:
        codes = [server.ask("GET", "/api/v1/health")[0].status for _ in range(11)]
        assert codes == [200] * 10 + [429]
        response, body = server.ask("GET", "/api/v1/health")
        problem = json.loads(body)
        assert (response.headers["Retry-After"], response.headers["RateLimit"]) == ("1", '"read";r=0;t=10')
        assert (problem["type"], problem["retry_after_s"]) == ("urn:leeway:problem:throttled", 1.0)
        assert "rate_reads" in problem["mend"]
        assert server.ask("GET", "/readyz")[0].status == 200
        files = json.dumps({"files": [{"file": "a.yaml", "text": slo("checkout")}]})
        assert server.ask("POST", "/api/v1/plan", files, server.bearer)[0].status == 200
        pushed = server.ask("POST", "/api/v1/push", "[]", server.bearer)[0]
        assert (pushed.status, pushed.headers["RateLimit"]) == (200, None)
        server.pass_time(1)
        assert server.ask("GET", "/api/v1/health")[0].status == 200
