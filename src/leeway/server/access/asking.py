"""Who asks: known from the gate on, for as long as a request is answered."""

from __future__ import annotations

from contextvars import ContextVar

from leeway.engine.people import NO_RIGHTS, Action, Doer, Via, Who

_ASKING: ContextVar[Doer] = ContextVar("asking")
_WITHIN: ContextVar[str | None] = ContextVar("within", default=None)

STRANGER = Doer(Who("", NO_RIGHTS, Via.NOBODY), "")
"""Nobody knows who, and they may nothing."""


def begin(doer: Doer) -> None:
    """From here on this request is theirs; what it starts in threads too."""
    _ASKING.set(doer)
    _WITHIN.set(None)


def narrow(project: str) -> None:
    """From here on this request is about one project: what is not in it is not there."""
    _WITHIN.set(project)


def within() -> str | None:
    """The project that this request is about, None for all."""
    return _WITHIN.get()


def asking() -> Doer:
    """Who asks. Outside of a request there is nobody, and that is a LookupError: nothing is shown to nobody."""
    return _ASKING.get()


def name_of(doer: Doer, told: str) -> str:
    """Who the history says it was: what the machine's own token tells is believed, all others are known by name."""
    return doer.who.name if doer.who.via in (Via.SESSION, Via.TOKEN) else told


def may(action: Action, project: str) -> bool:
    """True if whoever asks may do this in the project, and the request is about it."""
    return _WITHIN.get() in (None, project) and asking().who.rights.may(action, project)


def everywhere(action: Action) -> bool:
    """True if whoever asks may do this in all projects, and the request is about all."""
    return _WITHIN.get() is None and asking().who.rights.everywhere(action)
