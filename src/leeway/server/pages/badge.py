"""A badge: the state of an SLO in a small picture for other people's pages. Pure.

How wide the words are is known from the font that they are set in first, DejaVu Sans; `textLength` makes every other
font as wide, so that no word leaves its field.
"""

from __future__ import annotations

from markupsafe import escape

from leeway.client import figures
from leeway.client.documents import Status

SIZE, HEIGHT, PADDING = 11, 20, 6
LONGEST = 60
"""Characters of the label."""

_WIDTHS = {
    200: "\u202f",
    275: "'",
    278: "ijl",
    295: "IJ",
    318: " ,.·\xa0",
    337: "/:;\\|",
    352: "f",
    361: "-",
    390: "()[]",
    392: "t",
    401: "!",
    411: "r",
    460: '"',
    500: "*_`–",
    521: "s",
    525: "z",
    531: "?",
    550: "c",
    557: "L",
    575: "F",
    579: "k",
    592: "vxy",
    603: "P",
    612: "aoTYø",
    615: "eéèê",
    633: "bdghnpquSñü",
    636: "$0123456789{}äößàáâ",
    632: "E",
    656: "K",
    685: "AVXZBÄ",
    697: "CR",
    732: "UÜ",
    750: "HN",
    772: "DG",
    784: "&OQÖ",
    818: "w",
    838: "#+<=>^~×−≤≥±",
    863: "M",
    950: "%",
    974: "m",
    989: "W",
    1_000: "@…—",
}
"""Thousandths of the size of the letters, as DejaVu Sans has them."""
_WIDTH = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_WIDEST = 1_000

COLOURS = {"healthy": "#17694f", "at_risk": "#7d4b00", "exhausted": "#b0242b", "no_data": "#535a66"}
"""Those of the light palette; white on each of them has a contrast of 4.5 or more."""


def width(text: str) -> float:
    """Of these words in pixels; a letter that is not known is taken for a wide one."""
    return sum(_WIDTH.get(letter, _WIDEST) for letter in text) * SIZE / 1_000


def said(one: Status, show: str) -> str:
    """State, and what is left of the budget or what share was good."""
    word = figures.MARKS[one.state].word
    if one.state == "no_data":
        return word
    figure = figures.sli(one) if show == "reliability" else f"{figures.rough(one.budget.remaining_ratio)} left"
    return f"{word} · {figure}"


def badge(label: str, text: str, state: str) -> str:
    """The picture. `state` gives the colour of the right half; the words say it too."""
    label = label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
    left, right = (round(width(each) + 2 * PADDING, 1) for each in (label, text))
    whole = round(left + right, 1)
    colour = COLOURS.get(state, COLOURS["no_data"])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(label)}: {escape(text)}"><title>{escape(label)}: {escape(text)}</title>'
        f'<clipPath id="round"><rect width="{whole}" height="{HEIGHT}" rx="3"/></clipPath>'
        f'<g clip-path="url(#round)"><rect width="{left}" height="{HEIGHT}" fill="#3b434b"/>'
        f'<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{colour}"/></g>'
        f'<g fill="#fff" font-family="DejaVu Sans,Verdana,Geneva,sans-serif" font-size="{SIZE}">'
        f"{_words(label, PADDING)}{_words(text, left + PADDING)}</g></svg>\n"
    )


def _words(text: str, x: float) -> str:
    long = round(width(text), 1)
    return f'<text x="{round(x, 1)}" y="14" textLength="{long}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
