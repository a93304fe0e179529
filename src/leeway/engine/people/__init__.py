"""People: who they are, what they may, the keys they show, and what they did."""

from leeway.engine.people.people import People
from leeway.engine.people.register import Doer, Via, Who
from leeway.engine.people.roles import ALL_RIGHTS, ALLOWED, NO_RIGHTS, Action, Rights, Role

__all__ = ["ALLOWED", "ALL_RIGHTS", "NO_RIGHTS", "Action", "Doer", "People", "Rights", "Role", "Via", "Who"]
