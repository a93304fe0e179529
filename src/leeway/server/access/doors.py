"""Where a server listens and under which names it is reached. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from leeway.errors import Denied, Invalid
from leeway.net import parse_url

_OWN = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Doors:
    """`address` is where people find it; `hosts` may stand in Host, `origins` in Origin besides the own ones."""

    address: str
    hosts: frozenset[str]
    origins: frozenset[str]


def is_loopback(listen: str) -> bool:
    """True for an address that only this machine reaches. Raises Invalid for what is no address."""
    try:
        return ipaddress.ip_address(listen).is_loopback
    except ValueError:
        mend = "write an address of this machine, as 192.0.2.7, or 0.0.0.0 for all of them"
        raise Invalid(f"{listen[:100]!r} is no address", place="listen", mend=mend) from None


def doors(listen: str, port: int, url: str, hosts: Iterable[str], *, tls: bool) -> Doors:
    """`url` is the address at which people reach it, "" if it is the one it listens at; `hosts` are more names.

    Raises Invalid if nobody could know under which names it is reached.
    """
    named, origins = set(hosts), set()
    scheme = "https" if tls else "http"
    if url:
        there = parse_url(url, "url")
        if there.path not in ("", "/") or there.query_string:
            raise Invalid(
                "Leeway is served at the root of a name", place="url", mend="write https://leeway.example.org"
            )
        origins.add(str(there.origin()))
        named.add(there.raw_authority if there.explicit_port else there.host_subcomponent or "")
    if ipaddress.ip_address(listen).is_unspecified:
        if not named:
            mend = "say so with url (https://leeway.example.org) or hosts (leeway.example.org)"
            raise Invalid("nobody knows under which name it is reached", place="listen", mend=mend)
        own = min(named)
    else:
        own = f"[{listen}]:{port}" if ":" in listen else f"{listen}:{port}"
        named.add(own)
    here = url.rstrip("/") or f"{scheme}://{own}"
    return Doors(here, frozenset(named | {f"{name}:{port}" for name in _OWN}), frozenset(origins))


def ensure_somebody(listen: str, *, none: bool) -> None:
    """Raises Denied if others could reach a server on which nobody has an account."""
    if none and not is_loopback(listen):
        mend = (
            "start it with --users: that makes an admin, and a link for the first sign-in; "
            "or run `leeway user add NAME --role admin` while it listens on the loopback"
        )
        raise Denied("nobody has an account yet, so only this machine may be served", place="listen", mend=mend)
