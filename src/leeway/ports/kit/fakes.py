"""Stand-ins that keep the ports' promises (they pass the same suites) without a disk or real time."""

from __future__ import annotations

from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.memory_points import Held, MemoryPoints
from leeway.ports.kit.memory_state import HeldState, MemoryState

__all__ = ["Held", "HeldState", "MemoryPoints", "MemoryState", "VirtualClock"]
