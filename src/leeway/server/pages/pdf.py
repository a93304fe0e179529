"""A report as PDF, by WeasyPrint where it is installed: it is given one file, and fetches nothing."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from leeway.server.problems import Lacking

INSTALL = 'pip install "leeway-slo[pdf]"'
PANGO = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""What WeasyPrint draws with; on other systems the packages are called otherwise."""

PAPER = """
@page { size: A4 landscape; margin: 12mm; }
html, body { font-size: 9pt; }
h1 { max-width: none; }
.head, .tiles { display: block; }
.tile { display: inline-block; width: 23%; margin: 0 0.5% 2mm 0; vertical-align: top; }
.table > :not(caption) > * > * { padding: 1mm 2mm; }
.table caption, .table th, .table td, .nowrap, .num { white-space: normal; }
.table tbody tr { height: auto; break-inside: avoid; }
"""
"""A sheet is wide, and does not scroll."""


def installed() -> bool:
    """Whether reports can be had as PDF."""
    return find_spec("weasyprint") is not None


def pdf(html: str) -> bytes:
    """The document of this page. Blocks. Raises Lacking if WeasyPrint, or a library that it needs, is not there."""
    try:
        weasyprint = import_module("weasyprint")  # late: an extra, and large
    except (ImportError, OSError) as error:
        lacks, command = ("WeasyPrint", INSTALL) if isinstance(error, ImportError) else ("a library of Pango", PANGO)
        mend = f"install it with `{command}`, or print the page from your browser"
        raise Lacking(f"this server makes no PDF: {lacks} is not installed", mend=mend) from error
    on_paper = html.replace("</head>", f"<style>{PAPER}</style></head>", 1)
    embedded = weasyprint.urls.URLFetcher(allowed_protocols=("data",))  # what is not in the page is left out: no egress
    written: bytes = weasyprint.HTML(string=on_paper, url_fetcher=embedded).write_pdf()
    return written
