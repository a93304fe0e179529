"""Did you mean …? The known words nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MANY = 300  # words or letters; beyond it likeness takes longer than a hint is worth


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words one slip of the keyboard away (letters added, lost, changed, swapped), else the most alike one.

    >>> nearest("taget", ["target", "timeWindow"])
    ('target',)
    >>> nearest("oq", ["op", "value"])
    ('op',)
    >>> nearest("indicator_ref", ["indicator", "indicatorRef"])
    ('indicatorRef',)
    >>> nearest("zzz", ["op", "value"])
    ()
    """
    choices = {choice.lower(): choice for choice in known}
    low = word.lower()
    if low in choices:
        return (choices[low],)
    slips = tuple(choice for key, choice in choices.items() if _one_slip(low, key))
    if slips:
        return slips
    if len(choices) > MANY or len(low) > MANY:
        return ()
    return tuple(choices[key] for key in get_close_matches(low, choices, n=1, cutoff=0.7))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint sentence, or an empty text when nothing is near."""
    found = nearest(word, known)
    return f"did you mean {' or '.join(f'`{one}`' for one in found)}?" if found else ""


def _one_slip(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )
