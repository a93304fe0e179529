"""What a code of lint is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding. `serious` advice is a warning to lint, and `plan` and `apply` refuse it."""

    name: str
    what: str
    why: str
    mend: str
    serious: bool = False
