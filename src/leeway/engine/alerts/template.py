"""A message in the words of its recipient: his template, rendered; if that fails, the plain message, which says so.

What a template may be made of is decided by `leeway.spec.template` when it is written. Here it is rendered in a sandbox
all the same, where nothing has attributes, every value and the whole text are bounded, and whatever goes wrong ends in
the plain message: somebody has to be told, with or without a template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from jinja2 import Template as Compiled
from jinja2 import TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from leeway.errors import Invalid, LeewayError
from leeway.ports.channel import Event, Message
from leeway.ports.legible import cut, legible, moment, one_line
from leeway.spec.documents import LONGEST_TEXT, LONGEST_TITLE, Template
from leeway.spec.template import flaw_in

LARGEST = 8_192
"""Bytes (UTF-8) of what one template makes, and characters of any value inside it."""

_FAILED = "The template of this recipient failed, so this is the plain message"
_TITLE, _LINE, _LINES = 1_000, 400, 20
_BROKEN = (
    LeewayError,
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What a template can fail by: its own errors, and what Python says of a value that does not fit."""


def worded(template: Template | None, message: Message) -> Message:
    """The message with title and lines as the template has them; what is left empty stays plain.

    Key, event, severity and all else stay as they are. A heartbeat is for machines and has no other words.
    """
    if template is None or message.event is Event.HEARTBEAT:
        return message
    try:
        names = _names(message)
        title = one_line(_rendered(template.title, LONGEST_TITLE, names), _TITLE)
        text = _rendered(template.text, LONGEST_TEXT, names)
    except _BROKEN as error:
        why = one_line(str(error) or type(error).__name__, 200)
        return replace(message, lines=(*message.lines, f"{_FAILED}: {why}"))
    lines = tuple(line for line in map(str.strip, text.splitlines()) if line)
    return replace(message, title=title or message.title, lines=lines or message.lines)


def failed(message: Message) -> bool:
    """True of a message whose template failed."""
    return bool(message.lines) and message.lines[-1].startswith(_FAILED)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Nothing has attributes: a part of something is looked up in it, or is not there."""

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            return obj[argument]
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)


def _names(message: Message) -> dict[str, Any]:
    told = legible(message, title=_TITLE, line=_LINE, lines=_LINES, facts=_LINES)
    return {
        "at": moment(told.at) if told.at else "",
        "event": told.event.value,
        "facts": told.facts,
        "lines": told.lines,
        "link": told.link,
        "objective": told.objective,
        "policy": told.policy,
        "service": told.service,
        "severity": told.severity.value,
        "slo": told.slo,
        "title": told.title,
    }


def _rendered(source: str, longest: int, names: Mapping[str, Any]) -> str:
    pieces, size = [], 0
    for piece in _compiled(source, longest).generate(names):
        size += len(piece.encode(errors="surrogatepass"))
        if size > LARGEST:
            raise Invalid(f"it makes more than {LARGEST:,} bytes")
        pieces.append(piece)
    return "".join(pieces)


@lru_cache(maxsize=512)
def _compiled(source: str, longest: int) -> Compiled:
    if flaw := flaw_in(source, longest):
        raise Invalid(f"line {flaw.line}: {flaw.message}")
    return _SANDBOX.from_string(source)


def _bounded(value: object) -> str:
    """A value as text. Tuples are lines, and mappings facts."""
    if isinstance(value, str):
        return value[:LARGEST]
    if isinstance(value, Mapping):
        value = tuple(f"{name}: {one}" for name, one in value.items())
    return _join(value, "\n") if isinstance(value, tuple) else str(value)[:LARGEST]


def _join(value: object, between: str = "") -> str:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return _bounded(value)
    return between.join(str(one) for one in islice(value, 100))[:LARGEST]


def _on_text(change: Callable[[str], str]) -> Callable[[object], str]:
    return lambda value: change(_bounded(value))


_SANDBOX = _Sandbox(autoescape=False, finalize=_bounded)  # channels escape, each as its far side needs it
_SANDBOX.globals.clear()
_SANDBOX.filters = {
    "capitalize": _on_text(str.capitalize),
    "default": lambda value, other: other if isinstance(value, Undefined) else value,
    "first": lambda value: next(iter(value), ""),
    "items": lambda value: tuple(value.items()) if isinstance(value, Mapping) else (),
    "join": _join,
    "last": lambda value: next(reversed(value), ""),
    "length": lambda value: str(len(value)),
    "lower": _on_text(str.lower),
    "trim": _on_text(str.strip),
    "truncate": lambda value, longest: cut(_bounded(value), max(1, longest)),
    "upper": _on_text(str.upper),
}
