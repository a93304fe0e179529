"""What developers and builds run: set-up, scripts and style of the pages, pictures."""
