"""The contract of sources as tests. A source's test file makes a *rig* and subclasses one of the two suites:

    class TestPrometheus(HttpSourceSuite):
        rig = PrometheusRig()

`SourceSuite` holds what is true of every pull source; `HttpSourceSuite` adds the fault matrix, run against a real HTTP
server on the loopback. A case that a source cannot meet is named in its `Manifest.gaps`; it is then expected to fail,
strictly, so a gap that has been closed must be taken out of the manifest.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any, ClassVar, Protocol

import pytest

from leeway.errors import (
    Denied,
    Forbidden,
    Invalid,
    LeewayError,
    NotUnderstood,
    Permanent,
    Throttled,
    TimedOut,
    Transient,
    Unreachable,
)
from leeway.ports.clock import Clock
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.canary_law import CANARY, assert_hidden, assert_hides_the_secret, spellings
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer, Handler, until
from leeway.ports.kit.told import STEPS, UNKNOWN, Told, happened, without
from leeway.ports.source import Ask, Manifest, Metric, Reading, Source

__all__ = ["CANARY", "STEPS", "HttpRig", "HttpSourceSuite", "Rig", "SourceSuite", "Told", "assert_hides_the_secret"]


class Rig(Protocol):
    """What a source's test file supplies: an ask of `STEPS` steps, and metrics that can never be asked."""

    manifest: Manifest
    ask: Ask
    refused: Metric

    def opened(self, told: Told) -> AbstractAsyncContextManager[Source]:
        """The source, looking at a world that knows this."""


class HttpRig(Protocol):
    """As `Rig`, for a source over HTTP."""

    manifest: Manifest
    ask: Ask
    refused: Metric

    def build(self, url: str, secret: str, clock: Clock) -> Source:
        """The source for this address; it sends the secret, waits half a second, takes 1 MiB, tries once."""

    def server(self, told: Told) -> Handler:
        """A far side that knows this and answers every request of the source."""


def assert_says(reading: Reading, ask: Ask, told: Told) -> None:
    """The reading holds exactly what was told: every number, NaN for the unknown, and no step twice."""
    starts = list(range(ask.span.start, ask.span.end, ask.step_s))
    wanted = {role: told.column(role) for role in told.steps}
    known = [i for i in range(len(starts)) if any(not math.isnan(column[i]) for column in wanted.values())]
    assert reading.time.tolist() == [starts[i] for i in known]
    assert set(reading.columns) == set(wanted)
    for role, column in wanted.items():
        found = reading.columns[role].tolist()
        assert found == pytest.approx([column[i] for i in known], nan_ok=True, rel=1e-12), role


