"""Public test kit: contract suites that any adapter can run, and fakes that pass them. Needs pytest and hypothesis."""
