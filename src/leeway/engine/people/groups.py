"""From the groups of a provider to roles. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from leeway.engine.people.roles import ALLOWED, Role, role_named
from leeway.errors import Invalid
from leeway.spec.projects import EVERY


def parse(rules: Iterable[str]) -> tuple[tuple[str, str, Role], ...]:
    """Group, project and role of each `group=role` or `group=role@project`. Raises Invalid, naming the rule."""
    found = []
    for rule in rules:
        group, sign, given = rule.rpartition("=")
        word, _, project = given.partition("@")
        if not (group and sign and word):
            raise Invalid(f"{rule[:100]!r} maps no group", place="oidc_roles", mend="write group=role@project")
        found.append((group, project or EVERY, role_named(word, project or EVERY)))
    return tuple(found)


def roles_by(rules: Iterable[tuple[str, str, Role]], groups: Iterable[str]) -> Mapping[str, str]:
    """By project the role that the groups give; of several for one project that which permits most."""
    theirs, roles = frozenset(groups), dict[str, Role]()
    for group, project, role in rules:
        held = roles.get(project)
        if group in theirs and (held is None or ALLOWED[held] < ALLOWED[role]):
            roles[project] = role
    return {project: role.value for project, role in roles.items()}
