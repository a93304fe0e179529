"""How a client says who it is: basic, bearer, or headers with a secret inside."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from leeway.errors import Invalid
from leeway.net.secret import Secret


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers to send with every request; `secrets` are what must never be seen in a text."""

    headers: tuple[tuple[str, Secret], ...] = ()
    secrets: tuple[Secret, ...] = field(default=(), repr=False)

    def __add__(self, other: Credentials) -> Credentials:
        return Credentials(self.headers + other.headers, self.secrets + other.secrets)


def basic(user: str, password: Secret) -> Credentials:
    """RFC 7617 in UTF-8; a colon in the user's name cannot be told apart from the separator."""
    if ":" in user:
        raise Invalid("a user's name cannot hold a colon", place="basic.user", mend="use the name alone")
    pair = Secret(base64.b64encode(f"{user}:{password.reveal()}".encode()).decode())
    return Credentials((("Authorization", Secret(f"Basic {pair.reveal()}")),), (password, pair))


def bearer(token: Secret) -> Credentials:
    """RFC 6750."""
    return Credentials((("Authorization", Secret(f"Bearer {token.reveal()}")),), (token,))


def header(name: str, value: Secret) -> Credentials:
    """Any other header that proves who asks, as in `X-Api-Key`."""
    return Credentials(((name, value),), (value,))