class SourceSuite:
    """What every pull source keeps."""

    rig: ClassVar[Any]  # a Rig; HttpSourceSuite, which never asks it to open, takes an HttpRig

    @pytest.fixture(autouse=True)
    def _declared_gap(self, request: pytest.FixtureRequest) -> None:
        case = request.node.originalname.removeprefix("test_")
        for gap in self.rig.manifest.gaps:
            if gap.case == case:
                request.applymarker(pytest.mark.xfail(strict=True, reason=gap.reason))

    def opened(self, told: Told) -> AbstractAsyncContextManager[Source]:
        """The source, looking at a world that knows this."""
        opened: AbstractAsyncContextManager[Source] = self.rig.opened(told)
        return opened

    def read(self, told: Told) -> Reading:
        """One reading of a world that knows this."""

        async def story() -> Reading:
            async with self.opened(told) as source:
                return await source.read(self.rig.ask)

        return asyncio.run(story())

    def test_every_declared_gap_names_a_case(self) -> None:
        """A gap that names nothing would hide nothing, and mislead."""
        unknown = [gap.case for gap in self.rig.manifest.gaps if not hasattr(self, f"test_{gap.case}")]
        assert unknown == []

    def test_what_happened_is_read_step_by_step(self) -> None:
        """Each step holds what happened in it; a step in which nothing happened is zero."""
        told = happened(self.rig.ask)
        assert_says(self.read(told), self.rig.ask, told)

    def test_a_step_without_data_is_unknown(self) -> None:
        """No data is not zero, and not the step before."""
        told = without(happened(self.rig.ask), 2)
        assert_says(self.read(told), self.rig.ask, told)

    def test_nan_is_unknown(self) -> None:
        """A sample that says NaN says nothing."""
        told = without(happened(self.rig.ask), 2, math.nan)
        assert_says(self.read(told), self.rig.ask, told)

    def test_a_world_without_data_gives_an_empty_reading(self) -> None:
        """Nothing is known of any step: no rows, no zeros, and still a provenance."""
        told = Told({metric.role: (UNKNOWN,) * STEPS for metric in self.rig.ask.metrics})
        reading = self.read(told)
        assert len(reading.time) == 0
        assert reading.provenance.query

    def test_a_restarted_counter_loses_nothing_that_was_seen(self) -> None:
        """After a restart the counter's new value is what happened since (max-reset rule)."""
        told = replace(happened(self.rig.ask), restart=3)
        assert_says(self.read(told), self.rig.ask, told)

    def test_samples_from_another_time_are_not_taken_for_the_asked_one(self) -> None:
        """Samples two days ahead are refused or left out; they never fill the asked steps."""
        told = replace(happened(self.rig.ask), off_s=2 * 86_400)
        try:
            reading = self.read(told)
        except NotUnderstood:
            return
        assert len(reading.time) == 0

    def test_the_same_answer_has_the_same_digest(self) -> None:
        """Provenance lets anybody ask again and compare."""
        told = happened(self.rig.ask)
        first, again, other = (self.read(t).provenance for t in (told, told, without(told, 1)))
        assert first.digest == again.digest != other.digest

    def test_a_reading_says_where_it_came_from(self) -> None:
        """Source, query, span, step and the time of fetching belong to every reading."""
        provenance = self.read(happened(self.rig.ask)).provenance
        assert provenance.source
        assert provenance.query
        assert (provenance.span, provenance.step_s) == (self.rig.ask.span, self.rig.ask.step_s)
        assert provenance.fetched_at > 0

    def test_check_refuses_what_can_never_be_asked(self) -> None:
        """Before anything is sent, a person learns which key is wrong."""

        async def story() -> None:
            async with self.opened(happened(self.rig.ask)) as source:
                source.check(self.rig.ask.metrics)
                with pytest.raises(Invalid) as refusal:
                    source.check((self.rig.refused,))
                assert refusal.value.place

        asyncio.run(story())

    def test_a_closed_source_reads_no_more(self) -> None:
        """After close every reading is an error, and closing twice does no harm."""

        async def story() -> None:
            async with self.opened(happened(self.rig.ask)) as source:
                await source.close()
                await source.close()
                with pytest.raises(LeewayError):
                    await source.read(self.rig.ask)

        asyncio.run(story())


