"""What Slack is sent: escaped, and within its limits."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from leeway.channels.slack.compose import escaped, payload
from leeway.ports.kit.channel_suite import PLAIN

ENTITY = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def decoded(text):
    return re.sub("&(amp|lt|gt);", lambda found: ENTITY[found[0]], text)


@given(st.text(st.sampled_from("ab&<>🔥;"), max_size=40), st.integers(1, 60))
def test_escaped_text_says_the_same_and_fits(text, longest):
    """No < or > is left, no entity is cut in two, an emoji counts as two; what is cut ends with …"""
    shown = escaped(text, longest)
    assert not {"<", ">"} & set(shown)
    assert re.fullmatch("(?:[^&]|&(?:amp|lt|gt);)*", shown)
    assert len(shown.encode("utf-16-le")) // 2 <= longest
    said = decoded(shown)
    assert said == text or (said.endswith("…") and text.startswith(said[:-1]))


def test_a_message_is_laid_out_as_title_lines_facts_and_link():
    """Only the link is markup."""
    blocks = msgspec.json.decode(payload(PLAIN))["blocks"]
    assert [block["type"] for block in blocks] == ["header", "section", "section", "section"]
    assert blocks[1]["text"]["text"].split("\n") == list(PLAIN.lines)
    assert [text["text"] for text in blocks[2]["fields"]] == ["burn rate: 16.7", "budget left: 94 %"]
    assert blocks[3]["text"]["text"] == f"<{PLAIN.link.replace('&', '&amp;')}|Open in Leeway>"
    kinds = [text["type"] for block in blocks for text in (*block.get("fields", []), block.get("text")) if text]
    assert kinds == ["plain_text"] * 4 + ["mrkdwn"]


def test_a_message_of_a_title_alone_is_one_block():
    """Slack refuses empty texts."""
    bare = replace(PLAIN, lines=(), facts={}, link="")
    assert len(msgspec.json.decode(payload(bare))["blocks"]) == 1
