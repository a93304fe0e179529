"""Documents of what Leeway finds when it looks at itself."""

from __future__ import annotations

from typing import Literal

from leeway.client.document import Document


class Check(Document):
    """One thing that was looked at: whether it is well, what was seen, what that means, and what mends it if need be.

    `look`: nothing is broken, but somebody should know. `unknown`: it cannot be told from here. `metric` is what to
    watch it by, "" where no metric tells of it.
    """

    name: str
    state: Literal["well", "look", "unwell", "unknown"]
    seen: str
    means: str
    mend: str
    metric: str
