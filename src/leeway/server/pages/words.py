"""The words of the page, explained where they stand."""

from __future__ import annotations

from markupsafe import Markup, escape

from leeway.spec.glossary import WORDS

HERE = {
    "remaining": "What is left of the error budget; below zero it is overspent, and shown so.",
    "interval": "Where the true value lies with 95 % confidence, given how little was seen.",
    "time to exhaustion": "When nothing is left if it goes on like in the last hour: a straight line, no prophecy.",
    "no data": "Nothing was measured. That is unknown, and not good.",
    "objective": WORDS["objective"],
    "reading": "What a source answered to one question, kept with its query and the digest of the answer.",
    "slice": WORDS["slice"],
}
SHOWN = ("SLO", "SLI", "target", "window", "budgeting method", "error budget", "burn rate", "coverage", "source")


def meanings() -> dict[str, str]:
    """Every word that the page uses and a newcomer may not know, by name."""
    words = {word: WORDS[word] for word in SHOWN} | HERE
    return dict(sorted(words.items(), key=lambda pair: pair[0].lower()))


def word(name: str, shown: str = "") -> Markup:
    """The word with its meaning behind it."""
    meaning = meanings().get(name) or WORDS[name]
    return Markup(f'<abbr title="{escape(meaning)}">{escape(shown or name)}</abbr>')  # noqa: S704 — both are escaped
