"""E-mail keeps the contract of channels, over real SMTP with TLS, and says what failed in our words."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.channels.email.postbox import Postbox, Strange, authority

from leeway.channels.email import Settings, build, manifest
from leeway.errors import Denied, Forbidden, Invalid, LeewayError, Permanent, TimedOut, Transient, Unreachable
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.canary_law import CANARY, assert_hidden, assert_hides_the_secret
from leeway.ports.kit.channel_suite import PLAIN, ChannelSuite
from leeway.ports.kit.clock import VirtualClock

TO = ["on-call@example.org", "owner@example.org"]


@asynccontextmanager
async def channel_to(port, tls="starttls", trusted=True, allowed=("127.0.0.1",), **more):
    with tempfile.TemporaryDirectory() as folder:
        authority().cert_pem.write_to_path(Path(folder) / "ca.pem")
        tree = {
            "host": "127.0.0.1",
            "port": port,
            "tls": tls,
            "login": {"user": "leeway", "password": {"env": "PW"}},
            "sender": "leeway@example.org",
            "to": TO,
            "timeout_s": 1.0 if more.pop("hasty", False) else 15,
            **({"ca": f"{folder}/ca.pem"} if trusted else {}),
            **more,
        }
        secrets = Secrets(frozenset({"PW"}), (Path(folder),), {"PW": CANARY})
        outside = Outside(VirtualClock(PLAIN.at + 1), Egress(frozenset(allowed)), secrets)
        channel = build(read_settings(Settings, tree), outside, "on-call")
        yield channel
        await channel.close()


class Rig:
    manifest = manifest

    def __init__(self, tls):
        self.tls = tls

    @asynccontextmanager
    async def opened(self):
        async with (
            Postbox(self.tls, "leeway", CANARY) as box,
            channel_to(box.port, self.tls) as channel,
        ):
            yield channel, box


class TestMailByStarttls(ChannelSuite):
    rig = Rig("starttls")


class TestMailByImplicitTls(ChannelSuite):
    rig = Rig("implicit")


def sent(*messages, box=None, **more):
    """The box and the outcomes after these messages."""

    async def story():
        taking = box or Postbox("starttls", "leeway", CANARY)
        async with taking, channel_to(taking.port, **more) as channel:
            return taking, [await channel.send(message) for message in messages]

    return asyncio.run(story())


def fails(box=None, port=None, **more):
    async def story():
        taking = box or Postbox("starttls", "leeway", CANARY)
        async with taking, channel_to(port or taking.port, **more) as channel:
            with pytest.raises(LeewayError) as caught:
                await channel.send(PLAIN)
            assert taking.mails == []
            assert_hidden(f"{channel!r} {channel.manifest!r}")
            return caught.value

    error = asyncio.run(story())
    assert_hides_the_secret(error)
    return error


def test_the_envelope_has_exactly_the_named_recipients():
    """Each once, in the order of the settings; the sender is ours."""
    box, (delivered,) = sent(PLAIN)
    ((recipients, _),) = box.mails
    assert list(recipients) == TO
    assert box.read()[0]["Message-ID"] == delivered.reference
    assert delivered.notes == ()


def test_a_mail_says_that_a_machine_wrote_it():
    """So that no vacation notice answers, and what comes back is known."""
    (mail,) = sent(PLAIN)[0].read()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert len(mail["X-Leeway-Loop"]) == 32
    assert mail["X-Leeway-Hops"] == "1"
    assert mail["Importance"] == "high"


def test_a_resolution_answers_its_alert_and_copies_are_the_same_mail():
    """Mail programs thread by these names; a copy has the name of the first."""
    resolved = replace(PLAIN, event=Event.RESOLVED)
    fired, copy, over, other = sent(PLAIN, PLAIN, resolved, replace(PLAIN, key="other"))[0].read()
    assert fired["Message-ID"] == copy["Message-ID"]
    assert over["In-Reply-To"] == over["References"] == fired["Message-ID"]
    assert len({fired["Message-ID"], over["Message-ID"], other["Message-ID"]}) == 3
    assert fired["X-Leeway-Loop"] == over["X-Leeway-Loop"] != other["X-Leeway-Loop"]


def test_a_line_of_a_mail_is_never_longer_than_the_protocol_allows():
    """998 octets and CRLF (RFC 5321), whatever the title is."""
    box, _ = sent(replace(PLAIN, title="Überlang 🔥 " * 500, lines=("x" * 5000, ".", "..")))
    ((_, content),) = box.mails
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


def test_one_refused_address_of_two_is_noted_and_the_other_has_the_mail():
    """Sending all again would tell the other twice."""
    box = Postbox("starttls", "leeway", CANARY, {TO[0]: f"550 no such user {CANARY}"})
    _, (delivered,) = sent(PLAIN, box=box)
    assert [list(recipients) for recipients, _ in box.mails] == [[TO[1]]]
    assert delivered.notes == (f"not taken for {TO[0]}: 550 no such user •••",)


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (("450 busy", "550 gone"), Transient),
        (("550 gone", "550 gone"), Permanent),
        (("452 full", "452 full"), Transient),
    ],
)
def test_a_mail_that_no_address_took_says_why(answers, kind):
    """One that may pass makes the whole worth another try."""
    error = fails(Postbox("starttls", "leeway", CANARY, dict(zip(TO, answers, strict=True))))
    assert isinstance(error, kind)
    assert all(f"{to}: {answer}" in str(error) for to, answer in zip(TO, answers, strict=True))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("421 going down", Transient),
        ("451 try later", Transient),
        ("552 too large", Permanent),
        ("554 spam", Permanent),
    ],
)
def test_a_refused_mail_passes_or_does_not_as_the_code_says(answer, kind):
    """4yz is worth another try, 5yz needs a person."""
    error = fails(Postbox("starttls", "leeway", CANARY, {"DATA": f"{answer} {CANARY}"}))
    assert isinstance(error, kind)
    assert answer in str(error)


def test_a_wrong_password_is_denied():
    """And is shown nowhere."""
    assert isinstance(fails(Postbox("starttls", "leeway", "another")), Denied)


def test_a_server_that_wants_a_login_is_not_sent_mail_without():
    """530: authentication required."""
    assert isinstance(fails(login=None), Denied)


def test_a_certificate_of_an_unknown_authority_is_not_trusted():
    """Nothing is said to a server that cannot show who it is."""
    for tls in ("starttls", "implicit"):
        error = fails(Postbox(tls, "leeway", CANARY), tls=tls, trusted=False)
        assert isinstance(error, Permanent)
        assert "not trusted" in str(error)


def test_a_certificate_for_another_name_is_not_trusted():
    """The authority is right, the server is somebody else."""
    error = fails(Postbox("starttls", "leeway", CANARY, name="mail.example"))
    assert isinstance(error, Permanent)
    assert "not trusted" in str(error)


def test_a_server_without_starttls_gets_no_mail_and_no_password():
    """TLS that was asked for is never given up silently."""
    assert isinstance(fails(Postbox("none")), Permanent)


def test_implicit_tls_to_a_plain_port_is_told_from_a_broken_line():
    """A wrong port or mode is a person's to mend."""
    assert isinstance(fails(Postbox("none"), tls="implicit"), Permanent)


