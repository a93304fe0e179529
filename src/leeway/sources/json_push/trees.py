"""Bodies as plain trees, for the careful reader: every fault stays where it is and leaves its neighbours alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from leeway.errors import Invalid
from leeway.sources.json_push.settings import Settings, too_many


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands where an item could not be read."""

    why: str


def json_tree(body: bytes, _: Settings) -> Any:
    """The tree of a JSON text. NaN and Infinity are read, so that the row they are in can be refused by its number."""
    text = _text(body)
    if not text.strip():
        raise Invalid("the body is empty", place="body", mend='send at least {"slo":…,"time":…,"good":…,"total":…}')
    try:
        return _parse(text)
    except json.JSONDecodeError as error:
        raise Invalid(
            f"not JSON: {error.msg}",
            place=f"line {error.lineno}, column {error.colno} (byte {len(text[: error.pos].encode())})",
            mend=_mend(text, error.pos),
        ) from error
    except RecursionError as error:
        raise Invalid("the JSON is nested too deep", place="body", mend="a point is one flat object") from error


def lines_tree(body: bytes, limits: Settings) -> list[Any]:
    """One item for each line that is not blank; a line that is not JSON is Unreadable."""
    if body.count(b"\n") > 2 * limits.max_rows:
        raise too_many(limits)
    return [_line(line) for line in body.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]


def _line(line: bytes) -> Any:
    try:
        return _parse(line.decode())
    except UnicodeDecodeError as error:
        return Unreadable(f"the line is not UTF-8 at its byte {error.start}")
    except json.JSONDecodeError as error:
        return Unreadable(f"the line is not JSON at its column {error.colno}: {error.msg}")
    except RecursionError:
        return Unreadable("the line is nested too deep")


_Leaf = int | float | str | bool | None
_FIELDS = msgspec.msgpack.Decoder(dict[str, _Leaf | list[_Leaf]]).decode
_KEYS = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_ITEMS = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


def msgpack_tree(body: bytes, limits: Settings) -> Any:
    """The tree of a MessagePack body. It can be read only as deep as points go, so a small body cannot grow large."""
    if not body:
        raise Invalid("the body is empty", place="body", mend="send at least one point")
    try:
        if _msgpack_length(body) is None:
            fields = _KEYS(body)
            return {"points": _items(bytes(fields["points"]), limits)} if set(fields) == {"points"} else _fields(body)
        return _items(body, limits)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"not MessagePack: {error}", place="body", mend="send an array of maps, or one map") from error


def _items(body: bytes, limits: Settings) -> list[Any]:
    length = _msgpack_length(body)
    if length is not None and length > limits.max_rows:
        raise too_many(limits)
    return [_fields(bytes(item)) for item in _ITEMS(body)]


def _fields(item: bytes) -> Any:
    try:
        return _FIELDS(item)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Unreadable(f"the item is not a map of numbers and texts: {error}")


def _msgpack_length(body: bytes) -> int | None:
    """How many items the array says it has; None if the body is no array."""
    first = body[0]
    if first & 0xF0 == 0x90:
        return first & 0x0F
    if first in (0xDC, 0xDD):
        return int.from_bytes(body[1 : 3 if first == 0xDC else 5])
    return None


def _parse(text: str) -> Any:
    """The tree; numbers of thousands of digits become floats, because to read them exactly takes minutes."""
    try:
        return json.loads(text, parse_constant=float)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python's limit on the digits of whole numbers
        return json.loads(text, parse_constant=float, parse_int=float)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            "the body is not UTF-8", place=f"byte {error.start}", mend="write it in UTF-8 before it is sent"
        ) from error


def _mend(text: str, at: int) -> str:
    here = text[at : at + 1]
    if not here:
        return "the body ends too early: send all of it"
    if here == "'":
        return "JSON texts take double quotes"
    if here in "]}" and text[:at].rstrip().endswith(","):
        return "remove the comma before it"
    if here == "{" and text[:at].rstrip().endswith("}"):
        return "one object per line is sent with Content-Type: application/x-ndjson"
    return "check the body with a JSON reader"
