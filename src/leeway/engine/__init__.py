"""Use cases: what Leeway does, in terms of ports. Sees no adapter; the composition root hands them in."""