def test_mail_without_tls_reaches_this_machine():
    """A relay of our own is on the loopback."""
    box, _ = sent(PLAIN, box=Postbox("none"), tls="none", login=None)
    assert len(box.mails) == 1


def test_mail_without_tls_goes_nowhere_else():
    """Whatever an admin has listed; no connection is made."""
    error = fails(port=25, tls="none", login=None, host="192.0.2.1", allowed=("192.0.2.1",))
    assert isinstance(error, Forbidden)
    assert "not on this machine" in str(error)


def test_a_server_that_no_admin_listed_is_not_reached():
    """The guard of addresses stands before mail too: where the address itself tells, when the recipient is saved."""
    with pytest.raises(Forbidden):
        fails(allowed=())


def test_nobody_there_is_unreachable():
    """The port is closed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert isinstance(fails(port=port), Unreachable)


@pytest.mark.parametrize(
    ("strange", "kind"),
    [
        (Strange(hangs_up=False), TimedOut),
        (Strange(), Unreachable),
        (Strange(b"220 hello\r\n"), Unreachable),
        (Strange(b"220 hello\r\n", hangs_up=False), TimedOut),
        (Strange(b"554 go away\r\n"), Permanent),
        (Strange(b"421 busy\r\n"), Transient),
        (Strange(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Permanent),
        (Strange(b"\x00\xff garbage\r\n"), Permanent),
    ],
    ids=["silence", "hang-up", "hang-up later", "silence later", "554", "421", "http", "garbage"],
)
def test_a_strange_server_is_an_error_of_the_tree(strange, kind):
    """Silence, a hang-up after the greeting, a refusal in place of one, something that is no SMTP."""

    async def story():
        async with strange, channel_to(strange.port, hasty=True) as channel:
            with pytest.raises(LeewayError) as caught:
                await channel.send(PLAIN)
            return caught.value

    error = asyncio.run(story())
    assert isinstance(error, kind)
    assert_hides_the_secret(error)


@pytest.mark.parametrize(
    "to",
    [
        "a@example.org, b@example.org",
        "a@example.org,b@example.org",
        "a@example.org;b@example.org",
        "On Call <a@example.org>",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org ",
        '"a, b"@example.org',
        "a(comment)@example.org",
        "@relay.example:a@example.org",
        "team: a@example.org;",
        "a@[127.0.0.1]",
        "a@b@example.org",
        "a..b@example.org",
        "a@-example.org",
        "ä@example.org",
        "a%b@example.org\x00",
        "a",
        "",
    ],
)
def test_an_entry_is_one_plain_address_or_nothing(to):
    """What could be read as two, or as somebody else, is refused when it is written."""
    tree = {"host": "mail.example", "sender": "leeway@example.org", "to": [to]}
    with pytest.raises(Invalid) as refusal:
        read_settings(Settings, tree)
    assert "not one plain address" in str(refusal.value)


def test_an_address_named_twice_is_refused():
    """Nobody is told twice by a slip."""
    tree = {"host": "mail.example", "sender": "leeway@example.org", "to": ["a@example.org", "A@example.org"]}
    with pytest.raises(Invalid):
        read_settings(Settings, tree)
