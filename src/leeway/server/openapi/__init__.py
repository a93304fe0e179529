"""The API described to machines and to people: OpenAPI 3.1 with examples, and a page that shows it."""

from leeway.server.openapi.describe import install

__all__ = ["install"]
