"""A guarded TCP connection for protocols other than HTTP: the judged address is the one that is connected to."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

from leeway.errors import Forbidden, LeewayError, Unreachable
from leeway.net.egress import Egress


async def dial(egress: Egress, host: str, port: int, *, only_loopback: str = "") -> socket.socket:
    """A connected, non-blocking socket; addresses are tried in the order of the look-up. Cancel-safe.

    Forbidden if the guard refuses any address of the host, or if one is not a loopback while `only_loopback` says why
    it must be; Unreachable if none answers. The caller sets the time limit.
    """
    loop = asyncio.get_running_loop()
    place = f"{host}:{port}"
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        mend = "check the address and the DNS"
        raise Unreachable("its name cannot be resolved", place=place, mend=mend) from None
    for *_, address in found:
        egress.judge(host, port, str(address[0]))
        if only_loopback and not ip_address(str(address[0]).partition("%")[0]).is_loopback:
            raise Forbidden(f"{address[0]} is not on this machine", place=place, mend=only_loopback)
    error: LeewayError = Unreachable("its name has no address", place=place)
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            await loop.sock_connect(connection, address)
        except BaseException as failure:
            connection.close()
            if not isinstance(failure, OSError):
                raise
            reason = "nothing listens there" if isinstance(failure, ConnectionRefusedError) else str(failure.strerror)
            error = Unreachable(reason, place=place, mend="check that it runs, and its address")
        else:
            return connection
    raise error
