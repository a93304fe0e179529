"""Characters that are not what they look like: their classes, their names, and the plain ones to write instead."""

from __future__ import annotations

import re
import unicodedata

# Written as they stand in a character class of a regular expression.
SPACES = "\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
BREAKS = "\u0085\u2028\u2029"  # YAML 1.1 parsers end a line here; editors do not
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
INVISIBLE = "\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufff9-\ufffb"
MARKS = "\ufeff"  # the byte order mark, anywhere but at the start
CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff"

DOUBLE_QUOTES = "“”„‟«»＂″"
SINGLE_QUOTES = "‘’‚‛‹›＇′"

_CYRILLIC = ("АВЕЅІЈКМНОРСТУХаеѕіјкорсухһԁԛԝ", "ABESIJKMHOPCTYXaesijkopcyxhdqw")
_GREEK = ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυ", "ABEZHIKMNOPTYXaikvopu")
_LATIN = ("ıɡ", "ig")
_DASHES = ("‐‑‒–—―−", "-------")

LOOK_ALIKE = {
    strange: plain
    for letters, plains in (_CYRILLIC, _GREEK, _LATIN, _DASHES)
    for strange, plain in zip(letters, plains, strict=True)
} | {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}  # full-width forms

PLAIN_WORD = re.compile(r"[A-Za-z0-9][\w./+-]*", re.ASCII)


def named(character: str) -> str:
    """How to speak of a character: `U+00A0 NO-BREAK SPACE`."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "") or _CONTROL_NAMES.get(character, "CONTROL CHARACTER")
    return f"{code} {name}"


_CONTROL_NAMES = {
    "\x00": "NULL",
    "\x08": "BACKSPACE",
    "\x0b": "VERTICAL TAB",
    "\x0c": "FORM FEED",
    "\x1a": "SUBSTITUTE (end of file in DOS)",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}
