"""Where Leeway may connect to: no spelling of an address gets around the guard."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp.abc import AbstractResolver

from leeway.errors import Forbidden, Invalid, LeewayError
from leeway.net import Client, Egress, Limits, Request, Retries, parse_url
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer, body

INNER = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0177.0.0.01/",
    "http://127.0.0.1./",
    "http://127.000.000.001/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://0.0.0.0/",
    "http://0/",
    "http://[::]/",
    "http://10.0.0.7/",
    "http://172.16.3.4:8080/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://[fd12:3456::1]/",
    "http://１２７.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://127。0。0。1/",
]
NEVER = [
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0xA9.0xFE.0xA9.0xFE/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]


class Names(AbstractResolver):
    """Answers a name with the next of these addresses each time: what a rebinding DNS server does."""

    def __init__(self, *addresses):
        self.addresses = list(addresses)

    async def resolve(self, host, port=0, family=socket.AF_INET):
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [{"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        """Nothing to close."""


def sent(url, allow=(), resolver=None):
    async def story():
        client = Client(
            Egress(frozenset(allow)),
            VirtualClock(),
            limits=Limits(connect_s=0.5, total_s=1),
            retries=Retries(1),
            resolver=resolver,
        )
        try:
            return await client.ask(Request(url))
        finally:
            await client.close()

    return asyncio.run(story())


@pytest.mark.parametrize("url", INNER + NEVER)
def test_no_spelling_of_an_inner_address_is_reached(url):
    """Decimal, hexadecimal, octal, shortened, mapped, translated, full-width: refused before a packet leaves."""
    with pytest.raises((Forbidden, Invalid)):
        sent(url)


@pytest.mark.parametrize("url", NEVER)
def test_link_local_and_metadata_addresses_are_refused_even_if_listed(url):
    """No list of an admin opens them: a slip there must not hand out the cloud's credentials."""
    host = parse_url(url).host
    with pytest.raises(Forbidden):
        sent(url, allow=[host, f"[{host}]", "169.254.169.254", "fe80::1"])


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "100.100.100.200"])
def test_a_listed_name_that_points_at_metadata_is_refused(address):
    """The list is of names; what they resolve to is judged each time."""
    with pytest.raises(Forbidden):
        sent("http://metrics.lan/", allow=["metrics.lan"], resolver=Names(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "::ffff:10.1.2.3", "fd00::5"])
def test_an_unlisted_name_that_points_inside_is_refused_with_the_mend(address):
    """A person learns what an admin would have to list."""
    with pytest.raises(Forbidden, match=r"--allow-hosts metrics\.example:80"):
        sent("http://metrics.example/", resolver=Names(address))


@pytest.mark.parametrize("listed", ["{host}", "{host}:{port}"])
def test_a_listed_host_is_reached(listed):
    """By host, or by host and port."""

    async def story():
        async with FaultServer(body(b"{}")) as server:
            url = parse_url(server.url)
            client = Client(Egress(frozenset({listed.format(host=url.host, port=url.port)})), VirtualClock())
            try:
                return await client.ask(Request(server.url))
            finally:
                await client.close()

    assert asyncio.run(story()).body == b"{}"


def test_another_port_of_a_listed_host_is_refused():
    """host:port lists one port."""
    with pytest.raises(Forbidden):
        sent("http://127.0.0.1:9/", allow=["127.0.0.1:9090"])


def test_a_name_cannot_be_rebound_between_the_look_and_the_connection():
    """The judged address is the one connected to: the second answer of the DNS is never asked for in one exchange."""

    async def story():
        async with FaultServer(body(b"{}")) as server:
            port = parse_url(server.url).port
            names = Names("127.0.0.1", "169.254.169.254")
            client = Client(Egress(frozenset({"shop.lan"})), VirtualClock(), resolver=names, fresh=True)
            try:
                first = await client.ask(Request(f"http://shop.lan:{port}/"))
                with pytest.raises(Forbidden):
                    await client.ask(Request(f"http://shop.lan:{port}/"))
                return first.status, server.asked
            finally:
                await client.close()

    assert asyncio.run(story()) == (200, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:pa55word@example.com/",
        "http://user@example.com/",
        "http://:pa55word@example.com/",
        "http://example.com@127.0.0.1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//example.com/",
        "example.com",
        "http://",
        "http:///path",
        "http://exam ple.com/",
        "http://example.com/\r\nX-Injected: 1",
        "http://example.com:99999/",
        "http://[::1/",
        "",
    ],
)
def test_an_address_that_is_none_is_refused_without_showing_a_password(url):
    """Wrong scheme, no host, credentials, white space, a broken port."""
    with pytest.raises(Invalid) as refusal:
        parse_url(url)
    assert "pa55word" not in str(refusal.value)


def test_every_error_names_the_host_or_the_place():
    """A refusal can be found in a log of many sources."""
    with pytest.raises(LeewayError) as refusal:
        sent("http://10.0.0.7/")
    assert "10.0.0.7" in str(refusal.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8474/", "http://[::ffff:127.0.0.1]:8474/", "http://localhost:8474/"])
def test_leeway_itself_is_refused_to_those_who_must_not_talk_to_it(url):
    """Listed or not, under any of its names."""
    egress = Egress(frozenset({"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"}), own=frozenset({"127.0.0.1:8474"}))
    with pytest.raises(Forbidden, match="this is Leeway itself"):
        egress.judge_url(parse_url(url))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_a_name_that_leads_to_leeway_itself_is_refused_when_it_is_looked_up(address):
    """On one port the loopback is one machine, ours; a name can be made to lead there after it was judged."""
    egress = Egress(frozenset({"pager.lan"}), own=frozenset({"127.0.0.1:8474"}))
    with pytest.raises(Forbidden, match="this is Leeway itself"):
        egress.judge("pager.lan", 8474, address)
    egress.judge("pager.lan", 8475, address)


def test_another_machine_on_leeways_port_is_somebody_else():
    """The port alone says nothing."""
    own = frozenset({"127.0.0.1:8474", "[fd12::1]:8474"})
    Egress(frozenset({"pager.lan"}), own=own).judge("pager.lan", 8474, "10.0.0.7")
    with pytest.raises(Forbidden, match="this is Leeway itself"):
        Egress(frozenset({"pager.lan"}), own=own).judge("pager.lan", 8474, "fd12::1")
