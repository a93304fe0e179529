"""Formats: bytes to documents and back, no disk."""
