"""Who may see and do what: the gate before every request, the engine as whoever asks may see it, and signing in.

Nothing is re-exported: the guard needs `asking`, which stands below it, and the rest stands above.
"""
