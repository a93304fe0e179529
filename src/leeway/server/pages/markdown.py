"""Texts with marks in them as markup that does no harm: sentences of ours, and Markdown that people write. Pure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST = 5_000
"""Letters; what is longer is shown as it was written. The worst that was found, 5,000 opening brackets, took 46 ms."""

TAGS = {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
REL = "nofollow noopener noreferrer"
"""A link tells the site that it leads to nothing of where it stood."""


def coded(text: str) -> Markup:
    """A sentence in which `what is typed` looks like that.

    >>> coded("write `1m`, not <1m")
    Markup('write <code>1m</code>, not &lt;1m')
    """
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(one) if at % 2 else one for at, one in enumerate(parts))


def markdown(text: str) -> Markup:
    """A description or a note: CommonMark in which headings, pictures and HTML are text; ends of lines stay.

    The page has headings already, and asks no other host for a picture. What is made is cleaned once more, as though
    nobody knew where it came from: only TAGS, ATTRIBUTES and links to SCHEMES or into the same site remain.

    >>> markdown("All of `/pay` within **300 ms**, see [how](https://shop.example/runbook)")
    Markup('<p>All of <code>/pay</code> within <strong>300 ms</strong>, see <a href="https://shop.example/runbook" \
rel="nofollow noopener noreferrer">how</a></p>\\n')
    >>> markdown("<b>no</b> [link](javascript:alert(1))")
    Markup('<p>&lt;b&gt;no&lt;/b&gt; [link](javascript:alert(1))</p>\\n')
    """
    if len(text) > LONGEST:
        return Markup("<p>{}</p>").format(text)
    import nh3  # late: a start need not wait for it

    made = _reader().render(text)
    clean = nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL)
    return Markup(clean)  # noqa: S704 - this is where it becomes harmless


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["heading", "lheading", "image"])
