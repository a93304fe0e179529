"""The course of what was read, drawn by the server as SVG: what is not known is hatched, and no line leads over it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from math import isfinite

from markupsafe import Markup

HEIGHT, LEFT, FOOT = 150, 76, 26


def course(values: Iterable[float], said: str, low: str, high: str, ends: tuple[str, str], width: int) -> Markup:
    """Values between their least and their greatest, which are called `low` and `high`."""
    told = list(values)
    known = [one for one in told if isfinite(one)]
    bottom, top = (min(known), max(known)) if known else (0.0, 1.0)
    if bottom == top:
        bottom, top = bottom - 1, top + 1

    def x(place: float) -> float:
        return round(LEFT + (width - LEFT) * place / max(1, len(told)), 1)

    def y(value: float) -> float:
        return round(6 + (HEIGHT - 12) * (top - value) / (top - bottom), 1)

    parts = [f'<line class="grid" x1="{LEFT}" x2="{width}" y1="{at}" y2="{at}"/>' for at in (6, HEIGHT - 6)]
    for is_known, run in groupby(enumerate(told), lambda pair: isfinite(pair[1])):
        points = list(run)
        begin, end = x(points[0][0]), x(points[-1][0] + 1)
        if is_known:
            line = [(begin, y(points[0][1])), *((x(place + 0.5), y(value)) for place, value in points)]
            line.append((end, y(points[-1][1])))
            parts.append(f'<polyline class="line" points="{" ".join(f"{across},{down}" for across, down in line)}"/>')
        else:
            parts.append(
                f'<rect class="gap" x="{begin}" y="6" width="{round(end - begin, 1)}" height="{HEIGHT - 12}"/>'
            )
    labels = ((LEFT - 8, 12, "scale", high), (LEFT - 8, HEIGHT - 4, "scale", low))
    dates = ((LEFT, HEIGHT + 18, "date", ends[0]), (width, HEIGHT + 18, "date end", ends[1]))
    parts += [
        f'<text class="{kind}" x="{at}" y="{down}">{Markup.escape(text)}</text>'
        for at, down, kind, text in (*labels, *dates)
    ]
    size = f'viewBox="0 0 {width} {HEIGHT + FOOT}" width="{width}" height="{HEIGHT + FOOT}"'
    return Markup(  # noqa: S704 - numbers of our own, and what is not is escaped
        f'<svg class="chart" role="img" aria-label="{Markup.escape(said)}" {size}>{"".join(parts)}</svg>'
    )
