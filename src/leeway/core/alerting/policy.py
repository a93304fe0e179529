"""What an alert policy says: conditions, how they are joined, and whether a person is woken or a ticket opened.

Conditions compare exactly, and what is exactly at a threshold has not crossed it, unless the operator says else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from leeway.core.objective import Op
from leeway.core.sparse.guard import Pair


class Severity(StrEnum):
    """What firing leads to."""

    PAGE = "page"
    TICKET = "ticket"


class Of(StrEnum):
    """Which budget a time to exhaustion speaks of."""

    LEFT = "left"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Burn:
    """The burn rate over `long_s` and, if there is one, over `short_s` stands in relation `op` to the threshold.

    Two windows: the long one says that it matters, the short one that it still goes on. SRE Workbook, chapter 5.
    """

    threshold: Fraction
    long_s: int
    short_s: int | None = None
    op: Op = Op.GT
    lasts_s: int = 0

    @property
    def spans_s(self) -> tuple[int, ...]:
        """The spans it looks at, longest first."""
        return (self.long_s,) if self.short_s is None else (self.long_s, self.short_s)

    @property
    def pair(self) -> Pair:
        """As floats have it."""
        return Pair(float(self.threshold), self.long_s, self.short_s)


@dataclass(frozen=True, slots=True)
class Remaining:
    """The remaining ratio of the budget stands in relation `op` to the share."""

    share: Fraction
    op: Op = Op.LT
    lasts_s: int = 0

    @property
    def spans_s(self) -> tuple[int, ...]:
        """None but the window itself."""
        return ()


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """At the burn rate over `over_s` the budget will be gone in a time that stands in relation `op` to `within_s`."""

    within_s: int
    over_s: int = 3_600
    of: Of = Of.LEFT
    op: Op = Op.LT
    lasts_s: int = 0

    @property
    def spans_s(self) -> tuple[int, ...]:
        """The span it looks at."""
        return (self.over_s,)


@dataclass(frozen=True, slots=True)
class Drop:
    """The share of the window's allowed budget that `over_s` alone spent stands in relation `op` to the share."""

    share: Fraction
    over_s: int
    op: Op = Op.GTE
    lasts_s: int = 0

    @property
    def spans_s(self) -> tuple[int, ...]:
        """The span it looks at."""
        return (self.over_s,)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of steps with a row over `over_s` stands in relation `op` to the share; below all, LTE 0: no data."""

    share: Fraction
    over_s: int
    op: Op = Op.LT
    lasts_s: int = 0

    @property
    def spans_s(self) -> tuple[int, ...]:
        """The span it looks at."""
        return (self.over_s,)


@dataclass(frozen=True, slots=True)
class Surprise:
    """Minute by minute, bad events came so that chance explains it no more, within the last `over_s`.

    For traffic so low that a window of any length holds too few events: see `leeway.core.sparse.detector`.
    """

    over_s: int = 3_600
    op: Op = Op.GTE
    lasts_s: int = 0

    @property
    def spans_s(self) -> tuple[int, ...]:
        """The span it looks at."""
        return (self.over_s,)


Statable = Burn | Remaining | Exhaustion | Drop | Coverage
"""What a document may state."""

Condition = Statable | Surprise


@dataclass(frozen=True, slots=True)
class Policy:
    """Fires while all conditions of any of its groups are met, each for as long as it must last.

    After that it stays up for `cooldown_s` without any group being met; whoever was told is told again only then.

    The burns of a page that is `guarded` must be more than chance too (see `leeway.core.sparse`), and what is guarded
    is not over because too little came to tell.
    """

    name: str
    severity: Severity
    groups: tuple[tuple[Condition, ...], ...]
    cooldown_s: int = 0
    guarded: bool = False

    def guards(self, condition: Condition) -> bool:
        """True for a burn of a guarded page that is met by burning fast: it must be more than chance."""
        if not self.guarded or self.severity is not Severity.PAGE or not isinstance(condition, Burn):
            return False
        return condition.op in (Op.GT, Op.GTE) and condition.threshold > 0

    @property
    def guarded_burns(self) -> tuple[Burn, ...]:
        """Those of its conditions that must be more than chance."""
        burns = (one for group in self.groups for one in group if isinstance(one, Burn))
        return tuple(one for one in burns if self.guards(one))

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Of these burns."""
        return tuple(one.pair for one in self.guarded_burns)

    @property
    def spans_s(self) -> tuple[int, ...]:
        """Every span that any of its conditions looks at."""
        return tuple(span for group in self.groups for condition in group for span in condition.spans_s)
