"""A small bar that is really probed, and 90 days of history beside it: Leeway shown to somebody who never saw it."""
