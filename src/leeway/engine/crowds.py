"""Consent to reach many: typed again before it is saved, kept with who gave it, and looked at before each message.

A Recipient that reaches a crowd, and one whose number nobody knows, gets nothing unless somebody agreed to this very
number. A new destination, or a larger number, needs a new agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from leeway.engine.views import Crowd
from leeway.errors import Invalid, Permanent
from leeway.spec.documents import Document, Recipient
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.people import CROWD, people, reached, told_by


def crowds(
    documents: Iterable[Document], before: Library, after: Library, agreed: Mapping[str, int]
) -> tuple[Crowd, ...]:
    """The crowds that these documents let be told, and whether that was agreed to before.

    Raises Invalid if they let somebody be told whose number is unknown.
    """
    return tuple(_crowds(told_by(documents, after), before, agreed))


def agree(found: Iterable[Crowd], typed: Mapping[str, int]) -> dict[str, int]:
    """What is to be agreed to and was not before; all of it was typed.

    Raises Invalid if a number was not typed, or is not the one that is reached, or nothing of that name needs one.
    """
    needed = {one.recipient: one for one in found}
    for name, number in typed.items():
        if name not in needed:
            mend = did_you_mean(name, needed) or "a number is typed for those only whom these files let be told"
            raise Invalid(f"{name} is no Recipient of more than {CROWD} people here", place="people", mend=mend)
        if needed[name].people != number:
            raise Invalid(
                f"reaches {people(needed[name].people)}, and {number:,} was typed",
                place=f"Recipient {name}: spec.people",
                mend="look at the list again: who is on it, and who is meant?",
            )
    new = {name: one.people for name, one in needed.items() if not one.agreed}
    for name, number in new.items():
        if name not in typed:
            raise Invalid(
                f"reaches {people(number)}: more than {CROWD} are told only if somebody types the number again",
                place=f"Recipient {name}: spec.people",
                mend=f"if all are meant, apply with --people {name}={number}; else name those who can mend it",
            )
    return new


def admit(recipient: Recipient, counted: int | None, agreed: int | None) -> None:
    """The last look, before a message: raises Permanent if it would reach more people than was agreed."""
    name, number = recipient.metadata.name, reached(recipient, counted)
    place = f"Recipient {name}"
    if number is None:
        mend = "count them, and apply the Recipient with `people:`"
        raise Permanent("nobody knows how many people it reaches, so nothing is sent there", place=place, mend=mend)
    if number > max(CROWD, agreed or 0):
        so_far = "nobody agreed to that" if agreed is None else f"agreed were {agreed:,}"
        mend = f"name those who can mend it, or apply the Recipient with --people {name}={number}"
        raise Permanent(f"reaches {people(number)}, and {so_far}, so nothing is sent there", place=place, mend=mend)


def _crowds(told: Iterable[Recipient], before: Library, agreed: Mapping[str, int]) -> Iterator[Crowd]:
    for one in told:
        name, old = one.metadata.name, before.recipient(one.metadata.name)
        if one.people is None:
            mend = "count them, and apply the Recipient with `people:`"
            raise Invalid("nobody knows how many people it reaches", place=f"Recipient {name}", mend=mend)
        same = old is not None and (old.channel, old.settings, old.people) == (one.channel, one.settings, one.people)
        if one.people > CROWD:
            yield Crowd(name, one.people, agreed=same and agreed.get(name, 0) >= one.people)
