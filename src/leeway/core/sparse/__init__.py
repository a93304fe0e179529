"""Low traffic: when a few bad events are reason enough to wake a person, and when they are chance."""
