"""The words of the pages, explained where they stand; /words has them all."""

from __future__ import annotations

from markupsafe import Markup

from leeway.spec.glossary import WORDS

HERE = {
    "remaining": "What is left of the error budget; below zero it is overspent, and shown so.",
    "interval": "Where the true value lies with 95 % confidence, given how little was seen.",
    "time to exhaustion": "When nothing is left if it goes on like in the last hour: a straight line, no prophecy.",
    "no data": "Nothing was measured. That is unknown, and not good.",
    "quarantine": "Rows that cannot be true, such as more good than all, are set aside: they spend and repay nothing.",
    "reading": "What a source answered to one question, kept with its query and the digest of the answer.",
}


MEANINGS = dict(sorted((WORDS | HERE).items(), key=lambda pair: pair[0].lower()))
"""Every word that a newcomer may not know, by name."""


def word(name: str, shown: str = "") -> Markup:
    """The word as a link to the glossary, with its meaning for whoever points at it."""
    link = Markup('<a class="word" href="/words#{}" data-means="{}">{}</a>')
    return link.format(anchor(name), MEANINGS[name], shown or name)


def anchor(name: str) -> str:
    """Where a word stands in the glossary."""
    return name.lower().replace(" ", "-")
