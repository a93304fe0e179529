"""The seams: protocols and value types that the engine sees, and `kit`, the public contract suites for adapters."""
