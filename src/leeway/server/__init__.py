"""What `leeway serve` offers: a JSON API, plain pages, metrics; thin over the engine.

Nothing is re-exported: `listen` is wanted before `app`, which takes a third of a second to load.
"""
