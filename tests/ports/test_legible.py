"""Whatever people write becomes text that can be laid out."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.ports.channel import Event
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.legible import copy_key, fenced, fitting, legible, moment, one_line, token, units

ANY = st.text(st.characters(), max_size=60)  # surrogates and control characters too


@given(ANY, st.integers(1, 30))
def test_a_line_is_one_line_of_so_many_characters(text, longest):
    """No control character, no line end, no direction, nothing that UTF-8 cannot say; and it stays as it is."""
    line = one_line(text, longest)
    assert len(line) <= longest
    assert {unicodedata.category(character) for character in line}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert line.encode().decode() == line
    assert one_line(line, longest) == line


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=60))
def test_what_can_be_read_stays_as_it_was_written(text):
    """Letters, figures, punctuation and signs of every language."""
    assert one_line(text, 60) == text


@pytest.mark.parametrize(
    ("text", "longest", "line"),
    [
        ("one\r\ntwo\ttwo  three ", 50, "one two two three"),
        ("👩‍👩‍👧 guests", 50, "👩‍👩‍👧 guests"),
        ("abc\u202etxt.exe", 50, "abctxt.exe"),
        ("half \ud800", 50, "half \ufffd"),
        ("eight characters", 5, "eigh…"),
        (" " * 1000 + "late", 10, "…"),
        ("", 10, ""),
    ],
)
def test_examples_of_lines(text, longest, line):
    """What is left out, replaced, cut."""
    assert one_line(text, longest) == line


@given(ANY, ANY)
def test_a_token_is_the_same_for_the_same_text_only(one, other):
    """It names an alert to machines: short, printable, and as different as the keys are."""
    tokens = [token(text, 20) for text in (one, other)]
    assert (tokens[0] == tokens[1]) == (one == other)
    assert all(each and each.isascii() and each.isprintable() and " " not in each for each in tokens)
    assert all(len(each) <= 64 for each in tokens)


def test_a_short_key_stays_readable():
    """People look for it in the vendor's pages."""
    assert token("shop/checkout:fast", 255) == "shop/checkout:fast"


def test_a_title_is_never_empty():
    """Vendors refuse messages without one."""
    assert legible(replace(PLAIN, title=" \n ")).title == "checkout"
    assert legible(replace(PLAIN, title="", slo="")).title == "(no title)"


def test_what_is_too_much_is_counted():
    """People learn that there was more."""
    much = legible(replace(PLAIN, lines=("line",) * 60, facts={f"f{n}": "v" for n in range(60)}))
    assert much.lines[-1] == "… and 11 more lines"
    assert len(much.lines) == len(much.facts) == 50
    assert much.facts["…"] == "and 11 more"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "https://",
        "https://x y/",
        'https://x/"onclick="',
        "https://x/\n",
        "ftp://x/",
        "//x/",
        "https://[x",
        "https://x/" + "y" * 3000,
        "<https://x/>",
        "https://x/|y",
    ],
)
def test_a_link_that_is_no_plain_address_is_left_out(link):
    """A page is reached without it; a wrong one may do harm."""
    assert legible(replace(PLAIN, link=link)).link == ""
    assert legible(PLAIN).link == PLAIN.link


def test_copies_share_a_key_and_events_do_not():
    """Fired and resolved are two messages of one alert; each beat of a heartbeat is a message of its own."""
    resolved, beat = replace(PLAIN, event=Event.RESOLVED), replace(PLAIN, event=Event.HEARTBEAT)
    keys = {copy_key(each) for each in (PLAIN, replace(PLAIN, title="x"), resolved, beat, replace(beat, at=1.0))}
    assert len(keys) == 4


def test_a_moment_is_in_utc():
    """RFC 3339, with milliseconds."""
    assert moment(1_790_000_040.25) == "2026-09-21T14:14:00.250Z"


@given(st.lists(ANY, max_size=20), st.integers(1, 60))
def test_pieces_that_fit_are_whole_and_what_is_missing_is_told(pieces, longest):
    """Counted in UTF-16 units; the text is that of the first pieces."""
    whole, shown = "".join(pieces), fitting(pieces, longest)
    assert units(shown) <= longest
    assert units(whole) == len(whole.encode("utf-16-le", errors="surrogatepass")) // 2
    if units(whole) <= longest:
        assert shown == whole
    else:
        assert shown[-1] == "…"
        assert shown[:-1] in {"".join(pieces[:count]) for count in range(len(pieces))}


@given(st.text(st.sampled_from("`~ @a#/\n"), max_size=30))
def test_nothing_ends_a_fence_but_the_fence(text):
    """Whatever backticks stand in the text."""
    lines = fenced(text).split("\n")
    assert (text == "") == (lines == [""])
    assert not text or [number for number, line in enumerate(lines) if lines[0] in line] == [0, len(lines) - 2]
