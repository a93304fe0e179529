"""Who may do what: one table of role × action, and what follows from somebody's roles by project. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from leeway.errors import Invalid
from leeway.spec.nearest import did_you_mean
from leeway.spec.projects import EVERY


class Role(StrEnum):
    """What somebody is in a project, or in all; an admin is one in all."""

    INGEST = "ingest"
    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"
    ADMIN = "admin"


class Action(StrEnum):
    """What an operation of the server does. Each has exactly one."""

    OPEN = "open"
    """Needs nobody: signs of life, signing in, the look of the pages."""
    OWN = "own"
    """Is about whoever asks."""
    READ = "read"
    PUSH = "push"
    """Sends points."""
    OPERATE = "operate"
    """What people on call do: take alerts, silence, annotate, fetch again, try whether somebody is told."""
    DEFINE = "define"
    """Changes definitions."""
    SHARE = "share"
    """Says who has which role in a project."""
    ADMINISTER = "administer"
    """People, the audit log, copies of all data."""


_EVERYBODY = {Action.OPEN, Action.OWN}
_VIEWER = {*_EVERYBODY, Action.READ}
_EDITOR = {*_VIEWER, Action.PUSH, Action.OPERATE, Action.DEFINE}
_OWNER = {*_EDITOR, Action.SHARE}

ALLOWED: Mapping[Role, frozenset[Action]] = {
    Role.INGEST: frozenset({*_EVERYBODY, Action.PUSH}),
    Role.VIEWER: frozenset(_VIEWER),
    Role.EDITOR: frozenset(_EDITOR),
    Role.OWNER: frozenset(_OWNER),
    Role.ADMIN: frozenset(Action),
}

Roles = Mapping[str, Role]
"""By project; `*` is every project."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What is permitted by all of these at once: to a token, what both its person and itself may."""

    grants: tuple[Roles, ...]

    def may(self, action: Action, project: str) -> bool:
        """True if it is permitted in this project; in `*`: in every one, also in those to come."""
        return all(
            any(action in ALLOWED[grant[each]] for each in (project, EVERY) if each in grant) for grant in self.grants
        )

    def everywhere(self, action: Action) -> bool:
        """True if no project is left out."""
        return self.may(action, EVERY)

    def anywhere(self, action: Action) -> bool:
        """True if there is a project in which it is permitted."""
        return any(self.may(action, project) for grant in self.grants for project in grant)

    def within(self, action: Action, project: str | None) -> bool:
        """As `may`; about no project in particular, as `anywhere`."""
        return self.anywhere(action) if project is None else self.may(action, project)

    def where(self, action: Action) -> frozenset[str]:
        """The projects that are named somewhere and in which it is permitted; with `*`: all."""
        return frozenset(project for grant in self.grants for project in grant if self.may(action, project))


NO_RIGHTS = Rights(({},))
ALL_RIGHTS = Rights(({EVERY: Role.ADMIN},))


def rights_of(roles: Mapping[str, str]) -> Rights:
    """What roles permit, as they are kept; one that this Leeway does not know permits nothing."""
    known = frozenset(Role)
    return Rights(({project: Role(role) for project, role in roles.items() if role in known},))


def role_named(word: str, project: str) -> Role:
    """The role of this name for people. Raises Invalid, also for an admin of one project."""
    names = [role.value for role in Role if role is not Role.INGEST]
    if word not in names:
        mend = did_you_mean(word, names) or f"there are {', '.join(names)}"
        raise Invalid(f"no role is called {word[:40]!r}", place="role", mend=mend)
    if word == Role.ADMIN and project != EVERY:
        raise Invalid("an admin is one of all projects", place="project", mend="leave the project out, or say owner")
    return Role(word)


def grants_more(wanted: Role, project: str, giver: Rights) -> bool:
    """True if the role would permit something in the project that the giver may not do there."""
    return any(not giver.may(action, project) for action in ALLOWED[wanted])
