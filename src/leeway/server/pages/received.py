"""What the tab "data" draws: where there is data and where not, and how its values are spread. SVG, by the server."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from leeway.client import figures
from leeway.client.data import Bar, Part

WIDTH, HEIGHT = 960, 40
TALL = 120


def covered(parts: Sequence[Part]) -> Markup:
    """One after the other: as high as much of it is there, hatched where nothing is, blank where nothing could be."""
    wide = WIDTH / max(1, len(parts))
    drawn = []
    for ratio, run in groupby(enumerate(parts), lambda pair: pair[1].coverage):
        places = [place for place, _ in run]
        at, length = places[0] * wide, len(places) * wide
        if ratio is None:
            continue
        if ratio < 1:
            drawn.append(_rect("gap", at, 0, length, HEIGHT))
        drawn.append(_rect("bar", at, HEIGHT * (1 - ratio), length, HEIGHT * ratio))
    whole = sum(one.coverage == 1 for one in parts)
    return _svg(f"data is whole in {whole} of {len(parts)} parts", HEIGHT, drawn)


def spread(bars: Sequence[Bar], threshold: float | None) -> Markup:
    """How often which values came, between the least and the greatest, and where the threshold lies among them."""
    wide = WIDTH / max(1, len(bars))
    most = max((one.count for one in bars), default=0) or 1
    drawn = [
        _rect("bar", place * wide + 1, TALL * (1 - one.count / most), wide - 2, TALL * one.count / most)
        for place, one in enumerate(bars)
        if one.count
    ]
    said = f"{sum(one.count for one in bars):,} values"
    if threshold is not None:
        at = wide * sum(_below(one, threshold) for one in bars)
        drawn.append(f'<line class="threshold" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{TALL}"/>')
        said += f", and the threshold of {figures.amount(threshold)}"
    return _svg(said, TALL, drawn)


def _below(bar: Bar, value: float) -> float:
    """The share of a bar's width that lies below a value; a bar without end is as wide as all others."""
    if bar.high is not None and bar.high <= value:
        return 1.0
    if bar.low is not None and bar.low >= value:
        return 0.0
    if bar.low is None or bar.high is None:
        return 0.5
    return (value - bar.low) / (bar.high - bar.low)


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}"/>'


def _svg(said: str, height: int, drawn: Sequence[str]) -> Markup:
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" preserveAspectRatio="none"'
    return Markup(  # noqa: S704 - numbers of our own
        f'<svg class="received" role="img" aria-label="{said}" {size}>{"".join(drawn)}</svg>'
    )
