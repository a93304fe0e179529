"""What stands in an answer, as a type."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from leeway.errors import NotUnderstood

T = TypeVar("T")


def read_json(body: bytes, form: type[T], stranger: NotUnderstood) -> T:
    """The JSON of a body as `form`; raises `stranger` if it is none, or another."""
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise stranger from None