class HttpSourceSuite(SourceSuite):
    """The fault matrix: whatever the far side does, the type of the error is right and nothing is read by half."""

    rig: ClassVar[HttpRig]

    @asynccontextmanager
    async def opened(self, told: Told) -> AsyncIterator[Source]:
        async with FaultServer(self.rig.server(told)) as server, self._source(server.url) as source:
            yield source

    @asynccontextmanager
    async def _source(self, url: str) -> AsyncIterator[Source]:
        source = self.rig.build(url, CANARY, self._clock())
        try:
            yield source
        finally:
            await source.close()

    def _clock(self) -> VirtualClock:
        return VirtualClock(self.rig.ask.span.end + 30.0)

    def _good(self) -> Handler:
        return self.rig.server(happened(self.rig.ask))

    def fails(self, answer: Handler) -> LeewayError:
        """The error of a reading from such a server; no text of it holds the secret."""

        async def story() -> LeewayError:
            async with FaultServer(answer) as server, self._source(server.url) as source:
                with pytest.raises(LeewayError) as caught:
                    await source.read(self.rig.ask)
                assert server.asked > 0
                return caught.value

        error = asyncio.run(story())
        assert_hides_the_secret(error)
        return error

    def test_the_secret_is_sent_and_shown_nowhere(self) -> None:
        """The far side gets the credentials; source, reading and provenance do not show them."""

        async def story() -> None:
            async with FaultServer(self._good()) as server, self._source(server.url) as source:
                reading = await source.read(self.rig.ask)
                sent = " ".join(value for headers in server.seen for value in headers.values())
                assert any(spelling in sent for spelling in spellings())
                assert_hidden(f"{source!r} {reading!r} {reading.provenance!r}")

        asyncio.run(story())

    def test_silence_is_timed_out(self) -> None:
        """No whole answer in time."""
        assert isinstance(self.fails(fault.silence()), TimedOut)

    @pytest.mark.parametrize("code", [401, 403])
    def test_refused_credentials_are_denied(self, code: int) -> None:
        """A retry cannot help until somebody changes the credentials."""
        assert isinstance(self.fails(fault.status(code)), Denied)

    def test_429_is_throttled_for_as_long_as_it_says(self) -> None:
        """Retry-After reaches the schedule."""
        error = self.fails(fault.status(429, Retry_After="37"))
        assert isinstance(error, Throttled)
        assert error.retry_after_s == 37

    @pytest.mark.parametrize("code", [500, 502, 503])
    def test_a_server_error_is_transient(self, code: int) -> None:
        """The same call may succeed later."""
        assert isinstance(self.fails(fault.status(code)), Transient)

    @pytest.mark.parametrize("code", [400, 404, 422])
    def test_a_refused_query_is_permanent_and_says_why(self, code: int) -> None:
        """The server's own words are kept, without the secret that it echoes."""
        error = self.fails(fault.status(code))
        assert isinstance(error, Permanent)
        assert "you sent" in str(error)

    def test_half_a_body_is_no_reading(self) -> None:
        """The promised length was not reached: unreachable, not a shorter answer."""
        assert isinstance(self.fails(fault.half(self._good())), Unreachable)

    def test_a_hang_up_is_unreachable(self) -> None:
        """The connection closes without an answer."""
        assert isinstance(self.fails(fault.hang_up()), Unreachable)

    def test_nobody_there_is_unreachable(self) -> None:
        """The port is closed."""

        async def story() -> LeewayError:
            async with FaultServer(self._good()) as server:
                url = server.url
            async with self._source(url) as source:
                with pytest.raises(LeewayError) as caught:
                    await source.read(self.rig.ask)
                return caught.value

        error = asyncio.run(story())
        assert isinstance(error, Unreachable)
        assert_hides_the_secret(error)

    @pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe garbage", b"<html>", b"[]", b"{}", b"null", b'{"a":'])
    def test_garbage_is_not_understood(self, content: bytes) -> None:
        """A 200 whose body is not what the protocol promises, empty included."""
        assert isinstance(self.fails(fault.body(content)), NotUnderstood)

    def test_a_false_content_type_is_not_understood(self) -> None:
        """A login page is not data, whatever its bytes look like."""
        assert isinstance(self.fails(fault.typed(self._good(), "text/html")), NotUnderstood)

    def test_an_endless_body_is_cut(self) -> None:
        """Memory is not the sender's to spend."""
        assert isinstance(self.fails(fault.endless()), Permanent)

    def test_a_redirect_to_another_host_is_forbidden(self) -> None:
        """Credentials and questions stay with the host that was written."""
        assert isinstance(self.fails(fault.moved("http://other.example/")), Forbidden)

    def test_a_fault_after_the_first_answer_leaves_no_partial_reading(self) -> None:
        """If the last request of a reading fails, the whole reading does."""

        async def requests() -> int:
            async with FaultServer(self._good()) as server, self._source(server.url) as source:
                await source.read(self.rig.ask)
                return server.asked

        last = asyncio.run(requests())
        assert isinstance(self.fails(fault.after(last - 1, self._good(), fault.status(500))), Transient)

    def test_a_wrong_clock_changes_no_number(self) -> None:
        """The server's Date is an hour off; samples count by their own time."""
        told = happened(self.rig.ask)

        async def story() -> Reading:
            skewed = fault.dated(self.rig.server(told), self.rig.ask.span.end + 3600)
            async with FaultServer(skewed) as server, self._source(server.url) as source:
                return await source.read(self.rig.ask)

        assert_says(asyncio.run(story()), self.rig.ask, told)

    def test_a_cancelled_reading_leaves_the_source_usable(self) -> None:
        """Shutdown and deadlines cancel readings at any await."""
        told = happened(self.rig.ask)

        async def story() -> Reading:
            async with FaultServer(fault.silence()) as server, self._source(server.url) as source:
                reading = asyncio.create_task(source.read(self.rig.ask))
                await until(lambda: server.asked > 0)
                reading.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await reading
                server.answer = self.rig.server(told)
                return await source.read(self.rig.ask)

        assert_says(asyncio.run(story()), self.rig.ask, told)
