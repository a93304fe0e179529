"""Measured figures with what was wanted of them: `python -m bench`. Nothing here is a test of time."""
