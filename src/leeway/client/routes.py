"""Documents of routes: who would be told of what, and whether a test arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from leeway.client.document import Document, Wish
from leeway.ports.outbox import Heard
from leeway.spec.preview import Preview, Stop

Severity = Literal["page", "ticket"]


class Told(Document):
    """Somebody on a route, `after_s` after the alert fired; `people` is null if nobody knows how many these are.

    `role` is why: named by the policy, in place of another (`stands_for`) whose channel fails, or because nobody takes
    it. Of the last 90 days `pages` counts those that reached this Recipient, `taken` those of them that anybody took;
    null where no server was asked. `idle`: at least 5 pages, none of them taken. `refused` says why nothing would be
    sent there at present.
    """

    recipient: str
    channel: str
    role: Literal["named", "fallback", "escalation"]
    after_s: int
    stands_for: str
    people: int | None
    pages: int | None = None
    taken: int | None = None
    idle: bool = False
    refused: str = ""


class Route(Document):
    """What one policy of one SLO leads to: how many people at once, and how many if all have to be told."""

    slo: str
    policy: str
    severity: Severity
    people_at_once: int | None
    people: int | None
    told: list[Told]


class TrialWish(Wish):
    """A test for one Recipient, by its whole name."""

    recipient: str = Field(max_length=253)
    by: str = Field(min_length=1, max_length=200, description="Who asks for it; whoever gets it reads the name")
    severity: Severity = "page"


class Trial(Document):
    """A test that was put out; `/deliveries?alert=` with its key tells whether it arrived."""

    key: str
    recipient: str
    channel: str
    people: int | None


def document(one: Preview, heard: Mapping[str, Heard] | None = None, refused: Mapping[str, str] | None = None) -> Route:
    """A preview as a document; without `heard`, nothing is known of the past."""
    told = [_told(stop, heard, (refused or {}).get(stop.leg.recipient, "")) for stop in one.stops]
    return Route(
        slo=one.slo,
        policy=one.policy,
        severity=one.severity.value,
        people_at_once=one.at_once,
        people=one.people,
        told=told,
    )


def _told(stop: Stop, heard: Mapping[str, Heard] | None, refused: str) -> Told:
    past = None if heard is None else heard.get(stop.leg.recipient, Heard(0, 0))
    return Told.model_validate(
        {
            "recipient": stop.leg.recipient,
            "channel": stop.recipient.channel,
            "role": stop.leg.role.value,
            "after_s": stop.leg.after_s,
            "stands_for": stop.leg.stands_for,
            "people": stop.recipient.people,
            "pages": past.pages if past else None,
            "taken": past.taken if past else None,
            "idle": past.idle if past else False,
            "refused": refused,
        }
    )
