"""Which addresses Leeway may connect to: pure decisions about hosts and addresses, no look-ups.

Addresses are written by people who define SLOs, so a URL is input like any other: without this guard it would be a
way to ask the cloud's metadata service for credentials, or an internal system for its data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from yarl import URL

from leeway.errors import Forbidden, Invalid

Address = IPv4Address | IPv6Address

_NUMERIC = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = IPv6Network("::/96")
_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, GCP, OpenStack and others
        "fd00:ec2::254",  # AWS over IPv6
        "fd20:ce::254",  # GCP over IPv6
        "100.100.100.200",  # Alibaba Cloud
        "168.63.129.16",  # Azure's wire server: a public address
        "192.0.0.192",  # Oracle Cloud
    )
)


@dataclass(frozen=True, slots=True)
class Egress:
    """The policy: `allow` lists hosts (`prometheus.lan`, `10.1.2.3`) or host:port (`127.0.0.1:9090`, `[::1]:9090`).

    A listed host may be loopback or private. Link-local and metadata addresses are refused whatever is listed, and so
    is `own`: address:port at which Leeway itself answers, for those who must not talk to it (a loop of alerts).
    """

    allow: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def judge(self, host: str, port: int, address: str) -> None:
        """Raises Forbidden if a connection for `host` may not go to `address`."""
        ip = _innermost(ip_address(address.partition("%")[0]))
        if _never(ip):
            raise Forbidden(f"{_behind(host, ip)}link-local and metadata addresses are never asked", place=host)
        if self._is_own(ip, port):
            mend = "name the address of somebody else"
            raise Forbidden(f"{_behind(host, ip)}this is Leeway itself", place=f"{_shown(host)}:{port}", mend=mend)
        if not ip.is_global and not self._lists(host, port):
            there = f"{_shown(host)}:{port}"
            raise Forbidden(
                f"{_behind(host, ip)}a loopback or private address that no admin has listed",
                place=there,
                mend=f"if it is meant, list it: `leeway serve --allow-hosts {there}`, or LEEWAY_ALLOW_HOSTS={there}",
            )

    def judge_url(self, url: URL) -> None:
        """Raises Forbidden for what can be told from the URL alone: addresses as numbers in any form, localhost."""
        host, port = url.host or "", url.port or 0
        if f".{host.lower().rstrip('.')}".endswith(".localhost"):  # RFC 6761, whatever the system's resolver thinks
            self.judge(host, port, "127.0.0.1")
        try:
            ip_address(host.partition("%")[0])
        except ValueError:
            if _NUMERIC.fullmatch(host):
                mend = "write four decimal numbers, as in 10.1.2.3"
                raise Forbidden(f"{host} is an address in disguise", place=host, mend=mend) from None
            return
        self.judge(host, port, host)

    def judge_socket(self, address: str) -> None:
        """The last look, at the address that a socket is about to connect to: refuses what no list can allow."""
        ip = _innermost(ip_address(address.partition("%")[0]))
        if _never(ip):
            raise Forbidden(f"{ip}: link-local and metadata addresses are never asked", place=str(ip))

    def _is_own(self, ip: Address, port: int) -> bool:
        """True if Leeway answers there; on one port all loopback addresses count as one."""
        for entry in self.own:
            host, _, own_port = entry.rpartition(":")
            own = ip_address(host.strip("[]"))
            if own_port == str(port) and (ip == own or (ip.is_loopback and (own.is_loopback or own.is_unspecified))):
                return True
        return False

    def _lists(self, host: str, port: int) -> bool:
        name = _shown(host.lower().rstrip("."))
        listed = {entry.lower() for entry in self.allow}
        return name in listed or name.strip("[]") in listed or f"{name}:{port}" in listed


def parse_url(text: str, place: str = "url") -> URL:
    """An http(s) URL with a host and without credentials, or Invalid. Never shows what may be a password."""
    try:
        url = URL(text)
        usable = url.scheme in {"http", "https"} and bool(url.host) and bool(url.port)
    except ValueError:
        usable = False
    if not usable or any(character.isspace() or not character.isprintable() for character in text):
        raise Invalid("is no http or https address", place=place, mend="write it as in https://prometheus.example:9090")
    if url.raw_user is not None or url.raw_password is not None:
        mend = "take it out of the address; use basic: with a reference to the password"
        raise Invalid("holds a user or a password", place=place, mend=mend)
    return url


def _never(ip: Address) -> bool:
    return (
        ip in _METADATA
        or ip.is_link_local
        or ip.is_multicast
        or ip.is_unspecified
        or (ip.version == 4 and (int(ip) >> 24 == 0 or int(ip) == 0xFFFFFFFF))
    )


def _innermost(ip: Address) -> Address:
    """The IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64): that is where packets end."""
    if isinstance(ip, IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    if inner is None and (any(ip in net for net in _NAT64) or (ip in _IPV4_COMPATIBLE and int(ip) > 1)):
        inner = IPv4Address(int(ip) & 0xFFFFFFFF)
    return inner or ip


def _behind(host: str, ip: Address) -> str:
    return "" if host == str(ip) else f"it is {ip}, "


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
