"""Markdown of people: what it becomes, and what it never becomes."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.server.pages.markdown import ATTRIBUTES, LONGEST, REL, TAGS, coded, markdown

MARKED = (
    "[x](javascript:window.hit=1)",
    "[x](JaVaScRiPt:window.hit=1)",
    "[x](java&#10;script:window.hit=1)",
    "[x](&#x6A;avascript:window.hit=1)",
    "[x](<javascript:window.hit=1>)",
    "[x](vbscript:window.hit=1)",
    "[x](data:text/html,<script>window.hit=1</script>)",
    "[x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImhpdD0xIi8+)",
    "<javascript:window.hit=1>",
    "[x][y]\n\n[y]: javascript:window.hit=1",
    '[x](https://shop.example "\\" onmouseover=window.hit=1 x=\\"")',
    '[x](https://shop.example/"onfocus=window.hit=1)',
    "![x](https://elsewhere.example/x.png)",
    "![x](x.png)",
    "# No heading\n\nnor one\n======",
    "```x-hit onload=window.hit=1\n<x-hit>\n```",
    "`<x-hit>`",
    "<x-hit>\n\n*a*\n\n</x-hit>",
    "<https://shop.example/\"onload='window.hit=1'>",
    "<div\n<x-hit onfocus=window.hit=1>",
    "| a |\n|---|\n| <x-hit> |",
)
"""Ways through Markdown that others found in other readers of it."""


class Found(HTMLParser):
    """What a parser that knows nothing of ours sees."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def ensure_harmless(html: str) -> None:
    for tag, attributes in Found(html).tags:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        if tag == "a":
            assert attributes["rel"] == REL
            address = (attributes.get("href") or "").strip().lower()
            assert not address.partition("/")[0].startswith(("javascript:", "vbscript:", "data:", "file:"))


@pytest.mark.parametrize("text", MARKED)
def test_no_way_through_it_is_open(text):
    """No element and no attribute but those of the list, and no link that runs anything."""
    ensure_harmless(markdown(text))


MARKS = ("[", "](", ")", "<", ">", "!", "`", "\n", "\n\n", "    ", "- ", "1. ", "> ", "*", "_", "&#", ";")
LINKS = ("javascript:x", "JAVASCRIPT:x", "https://a.example", "data:,x", "/slos", "<script>", "onload=x")


@given(st.lists(st.sampled_from(MARKS + LINKS) | st.text(max_size=6), max_size=30).map("".join))
def test_whatever_is_written_does_no_harm(text):
    """Of texts that lean towards Markdown and towards addresses."""
    ensure_harmless(markdown(text))


@given(st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=80))
def test_words_stay_as_they_are(text):
    """In every script."""
    assert Found(markdown(text)).text == f"{text}\n"


def test_what_people_write_looks_as_they_mean_it():
    """Lists, code, links, ends of lines; an identifier is none of it."""
    made = markdown("Pays *at once*:\n- in `/pay`\n- see <https://shop.example>\n\np99 of pay_all_of_it\nby mail")
    assert [tag for tag, _ in Found(made).tags] == ["p", "em", "ul", "li", "code", "li", "a", "p", "br"]
    assert "pay_all_of_it" in made


@pytest.mark.parametrize("bit", ["[", "![", "> ", "*a_ ", "`", "<", "&#", "- ", "[a](", "[]: x\n", "**", "\\"])
def test_the_longest_text_that_is_read_is_read(bit):
    """What slows other readers down, up to the limit; beyond it the text stands as it was written."""
    text = (bit * LONGEST)[:LONGEST]
    ensure_harmless(markdown(text))
    assert Found(markdown(f"{text}<b>")).text == f"{text}<b>"


def test_a_sentence_of_ours_has_code_and_nothing_else():
    """Also with what somebody typed in it."""
    assert coded("no `a<b`, <b>") == "no <code>a&lt;b</code>, &lt;b&gt;"
