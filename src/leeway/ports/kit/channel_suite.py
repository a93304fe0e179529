"""The contract of channels as tests. A channel's test file makes a *rig* and subclasses one of the two suites:

    class TestSlack(HttpChannelSuite):
        rig = SlackRig()

`ChannelSuite` holds what is true of every channel; `HttpChannelSuite` adds the fault matrix, run against a real HTTP
server on the loopback. A case that a channel cannot meet is named in its `Manifest.gaps`; it is then expected to fail,
strictly, so a gap that has been closed must be taken out of the manifest.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from leeway.core.alerting.policy import Severity
from leeway.errors import (
    Denied,
    Forbidden,
    LeewayError,
    NotUnderstood,
    Permanent,
    Throttled,
    TimedOut,
    Transient,
    Unreachable,
)
from leeway.ports.channel import Channel, Delivered, Event, Message, Skill
from leeway.ports.kit import fault_server as fault
from leeway.ports.kit.canary_law import CANARY, assert_hidden, assert_hides_the_secret, spellings
from leeway.ports.kit.channel_rig import Far, HttpFar, HttpRig, Rig, Shown
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer, Handler, until
from leeway.ports.kit.hostile import FIELDS, HOSTILE, KEY, PLAIN, VISIBLE, with_text

__all__ = ["PLAIN", "ChannelSuite", "Far", "HttpChannelSuite", "HttpFar", "HttpRig", "Rig", "Shown"]

GARBAGE = (b"", b"\x00\xff\xfe garbage", b"<html>sign in</html>", b"[]", b"{}", b"null", b'{"a":')


class ChannelSuite:
    """What every channel keeps."""

    rig: ClassVar[Any]  # a Rig; HttpChannelSuite, which never asks it to open, takes an HttpRig

    @pytest.fixture(autouse=True)
    def _declared_gap(self, request: pytest.FixtureRequest) -> None:
        case = request.node.originalname.removeprefix("test_")
        for gap in self.rig.manifest.gaps:
            if gap.case == case:
                request.applymarker(pytest.mark.xfail(strict=True, reason=gap.reason))

    def opened(self) -> AbstractAsyncContextManager[tuple[Channel, Far]]:
        """The channel and a new far side."""
        opened: AbstractAsyncContextManager[tuple[Channel, Far]] = self.rig.opened()
        return opened

    def told(self, *messages: Message) -> list[Shown]:
        """What people see after these messages, each of which was taken."""

        async def story() -> list[Shown]:
            async with self.opened() as (channel, far):
                for message in messages:
                    assert isinstance(await channel.send(message), Delivered)
                return list(await far.shown())

        return asyncio.run(story())

    def can(self, skill: Skill) -> bool:
        """True if the channel says so."""
        return skill in self.rig.manifest.skills

    @property
    def plain(self) -> Message:
        """What is sent where nothing else is said: a page, or a ticket where pages are refused."""
        return PLAIN if self.rig.manifest.pages else replace(PLAIN, severity=Severity.TICKET)

    def test_every_declared_gap_names_a_case(self) -> None:
        """A gap that names nothing would hide nothing, and mislead."""
        unknown = [gap.case for gap in self.rig.manifest.gaps if not hasattr(self, f"test_{gap.case}")]
        assert unknown == []

    def test_a_message_arrives_whole(self) -> None:
        """Title, every line, every fact and the link are there to read."""
        (shown,) = self.told(self.plain)
        assert shown.title == self.plain.title
        assert shown.open
        wanted = [*self.plain.lines, *self.plain.facts.values(), self.plain.link]
        assert [text for text in wanted if text not in shown.text] == []

    @pytest.mark.parametrize("severity", list(Severity))
    @pytest.mark.parametrize("event", list(Event))
    def test_every_event_is_told(self, event: Event, severity: Severity) -> None:
        """An event that the channel has no form for is told as a message. Nothing is refused but a page that fired, by
        a channel that is for messages alone: it says which ones to take instead."""
        if (event, severity) == (Event.FIRED, Severity.PAGE) and not self.rig.manifest.pages:
            with pytest.raises(Permanent, match="pagerduty"):
                self.told(PLAIN)
            return
        shown = self.told(replace(self.plain, event=event, severity=severity))
        if event is not Event.RESOLVED or not self.can(Skill.RESOLVE):
            assert [one.title for one in shown] == [self.plain.title]

    def test_a_message_without_optional_fields_is_told(self) -> None:
        """Only key, event, severity and title are there."""
        bare = Message(KEY, Event.FIRED, Severity.TICKET, self.plain.title, ())
        assert [one.title for one in self.told(bare)] == [self.plain.title]

    def test_two_alerts_are_two(self) -> None:
        """Different keys are different alerts, whatever else they share."""
        assert len(self.told(self.plain, replace(self.plain, key=KEY + "1"))) == 2

    @pytest.mark.parametrize(
        "key", [KEY, "k" * 5000, "ключ 🔥\r\nX: y", "\ud800"], ids=["plain", "long", "odd", "half"]
    )
    def test_a_copy_changes_nothing(self, key: str) -> None:
        """Sent again after a crash, people see what they saw before. A channel that cannot know copies shows each."""
        message = replace(self.plain, key=key)
        if not self.can(Skill.DEDUPLICATE):
            assert len(self.told(message, message)) == 2
            return
        once, other = self.told(message), self.told(replace(message, key=f"{key}."), message)
        assert self.told(message, message, message) == once
        assert len(other) == 2

    @pytest.mark.parametrize(
        "key", [KEY, "k" * 5000, "ключ 🔥\r\nX: y", "\ud800"], ids=["plain", "long", "odd", "half"]
    )
    def test_a_resolution_finds_its_alert(self, key: str) -> None:
        """It ends the alert with its key and no other one. A channel that has no resolution tells it as a message."""
        fired = replace(self.plain, key=key, title="this")
        other = replace(self.plain, key=f"{key}.", title="other")
        resolved = replace(fired, event=Event.RESOLVED, title="this is over", at=self.plain.at + 600)
        shown = self.told(fired, other, resolved)
        if not self.can(Skill.RESOLVE):
            assert [one.title for one in shown] == ["this", "other", "this is over"]
            return
        assert sorted((one.title, one.open) for one in shown) == [("other", True), ("this", False)]

    def test_a_resolution_without_its_alert_is_taken(self) -> None:
        """The alert may have gone to somebody else, before this recipient was named."""
        self.told(replace(self.plain, event=Event.RESOLVED))

    @pytest.mark.parametrize("field", FIELDS)
    def test_what_people_wrote_is_shown_and_never_acted_upon(self, field: str) -> None:
        """Each is one message, with no header, tag, mention, link or recipient more than a plain one has."""
        odd = [with_text(field, text, replace(self.plain, key=f"{KEY}{kind}")) for kind, text in HOSTILE.items()]
        plain, *shown = self.told(self.plain, *odd)
        for kind, one in zip(HOSTILE, shown, strict=True):
            assert one.live <= plain.live, kind
            assert not {"\r", "\n", "\x00", "\x1b", "\u202e"} & set(one.title), kind
            if kind in VISIBLE and field in {"title", "lines", "fact's value"}:
                assert VISIBLE[kind] in (one.title if field == "title" else one.text)

    def test_a_message_with_too_much_of_everything_is_taken(self) -> None:
        """What does not fit is cut; the far side does not refuse it, and the title is still its beginning."""
        much = replace(
            self.plain,
            title="Checkout fails " + "very " * 2000,
            lines=("one of many lines, " * 300,) * 300,
            facts={f"fact {number} & more": "value <b>" * 200 for number in range(300)},
            link="https://leeway.example/" + "x" * 10_000,
        )
        (shown,) = self.told(much)
        assert shown.title.startswith("Checkout fails very very")

    def test_a_closed_channel_sends_no_more(self) -> None:
        """After close every message is an error, and closing twice does no harm."""

        async def story() -> None:
            async with self.opened() as (channel, far):
                await channel.close()
                await channel.close()
                with pytest.raises(LeewayError):
                    await channel.send(self.plain)
                assert list(await far.shown()) == []

        asyncio.run(story())


class HttpChannelSuite(ChannelSuite):
    """The fault matrix: whatever the far side does, the type of the error is right, and it was tried once."""

    rig: ClassVar[HttpRig]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Channel, Far]]:
        far = self.rig.far()
        async with FaultServer(far.answer) as server, self._channel(server.url) as channel:
            yield channel, far

    @asynccontextmanager
    async def _channel(self, url: str) -> AsyncIterator[Channel]:
        channel = self.rig.build(url, CANARY, VirtualClock(self.plain.at + 1), frozenset({"127.0.0.1"}))
        try:
            yield channel
        finally:
            await channel.close()

    def fails(self, answer: Handler) -> LeewayError:
        """The error of a message to such a server, which was asked once; no text of it holds the secret."""

        async def story() -> LeewayError:
            async with FaultServer(answer) as server, self._channel(server.url) as channel:
                with pytest.raises(LeewayError) as caught:
                    await channel.send(self.plain)
                assert server.asked == 1
                assert_hidden(f"{channel!r} {channel.manifest!r}")
                return caught.value

        error = asyncio.run(story())
        assert_hides_the_secret(error)
        return error

    def test_the_secret_is_sent_and_shown_nowhere(self) -> None:
        """The far side gets it; channel and outcome do not show it."""
        sent: list[str] = []

        async def story() -> None:
            far = self.rig.far()

            async def noted(request: Any) -> Any:
                sent.append(f"{request.path_qs} {list(request.headers.items())} {await request.text()}")
                return await far.answer(request)

            async with FaultServer(noted) as server, self._channel(server.url) as channel:
                assert_hidden(f"{channel!r} {await channel.send(self.plain)!r}")

        asyncio.run(story())
        assert any(spelling in sent[0] for spelling in spellings())

    def test_silence_is_timed_out(self) -> None:
        """No whole answer in time."""
        assert isinstance(self.fails(fault.silence()), TimedOut)

    def test_an_answer_that_drips_is_timed_out(self) -> None:
        """The limit holds for the whole answer, not for each byte of it."""
        assert isinstance(self.fails(fault.trickle(self.rig.code)), TimedOut)

    @pytest.mark.parametrize("code", [401, 403])
    def test_refused_credentials_are_denied(self, code: int) -> None:
        """A retry cannot help until somebody changes the credentials."""
        assert isinstance(self.fails(fault.status(code)), Denied)

    @pytest.mark.parametrize("code", [400, 404, 410, 413, 422])
    def test_a_refused_message_is_permanent_and_says_why(self, code: int) -> None:
        """The far side's own words are kept, without the secret that it echoes."""
        error = self.fails(fault.status(code))
        assert isinstance(error, Permanent)
        assert "you sent" in str(error)

    def test_429_is_throttled_for_as_long_as_it_says(self) -> None:
        """Retry-After reaches the delivery."""
        error = self.fails(fault.status(429, Retry_After="37"))
        assert isinstance(error, Throttled)
        assert error.retry_after_s == 37

    @pytest.mark.parametrize("code", [500, 502, 503, 504])
    def test_a_server_error_is_transient_and_not_tried_again_here(self, code: int) -> None:
        """The delivery decides when to try again, and whom to tell instead; `fails` counted one request."""
        error = self.fails(fault.status(code, Retry_After="12"))
        assert isinstance(error, Transient)
        assert error.retry_after_s == 12

    def test_a_hang_up_is_unreachable(self) -> None:
        """The connection closes without an answer."""
        assert isinstance(self.fails(fault.hang_up()), Unreachable)

    def test_a_reset_in_the_middle_is_unreachable(self) -> None:
        """Nobody knows whether it was taken: it is sent again, under the same key."""
        assert isinstance(self.fails(fault.reset(self.rig.code)), Unreachable)

    def test_nobody_there_is_unreachable(self) -> None:
        """The port is closed."""

        async def story() -> LeewayError:
            async with FaultServer(fault.silence()) as server:
                url = server.url
            async with self._channel(url) as channel:
                with pytest.raises(LeewayError) as caught:
                    await channel.send(self.plain)
                return caught.value

        error = asyncio.run(story())
        assert isinstance(error, Unreachable)
        assert_hides_the_secret(error)

    @pytest.mark.parametrize("content", GARBAGE)
    def test_only_the_vendors_own_answer_means_taken(self, content: bytes) -> None:
        """A sign-in page with a friendly status is not the far side's word."""

        async def story() -> None:
            answer = fault.body(content, "text/html", self.rig.code)
            async with FaultServer(answer) as server, self._channel(server.url) as channel:
                await channel.send(self.plain)

        if self.rig.takes(content):
            asyncio.run(story())
        else:
            assert isinstance(self.fails(fault.body(content, "text/html", self.rig.code)), NotUnderstood)

    def test_an_endless_answer_is_cut(self) -> None:
        """Memory is not the far side's to spend."""
        assert isinstance(self.fails(fault.endless()), Permanent)

    def test_a_redirect_is_not_followed(self) -> None:
        """Who may be woken is what was written, not what a server says later."""

        async def story() -> None:
            far = self.rig.far()
            async with FaultServer(far.answer) as other, FaultServer(fault.moved(f"{other.url}/")) as server:
                async with self._channel(server.url) as channel:
                    with pytest.raises(Permanent):
                        await channel.send(self.plain)
                assert other.asked == 0

        asyncio.run(story())

    def test_an_address_that_no_admin_listed_is_not_asked(self) -> None:
        """The guard of addresses stands before every channel."""

        async def story() -> None:
            async with FaultServer(fault.silence()) as server:
                with pytest.raises(Forbidden) as caught:
                    await self.rig.build(server.url, CANARY, VirtualClock(), frozenset()).send(self.plain)
                assert server.asked == 0
                assert_hides_the_secret(caught.value)

        asyncio.run(story())

    def test_a_cancelled_message_leaves_the_channel_usable(self) -> None:
        """Shutdown and deadlines cancel at any await."""

        async def story() -> Sequence[Shown]:
            far = self.rig.far()
            async with FaultServer(fault.silence()) as server, self._channel(server.url) as channel:
                sending = asyncio.create_task(channel.send(self.plain))
                await until(lambda: server.asked > 0)
                sending.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sending
                server.answer = far.answer
                await channel.send(self.plain)
                return await far.shown()

        assert len(asyncio.run(story())) == 1
