"""One table of role × action, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.engine.people import ALL_RIGHTS, ALLOWED, NO_RIGHTS, Action, Rights, Role
from leeway.engine.people.groups import parse, roles_by
from leeway.engine.people.roles import grants_more, rights_of, role_named
from leeway.errors import Invalid

TABLE = {
    "open": "ingest viewer editor owner admin",
    "own": "ingest viewer editor owner admin",
    "read": "viewer editor owner admin",
    "push": "ingest editor owner admin",
    "operate": "editor owner admin",
    "define": "editor owner admin",
    "share": "owner admin",
    "administer": "admin",
}
PROJECTS = st.sampled_from(["*", "default", "shop", "bar"])
GRANTS = st.lists(st.dictionaries(PROJECTS, st.sampled_from(Role)), min_size=1, max_size=3).map(
    lambda grants: Rights(tuple(grants))
)


def test_the_table_is_as_it_is_written_in_the_documentation():
    """Every role and every action, none more."""
    told = {(role, action): role.value in TABLE[action.value].split() for role in Role for action in Action}
    assert told == {(role, action): action in ALLOWED[role] for role in Role for action in Action}


@given(GRANTS, st.sampled_from(Action), PROJECTS)
def test_what_is_permitted_in_all_projects_is_permitted_in_each(rights, action, project):
    """And what is permitted in one is permitted somewhere."""
    if rights.everywhere(action):
        assert rights.may(action, project)
    if rights.may(action, project) and any(project in grant or "*" in grant for grant in rights.grants):
        assert rights.anywhere(action)
    assert rights.anywhere(action) == bool(rights.where(action))


@given(GRANTS, GRANTS, st.sampled_from(Action), PROJECTS)
def test_a_token_may_what_both_its_person_and_itself_may(one, other, action, project):
    """Never more."""
    both = Rights((*one.grants, *other.grants))
    assert both.may(action, project) == (one.may(action, project) and other.may(action, project))


def test_nobody_may_nothing_and_the_machine_everything():
    """The two ends."""
    assert not any(NO_RIGHTS.anywhere(action) for action in Action)
    assert all(ALL_RIGHTS.everywhere(action) for action in Action)


def test_a_role_that_this_leeway_does_not_know_permits_nothing():
    """A newer one may have written it."""
    assert not rights_of({"*": "emperor"}).anywhere(Action.READ)


@pytest.mark.parametrize(("word", "project"), [("emperor", "*"), ("ingest", "*"), ("admin", "shop"), ("", "shop")])
def test_only_roles_of_people_can_be_given(word, project):
    """An admin is one of all projects; ingest is for tokens."""
    with pytest.raises(Invalid):
        role_named(word, project)


@given(GRANTS, st.sampled_from(Role), PROJECTS)
def test_nobody_gives_more_than_they_may(giver, role, project):
    """Action by action."""
    assert grants_more(role, project, giver) == (not all(giver.may(each, project) for each in ALLOWED[role]))


def test_groups_become_roles_and_the_greater_one_wins():
    """In each project by itself."""
    rules = parse(["sre=editor", "leads=owner@shop", "all=viewer@shop", "a=b=viewer@bar"])
    assert roles_by(rules, ["all", "leads", "unknown"]) == {"shop": "owner"}
    assert roles_by(rules, ["leads", "all", "sre", "a=b"]) == {"*": "editor", "shop": "owner", "bar": "viewer"}
    assert roles_by(rules, []) == {}


@pytest.mark.parametrize("rule", ["sre", "=editor", "sre=", "sre=emperor", "sre=admin@shop", "sre=ingest"])
def test_a_rule_that_maps_nothing_is_refused(rule):
    """When the server starts, not when somebody signs in."""
    with pytest.raises(Invalid):
        parse([rule])
