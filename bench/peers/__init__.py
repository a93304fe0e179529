"""Other tools on the same data in the same run."""

from bench.peers.side_by_side import run

__all__ = ["run"]
