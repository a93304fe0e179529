"""Lists in pages: where one ends is said by the item itself, so that what comes or goes meanwhile shifts nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Query

from leeway.server.problems import Misread
from leeway.spec.nearest import did_you_mean

Item = TypeVar("Item")
Key = tuple[str | float | None, ...]
"""What an item is sorted by; it ends with what tells it from all others. None comes after all else, and as the first
part of a key also when the order is turned round."""

Orders = Mapping[str, Callable[[Item], Key]]

Limit = Annotated[int | None, Query(ge=1, le=10_000, description="At most so many; all if it is left out")]
After = Annotated[str | None, Query(max_length=2_000, description="`next` of the answer before")]


def sorting(orders: Iterable[str]) -> Any:
    """The parameter `sort` of a list that has these orders, as OpenAPI describes it; `page` judges what is sent."""
    names = list(dict.fromkeys(sign + name.removeprefix("-") for name in orders for sign in ("", "-")))
    return Query(description="The order; with `-` the other way round", json_schema_extra={"enum": names})


def page(
    items: Iterable[Item], orders: Orders[Item], sort: str, limit: int | None, after: str | None
) -> tuple[list[Item], str | None]:
    """The items of one page, and the cursor of the next, None on the last. `-` before the order's name turns it round,
    if the orders do not say themselves what is meant by that; what is not known comes last all the same.

    Raises Misread for an order that is not of `orders`, and for a cursor that is none or of another order.
    """
    name, down = (sort, False) if sort in orders else (sort.removeprefix("-"), sort.startswith("-"))
    if name not in orders:
        mend = did_you_mean(name, orders) or f"there are {', '.join(orders)}, each also with - before it"
        raise Misread(f"nothing is sorted by {name[:60]!r}", place="sort", mend=mend)
    found = sorted(((orders[name](item), item) for item in items), key=lambda one: _ranked(one[0]), reverse=down)
    if down:
        found.sort(key=lambda one: _unknown(one[0]))
    if after is not None:
        last = _read(after, sort)
        found = [one for one in found if _beyond(one[0], last, down=down)]
    shown = found if limit is None else found[:limit]
    more = len(shown) < len(found)
    return [item for _, item in shown], _written(sort, shown[-1][0]) if more else None


def number_of(after: str | None) -> int | None:
    """The cursor of a list that the store cuts: the number of the last item shown. Raises Misread."""
    if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 16):
        raise _no_cursor()
    return None if after is None else int(after)


def _no_cursor() -> Misread:
    return Misread("this is no cursor of this list", place="after", mend="send `next` of the answer before, as it is")


def _ranked(key: Key) -> tuple[tuple[int, str | float], ...]:
    """Comparable whatever is in it: numbers, then words, then nothing."""
    return tuple((2, "") if part is None else (1, part) if isinstance(part, str) else (0, part) for part in key)


def _unknown(key: Key) -> bool:
    return key[:1] == (None,)


def _beyond(key: Key, last: Key, *, down: bool) -> bool:
    if not down:
        return _ranked(key) > _ranked(last)
    return _unknown(key) if _unknown(key) != _unknown(last) else _ranked(key) < _ranked(last)


def _written(sort: str, key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, *key]).encode()).decode().rstrip("=")


def _read(cursor: str, sort: str) -> Key:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        told = None
    plain = isinstance(told, list) and all(part is None or isinstance(part, str | int | float) for part in told)
    if not plain or told[:1] != [sort]:
        raise _no_cursor()
    return tuple(told[1:])
