"""How sure a share is. Knows nothing of SLOs.

Wilson's interval, which every number shows, needs nothing but the standard library. What decides (`binomial`,
`clusters`) is imported by those who decide: it loads scipy, which costs a start a third of a second.
"""

from leeway.core.stats.interval import Interval, wilson

__all__ = ["Interval", "wilson"]
