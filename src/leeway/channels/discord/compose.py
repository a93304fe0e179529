"""From a message to an embed. Everything that people wrote is escaped, and nobody is mentioned besides."""

from __future__ import annotations

import msgspec

from leeway.errors import NotUnderstood
from leeway.net import Answer, read_json
from leeway.ports.channel import Message
from leeway.ports.legible import fitting, legible, units

_TITLE, _TEXT = 256, 4096  # characters of an embed, by Discord's reference; 6,000 of all its texts
# What can begin, divide or end anything: styles, spoilers, mentions, times, links, emoji by name, and at the beginning
# of a line headings, quotes and lists. After a backslash each stands for itself.
_MARKUP = frozenset("\\`*_~|<>[]()#:@-+.")


class _Posted(msgspec.Struct):
    id: str


def embed(message: Message) -> bytes:
    """The body. The link stands in the text: Discord refuses the whole message if it does not like an embed's `url`,
    a host without a dot among others."""
    clean = legible(message, line=500, lines=20, facts=40)
    facts = "\n".join(f"{name}: {value}" for name, value in clean.facts.items())
    link = f"\n\n<{clean.link}>" if clean.link else ""
    text = "\n\n".join(part for part in ("\n".join(clean.lines), facts) if part)
    shown = {"title": escaped(clean.title, _TITLE), "description": escaped(text, _TEXT - units(link)) + link}
    content = {
        "embeds": [{name: text for name, text in shown.items() if text}],
        "allowed_mentions": {"parse": []},
    }
    return msgspec.json.encode(content)


def posted(answer: Answer) -> str:
    """The id that Discord gave the message; NotUnderstood if there is none."""
    stranger = NotUnderstood("the answer is no message of Discord", mend="check the address and what is in between")
    message = read_json(answer.body, _Posted, stranger)
    if not (message.id.isascii() and message.id.isdigit()):
        raise stranger
    return message.id


def escaped(text: str, longest: int) -> str:
    """The text with a backslash before all that could be markup, cut so that it then has so many UTF-16 units."""
    return fitting((f"\\{character}" if character in _MARKUP else character for character in text), longest)
