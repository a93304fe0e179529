"""How the documentation is built: Sphinx, MyST, furo; nothing is fetched, a warning is an error (`make docs`)."""

from __future__ import annotations

import sys
from pathlib import Path

from leeway import __version__

sys.path.append(str(Path(__file__).parent / "extensions"))

project = "Leeway"
author = "the Leeway authors"
copyright = "the Leeway authors, Apache-2.0"  # noqa: A001  Sphinx asks for this name
version = release = __version__

extensions = ["myst_parser", "codes", "worked", "verbs"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "extensions"]

html_theme = "furo"
html_title = "Leeway"
html_show_sourcelink = False
html_copy_source = False
