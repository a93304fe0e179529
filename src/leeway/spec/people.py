"""How many people a message reaches: counted before it is saved, and again before it is sent.

The owner of a Recipient declares its number, because behind one address may stand a list that nobody sees from outside.
What a channel counts itself, such as the addresses in its settings, is the least that the number can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from leeway.errors import Invalid
from leeway.spec.documents import SLO, AlertPolicy, Document, LeewayPolicy, Recipient
from leeway.spec.library import Library
from leeway.spec.policies import names_told, severity_of
from leeway.spec.quantity import count
from leeway.spec.routes import Leg, escalation_of, fallback_of, route

CROWD = 20
"""More people than this are never needed to mend one thing: whoever wants to reach them types their number again."""


def reached(recipient: Recipient, counted: int | None) -> int | None:
    """How many people a Recipient reaches, None if nobody knows. A channel that reaches nobody needs no declaration."""
    if recipient.people is not None:
        return max(recipient.people, counted or 0)
    return 0 if counted == 0 else None


def ensure_honest(recipient: Recipient, counted: int | None) -> None:
    """Raises Invalid, with both numbers, if the owner declares fewer people than the channel counts."""
    if recipient.people is not None and counted is not None and recipient.people < counted:
        message = f"declares {people(recipient.people)}, but its settings alone name {counted:,}"
        mend = f"write the number that it really reaches: at least {counted}"
        raise Invalid(message, place=f"Recipient {recipient.metadata.name}: spec.people", mend=mend)


def told_by(documents: Iterable[Document], library: Library) -> tuple[Recipient, ...]:
    """Every Recipient that these documents may lead to, at once or later, each once."""
    waiting = [name for one in documents for name in _named(one, library)]
    found: dict[str, Recipient] = {}
    for name in waiting:
        recipient = library.recipient(name)
        if recipient is not None and name not in found:
            found[name] = recipient
            waiting += filter(None, (fallback_of(recipient), escalation_of(recipient)))
    return tuple(found.values())


def all_of(recipients: Iterable[Recipient]) -> int | None:
    """How many people these are together, None if the number of one is unknown."""
    numbers = [one.people for one in recipients]
    return None if None in numbers else sum(one or 0 for one in numbers)


def who(document: Document, library: Library) -> Iterator[str]:
    """Whom a Recipient or a policy reaches and how many people these are, as sentences to be read before saving it."""
    if isinstance(document, Recipient):
        yield f"reaches {people(document.people)}"
    elif isinstance(document, AlertPolicy | LeewayPolicy):
        yield words(route(names_told(document, library), severity_of(document, library), library), library)


def words(legs: Sequence[Leg], library: Library) -> str:
    """`tells 3 people at once: on-call (1), team (2); if these fail or nobody takes it, 1 more: lead (1)`."""
    first = _recipients((leg for leg in legs if leg.at_once), library)
    later = [one for one in _recipients(legs, library) if one not in first]
    if not first:
        return "tells nobody"
    text = f"tells {people(all_of(first))} at once: {_listed(first)}"
    if later:
        number = all_of(later)
        more = "an unknown number" if number is None else f"{number:,} more"
        text += f"; if these fail or nobody takes it, {more}: {_listed(later)}"
    return text


def people(number: int | None) -> str:
    """`3 people`; `an unknown number of people`."""
    return "an unknown number of people" if number is None else count(number, "person", "people")


def _named(document: Document, library: Library) -> tuple[str, ...]:
    match document:
        case Recipient():
            return (document.metadata.name,)
        case AlertPolicy() | LeewayPolicy():
            return names_told(document, library)
        case SLO():
            return tuple(name for one in library.policies(document) for name in names_told(one, library))
    return ()


def _recipients(legs: Iterable[Leg], library: Library) -> list[Recipient]:
    names = dict.fromkeys(leg.recipient for leg in legs)
    return [one for name in names if (one := library.recipient(name)) is not None]


def _listed(recipients: Iterable[Recipient]) -> str:
    return ", ".join(
        f"{one.metadata.name} ({'unknown' if one.people is None else format(one.people, ',')})" for one in recipients
    )
