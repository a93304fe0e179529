"""Typed documents and what they mean. Pure: text and trees in, documents, findings and plans of computation out."""
