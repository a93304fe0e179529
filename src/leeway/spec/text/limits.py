"""How much a document may ask of the machine that reads it."""

from __future__ import annotations

from dataclasses import dataclass


class LimitReached(Exception):
    """The text asks for more than `Limits` allow; reading of this file ends here."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that refuse hostile text in about a second and 200 MB; all far above what people write.

    `size` is in bytes; `nodes` counts keys and values of one document after aliases are expanded, `file_nodes` of
    the whole file, which may have `documents` documents; `digits` is per number; `pieces` are words and signs of lines
    that hold more than plain ASCII words, `slips` those among them that are not as they should be; `findings` is how
    many are listed one by one; after `syntax_errors` of them reading stops.
    """

    size: int = 10_000_000
    depth: int = 100
    nodes: int = 100_000
    file_nodes: int = 300_000
    documents: int = 10_000
    digits: int = 100
    pieces: int = 500_000
    slips: int = 10_000
    findings: int = 200
    syntax_errors: int = 20
