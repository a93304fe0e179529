"""A small bar that is really probed, and 90 days of history beside it: Leeway shown to somebody who never saw it."""

from leeway.demo.bar import Bar
from leeway.demo.control import Talk, break_bar, look, mend_bar
from leeway.demo.run import Wish, demonstrate
from leeway.demo.whereabouts import Whereabouts, find

__all__ = ["Bar", "Talk", "Whereabouts", "Wish", "break_bar", "demonstrate", "find", "look", "mend_bar"]
