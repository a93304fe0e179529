"""What is said when a source cannot be reached: a person reads it and knows what to type."""

from __future__ import annotations

import asyncio
import socket

import pytest

from leeway.errors import Forbidden, Unreachable
from leeway.net import Client, Egress, Limits, Request, Retries
from leeway.net.secret import SecretRef, Secrets
from leeway.ports.kit.clock import VirtualClock


def asked(url: str, *allow: str) -> None:
    async def story() -> None:
        client = Client(
            Egress(frozenset(allow)), VirtualClock(), limits=Limits(connect_s=5, total_s=10), retries=Retries(1)
        )
        try:
            await client.ask(Request(url))
        finally:
            await client.close()

    asyncio.run(story())


def test_an_address_that_is_not_listed_says_which_flag_lists_it() -> None:
    """The address stands there once, and the mend can be pasted."""
    with pytest.raises(Forbidden) as refused:
        asked("http://127.0.0.1:9390/")
    told = "127.0.0.1:9390: a loopback or private address that no admin has listed"
    assert str(refused.value).startswith(told)
    assert "--allow-hosts 127.0.0.1:9390" in refused.value.mend


def test_a_port_that_nobody_listens_at_is_told_in_words() -> None:
    """No error of the operating system, no tuple: nothing listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound, not listening: refused, and nobody else gets it
        port = free.getsockname()[1]
        with pytest.raises(Unreachable, match="nothing listens there — check that it runs"):
            asked(f"http://127.0.0.1:{port}/", f"127.0.0.1:{port}")


def test_a_secret_that_is_not_listed_says_which_flag_lists_it(tmp_path) -> None:
    """Variables and files alike."""
    with pytest.raises(Forbidden) as variable:
        Secrets(environ={"TOKEN": "x"}).read(SecretRef(env="TOKEN"))
    assert "--secret-env TOKEN" in variable.value.mend
    with pytest.raises(Forbidden) as file:
        Secrets().read(SecretRef(file=tmp_path / "token"))
    assert f"--secret-files {tmp_path / 'token'}" in file.value.mend
