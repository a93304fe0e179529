"""The book: the live ledgers of all goals, kept equal to the store by following its changes."""

from leeway.engine.book.book import Book

__all__ = ["Book"]
