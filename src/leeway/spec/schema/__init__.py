"""A small declarative schema: shapes, rules and the walker that holds a document against them."""
