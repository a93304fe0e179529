"""The gate: a burn pages only if so many bad events would be a rare chance for a service exactly on target.

Of four events an hour one bad one burns 25 times the budget of 99 %, and happens to a service exactly on target 28
times a month. The gate asks for each long window how likely as many bad events are, given its events, if each is bad
with the budget's share; a burn passes if that is alpha or less (see `alpha`). With much traffic a burn over its
threshold is always rarer than that, and the gate changes nothing.

Counts that are not whole are rounded against paging: bad events down, all events up. A sum of fractions of events is no
wilder than whole ones (W. Hoeffding, Annals of Mathematical Statistics 27, 1956), so alpha holds for it too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leeway.core.points import Floats, Ints
from leeway.core.sparse.guard import Told
from leeway.core.stats.binomial import criticals
from leeway.core.stats.clusters import upper_tail

Flags = NDArray[np.bool_]

CLOSE = 1e-9
"""Relative: what floats owe to whole counts, and to a chance that is exactly alpha."""


@dataclass(frozen=True, slots=True)
class Gated:
    """Where the gate is open, and the chance it went by: NaN where it was not asked, and there it is shut."""

    opens: Flags
    p_value: Floats


def gate(
    bad: ArrayLike,
    total: ArrayLike,
    *,
    share: ArrayLike,
    alpha: ArrayLike,
    rho: ArrayLike = 0.0,
    where: ArrayLike = True,
) -> Gated:
    """Asks for each place whose burn stands (`where`); arrays of objectives, of moments, or of both.

    `bad` and `total` are the events of the long window, `share` the share of bad events that the budget allows, `rho`
    the overdispersion of the service's own history (see `leeway.core.stats.clusters`).
    """
    arrays = np.broadcast_arrays(*map(np.asarray, (bad, total, share, alpha, rho, where)))
    places = arrays[5].astype(np.bool_)
    k, n = whole(arrays[0][places], arrays[1][places])
    share_, alpha_, rho_ = (each[places] for each in arrays[2:5])
    p_value = np.full(arrays[0].shape, np.nan)
    p_value[places] = upper_tail(k, n, share_, rho_)
    opens = np.zeros(arrays[0].shape, np.bool_)
    opens[places] = p_value[places] <= alpha_ * (1 + CLOSE)
    return Gated(opens, p_value)


def needed(total: ArrayLike, *, factor: ArrayLike, share: ArrayLike, alpha: ArrayLike, rho: ArrayLike = 0.0) -> Ints:
    """The least number of bad events that burns more than `factor` times the budget and opens the gate.

    One more than there are events where none does.
    """
    _, n = whole(0.0, total)
    rare = criticals(n, np.asarray(alpha) * (1 + CLOSE), lambda bad, seen: upper_tail(bad, seen, share, rho))
    over = np.floor(np.asarray(factor) * np.asarray(share) * n * (1 + CLOSE)) + 1
    return np.asarray(np.minimum(np.maximum(rare, over), n + 1), np.int64)


def is_sparse(total: ArrayLike, *, factor: ArrayLike, share: ArrayLike) -> Flags:
    """Where the window has so few events that a single bad one burns more than `factor` times the budget."""
    return np.asarray(np.asarray(total) * np.asarray(factor) * np.asarray(share) < 1, np.bool_)


def tell(bad: float, total: float, *, factor: float, share: float, alpha: float, rho: float = 0.0) -> Told:
    """One window's figures, for `why` and for the page itself."""
    _, n = whole(bad, total)
    count = int(needed(total, factor=factor, share=share, alpha=alpha, rho=rho))
    p_value = gate(bad, total, share=share, alpha=alpha, rho=rho).p_value
    return Told(bad, total, float(p_value), alpha, count if count <= n else None)


def whole(bad: ArrayLike, total: ArrayLike) -> tuple[Floats, Floats]:
    """Whole counts that make a page no likelier: bad events down, all events up."""
    k, n = np.asarray(bad, np.float64), np.asarray(total, np.float64)
    return np.floor(k * (1 + CLOSE)), np.ceil(n * (1 - CLOSE))
