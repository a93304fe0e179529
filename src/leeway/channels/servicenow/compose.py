"""From a message to requests of ServiceNow's Table API, and what its answers say.

ServiceNow ignores a field that it does not know or that the user may not write, and a part of a query that names one.
So each answer says back what matters, and is compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote

import msgspec

from leeway.channels.servicenow.settings import Settings
from leeway.core.alerting.policy import Severity
from leeway.errors import NotUnderstood
from leeway.net import Answer, Request, read_json
from leeway.ports.channel import Message
from leeway.ports.legible import cut, digest, legible

_SHORT, _LONG = 160, 4000  # characters; the columns' lengths out of the box
_OPEN, _OVER = "Leeway", "Leeway, over"  # what correlation_display says: whether the alert still goes on
_CODE = re.compile(r"\[(?=/?code\])", re.IGNORECASE)  # in notes, what stands between such brackets is HTML
_HEAD = {"Content-Type": "application/json", "Accept": "application/json"}
_SAID = ("sysparm_fields", "sys_id,number,state,correlation_id")
T = TypeVar("T")


class Record(msgspec.Struct, frozen=True):
    """One row, as far as Leeway asks for it."""

    sys_id: str
    number: str = ""
    state: str = ""
    correlation_id: str = ""


class _One(msgspec.Struct):
    result: Record


class _Several(msgspec.Struct):
    result: list[Record]


def search(settings: Settings, message: Message) -> Request:
    """Asks for the oldest active record of the alert that was not told of its end."""
    names = f"correlation_id={digest(message.key)}^correlation_display={_OPEN}"
    query = f"{names}^active=true^ORDERBYsys_created_on"
    return Request(_table(settings), query=(("sysparm_query", query), ("sysparm_limit", "1"), _SAID), headers=_HEAD)


def found(answer: Answer, message: Message) -> Record | None:
    """The record, if there is one. NotUnderstood if it is a stranger's: the table does not have the fields."""
    rows = _read(answer, _Several).result
    if rows and rows[0].correlation_id != digest(message.key):
        raise NotUnderstood(
            "the table found a record that was not asked for",
            mend="it needs the fields correlation_id and correlation_display, and a user who may read them",
        )
    return rows[0] if rows else None


def record(settings: Settings, message: Message) -> Request:
    """Makes the record."""
    clean = legible(message, title=_SHORT, line=300)
    urgency = settings.page if message.severity is Severity.PAGE else settings.ticket
    content = {
        **settings.fields,
        "short_description": clean.title,
        "description": _text(clean, clean.lines),
        "correlation_id": digest(message.key),
        "correlation_display": _OPEN,
        **({"urgency": urgency} if urgency else {}),
    }
    return _change("POST", _table(settings), content)


def end(settings: Settings, message: Message, sys_id: str) -> Request:
    """Says that it is over, and marks and closes the record, in one: no copy finds it and says it again."""
    clean = legible(message, title=_SHORT, line=300)
    content = {
        "work_notes": _CODE.sub("[ ", _text(clean, (clean.title, *clean.lines))),
        "correlation_display": _OVER,
    }
    if settings.state:
        content |= {"state": settings.state, "close_notes": clean.title}
        content |= {"close_code": settings.close_code} if settings.close_code else {}
    return _change("PATCH", f"{_table(settings)}/{quote(sys_id, safe='')}", content)


def changed(answer: Answer) -> Record:
    """The record as it is now."""
    return _read(answer, _One).result


def _table(settings: Settings) -> str:
    return f"{settings.url}/api/now/table/{settings.table}"


def _change(method: str, url: str, content: Mapping[str, str]) -> Request:
    return Request(url, method, query=(_SAID,), body=msgspec.json.encode(content), headers=_HEAD)


def _read(answer: Answer, form: type[T]) -> T:
    mend = "check url and table, whether the instance sleeps, and what stands between"
    return read_json(answer.body, form, NotUnderstood("the answer is not ServiceNow's", mend=mend))


def _text(message: Message, lines: tuple[str, ...]) -> str:
    """Sentences and facts, cut, and then the whole link."""
    told = "\n".join([*lines, *(f"{name}: {value}" for name, value in message.facts.items())])
    return cut(told, _LONG - len(message.link) - 1) + f"\n{message.link}" * bool(message.link)
