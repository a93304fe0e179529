"""From a message to a signed CloudEvent: CloudEvents 1.0, structured JSON; signed as Standard Webhooks are."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from leeway.errors import Invalid
from leeway.ports.channel import Event, Message
from leeway.ports.legible import copy_key, legible, moment
from leeway.ports.loop import SOURCE, marks

_TYPES = {
    Event.FIRED: "dev.leeway.alert.fired",
    Event.RESOLVED: "dev.leeway.alert.resolved",
    Event.TEST: "dev.leeway.test",
    Event.HEARTBEAT: "dev.leeway.heartbeat",
}


def event(message: Message) -> bytes:
    """The CloudEvent. `id` is the same for every copy of the message; `data` is the message itself."""
    clean = legible(message)
    subject = "/".join(name for name in (clean.slo, clean.objective) if name)
    data = asdict(clean) | {"key": message.key.encode(errors="replace").decode()}
    return envelope(copy_key(message), _TYPES[message.event], subject, message.at, data)


def envelope(name: str, kind: str, subject: str, at: float, data: Mapping[str, Any]) -> bytes:
    """A CloudEvent of this id and type; subject and time are left out where there is none."""
    content = {
        "specversion": "1.0",
        "id": name,
        "source": SOURCE,
        "type": kind,
        **({"subject": subject} if subject else {}),
        **({"time": moment(at)} if at else {}),
        "datacontenttype": "application/json",
        "data": data,
    }
    return msgspec.json.encode(content)


def headers(message: Message, body: bytes, key: bytes | None, now: float) -> Mapping[str, str]:
    """The id of the message under both names in use, the time of sending, the marks by which it is known when it comes
    back, and with a key the signature over `id.time.body`: whoever checks it and the time can be sent neither a forgery
    nor an old message again."""
    return signed(copy_key(message), body, key, now) | marks(message.key)


def signed(name: str, body: bytes, key: bytes | None, now: float) -> dict[str, str]:
    """The headers of any event with this id, without the marks."""
    time = f"{now:.0f}"
    found = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "Idempotency-Key": name,
        "webhook-id": name,
        "webhook-timestamp": time,
    }
    if key is not None:
        mac = hmac.new(key, f"{name}.{time}.".encode() + body, hashlib.sha256).digest()
        found["webhook-signature"] = f"v1,{base64.b64encode(mac).decode()}"
    return found


def key_of(secret: str) -> bytes:
    """The bytes of a signing secret: `whsec_` and base64, or any text as it stands. Invalid if the base64 is none."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise Invalid("what follows whsec_ is no base64", place="secret", mend="copy it whole") from None
