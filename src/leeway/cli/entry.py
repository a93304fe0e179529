"""Where the program starts. Nothing is imported here that `leeway --version` does not need."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from leeway.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; the only place where a fault becomes a message for a person."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:
        sys.stdout.write(f"leeway {VERSION}\n")
        return 0
    # Imported late: Click alone takes longer than all of `--version` should.
    from leeway.cli.frame import run

    return run(given)
