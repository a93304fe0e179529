"""A provider that signs people in: OpenID Connect, code flow with PKCE. Decisions here; `provider` asks the network.

Authlib knows the protocol: how a question is written, what an ID token must say. Requests go through `net`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from leeway.errors import Denied, NotUnderstood

LASTS_S = 10 * 60
"""So long somebody may take to sign in at the provider."""

SKEW_S = 60
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""How an ID token may be signed: by a key of the provider's that everybody can read, never by a shared secret."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One attempt, kept in a cookie of the browser that began it, sealed."""

    state: str
    nonce: str
    verifier: str
    to: str
    until: float

    @staticmethod
    def begun(to: str, now: float) -> Flow:
        """Three new secrets."""
        fresh = [secrets.token_urlsafe(32) for _ in range(3)]
        return Flow(fresh[0], fresh[1], fresh[2], to, now + LASTS_S)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the provider is asked, as it says itself."""

    issuer: str
    authorization: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """Who somebody is to the provider."""

    subject: str
    name: str
    groups: tuple[str, ...]


def addresses(told: object, issuer: str) -> Addresses:
    """From what the provider tells at its well-known address. Raises NotUnderstood."""
    tree = told if isinstance(told, dict) else {}
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    found = [tree.get(name) for name in names]
    if not all(isinstance(one, str) and one for one in found):
        raise NotUnderstood("this is no OpenID provider", place=issuer, mend="check oidc_issuer")
    said = Addresses(*(str(one) for one in found))
    if said.issuer.rstrip("/") != issuer.rstrip("/"):
        raise NotUnderstood(
            f"the provider calls itself {said.issuer[:200]}", place=issuer, mend="set oidc_issuer to it"
        )
    return said


def question(where: Addresses, client: str, redirect: str, scopes: str, flow: Flow) -> str:
    """The address at the provider to which a browser goes."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped] # has no types
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped] # has no types

    uri: str = prepare_grant_uri(
        where.authorization,
        client_id=client,
        response_type="code",
        redirect_uri=redirect,
        scope=scopes,
        state=flow.state,
        nonce=flow.nonce,
        code_challenge=create_s256_code_challenge(flow.verifier),
        code_challenge_method="S256",
    )
    return uri


def code_of(query: str, flow: Flow | None, now: float) -> tuple[str, Flow]:
    """The code with which the browser came back, and its attempt.

    Raises Denied if it began nothing like it, or too long ago.
    """
    if flow is None or now > flow.until:
        raise Denied("this sign-in was begun elsewhere, or too long ago", mend="begin again at /sign-in")
    told = dict(parse_qsl(query))
    if not secrets.compare_digest(told.get("state", "").encode(), flow.state.encode()):
        raise Denied("this answer belongs to another sign-in", mend="begin again at /sign-in")
    if "error" in told:
        raise Denied("the provider did not sign you in", place=told["error"][:100], mend="begin again at /sign-in")
    if not told.get("code"):
        raise Denied("the provider sent no code", mend="begin again at /sign-in")
    return told["code"], flow


def claims_of(token: str, keys: object, where: Addresses, client: str, flow: Flow, now: float) -> Mapping[str, Any]:
    """What a signed ID token says. Raises Denied unless the provider signed it now, for us, and for this attempt."""
    from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped] # has no types
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type] # judged by it
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": where.issuer}, "aud": {"essential": True, "value": client}},
            {"nonce": flow.nonce, "client_id": client},
        )
        claims.validate(now=int(now), leeway=SKEW_S)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        # what it says may be personal: only the kind of the fault is told
        raise Denied("the provider's ID token is not good", place=type(error).__name__, mend="begin again") from None
    return dict(claims)


def stranger_of(claims: Mapping[str, Any], issuer: str, groups: str) -> Stranger:
    """Who it is: known by issuer and subject for ever, called as the provider calls them now."""
    given = claims.get(groups, ())
    told = given if isinstance(given, list) else [given] if isinstance(given, str) else []
    name = next((str(claims[one]) for one in ("preferred_username", "email", "sub") if claims.get(one)), "")
    return Stranger(f"{issuer} {claims['sub']}", name, tuple(str(one) for one in told))
