"""What a source or a channel is given to touch the world with; it has nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from leeway.net.egress import Egress
from leeway.net.secret import Secrets
from leeway.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Outside:
    """Time, the addresses it may reach, the secrets it may read, and the folders under which its files lie.

    `own` are the addresses (address:port) at which this Leeway answers: a channel that would call it is refused.
    """

    clock: Clock
    egress: Egress = field(default_factory=Egress)
    secrets: Secrets = field(default_factory=Secrets)
    roots: tuple[Path, ...] = ()
    own: frozenset[str] = frozenset()
