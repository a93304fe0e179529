"""Under which names a server is reached, and where it may listen."""

from __future__ import annotations

import pytest

from leeway.errors import Denied, Invalid
from leeway.server.access.doors import doors, ensure_somebody, is_loopback
from leeway.server.access.forms import local

OWN = {"127.0.0.1:8474", "localhost:8474"}


@pytest.mark.parametrize(
    ("listen", "url", "hosts", "tls", "address", "named", "origins"),
    [
        ("127.0.0.1", "", (), False, "http://127.0.0.1:8474", set(), set()),
        ("127.0.0.1", "", (), True, "https://127.0.0.1:8474", set(), set()),
        ("192.0.2.7", "", (), False, "http://192.0.2.7:8474", {"192.0.2.7:8474"}, set()),
        ("2001:db8::7", "", (), True, "https://[2001:db8::7]:8474", {"[2001:db8::7]:8474"}, set()),
        ("0.0.0.0", "", ("slo.example",), False, "http://slo.example", {"slo.example"}, set()),
        ("0.0.0.0", "https://slo.example/", (), False, "https://slo.example", {"slo.example"}, {"https://slo.example"}),
        (
            "::",
            "http://slo.example:81",
            ("b.example",),
            False,
            "http://slo.example:81",
            {"slo.example:81", "b.example"},
            {"http://slo.example:81"},
        ),
    ],
)
def test_a_server_is_reached_under_its_names(listen, url, hosts, tls, address, named, origins):
    """A browser leaves the port out where it is the usual one, and so does the name."""
    found = doors(listen, 8474, url, hosts, tls=tls)
    assert (found.address, found.hosts, found.origins) == (address, OWN | named, origins)


@pytest.mark.parametrize(
    ("listen", "url"), [("0.0.0.0", ""), ("127.0.0.1", "https://slo.example/below"), ("::", "ftp://slo.example")]
)
def test_an_address_that_nobody_could_use_is_refused(listen, url):
    """With what to write instead."""
    with pytest.raises(Invalid) as told:
        doors(listen, 8474, url, (), tls=False)
    assert told.value.mend


def test_without_anybody_only_the_loopback_is_served():
    """Of either kind of address."""
    for listen in ("127.0.0.1", "127.9.9.9", "::1"):
        ensure_somebody(listen, none=True)
    for listen in ("0.0.0.0", "192.0.2.7", "::"):
        assert not is_loopback(listen)
        ensure_somebody(listen, none=False)
        with pytest.raises(Denied):
            ensure_somebody(listen, none=True)
    with pytest.raises(Invalid):
        is_loopback("localhost:1")


@pytest.mark.parametrize(
    ("to", "path"), [("/slos?state=a", "/slos?state=a"), ("//x", "/"), ("/\\x", "/"), ("x", "/"), ("/a\nb", "/")]
)
def test_who_signed_in_stays_on_this_server(to, path):
    """Whatever the address said."""
    assert local(to) == path
