"""The remaining budget over the window, drawn by the server as SVG. Colours come from the page's CSS by class.

The scale goes from 100 % down through zero, as far as the budget was overspent; zero is the heavy line. Where nothing
counted the strip is hatched and the line is broken: what is not known is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup, escape

from leeway.client import figures

Trace = Sequence[float | None]

DEEPEST = -2.0
"""A budget overspent by more than twice its size is drawn at the lower edge: the figure beside it tells the rest."""


SPARKS, SPARK_TALL = 30, 32
"""Parts of a small chart, and its height in pixels."""


@dataclass(frozen=True, slots=True)
class _Plot:
    width: float
    height: float
    top: float
    bottom: float
    left: float = 0.0

    def x(self, place: float, places: int) -> float:
        return round(self.left + (self.width - self.left) * place / places, 1)

    def y(self, ratio: float) -> float:
        inside = min(max(ratio, self.bottom), self.top)
        return round(1 + (self.height - 2) * (self.top - inside) / (self.top - self.bottom), 1)


def sparkline(trace: Trace, said: str) -> Markup:
    """A small chart for a row of a list; `said` is what it shows, for those who cannot see it.

    Of so few bytes as can be, because a page has a thousand: SPARKS parts at most, whole pixels, each known stretch one
    area between its line and zero, above it or below.
    """
    parts = trace[:: -max(1, -(-len(trace) // SPARKS))][::-1]  # of each few the newest
    lowest = max(DEEPEST, min([0.0, *(ratio for ratio in parts if ratio is not None)]))
    zero = round(SPARK_TALL / (1 - lowest)) - (lowest == 0)
    drawn, at = "", 0
    for known, run in groupby(parts, lambda ratio: ratio is not None):
        ratios = list(run)
        if known:
            y = [min(max(zero - round(zero * ratio), 0), SPARK_TALL) for ratio in ratios if ratio is not None]
            drawn += "".join(_area(kind, at, zero, side) for kind, side in _sides(y, zero))
        else:
            drawn += f'<rect class="gap" x="{at}" width="{len(ratios)}" height="{SPARK_TALL}"/>'
        at += len(ratios)
    if not parts:
        drawn = f'<rect class="gap" width="{SPARKS}" height="{SPARK_TALL}"/>'
    return Markup(  # noqa: S704 — numbers of our own, and what is not is escaped
        f'<svg class="spark" role="img" aria-label="{escape(said)}" viewBox="0 0 {at or SPARKS} {SPARK_TALL}" '
        f'preserveAspectRatio="none">{drawn}<path class="zero" d="M0 {zero}h{at or SPARKS}"/></svg>'
    )


def _sides(y: list[int], zero: int) -> Iterator[tuple[str, list[int]]]:
    """The parts above zero and below it; y grows downwards."""
    if min(y) < zero:
        yield "area", [min(each, zero) for each in y]
    if max(y) > zero:
        yield "area over", [max(each, zero) for each in y]


def _area(kind: str, at: int, zero: int, y: list[int]) -> str:
    """From zero to the line, a step of one pixel for each part, and back to zero."""
    steps = "".join(f"v{there - here}h1" if there != here else "h1" for here, there in pairwise((zero, *y)))
    return f'<path class="{kind}" d="M{at} {zero}{steps}V{zero}"/>'


def chart(trace: Trace, said: str, begins: str, ends: str, width: int) -> Markup:
    """The same with a scale and two dates, at one of the widths that the page chooses from."""
    plot = _plot(trace, width, 180, left=56)
    parts = []
    for ratio in sorted({1.0, 0.5, 0.0, plot.bottom}):
        y = plot.y(ratio)
        parts.append(f'<line class="grid" x1="{plot.left}" x2="{width}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="scale" x="{plot.left - 8}" y="{min(max(y + 4, 12), 178)}">{_scale(ratio)}</text>')
    parts += _drawing(trace, plot)
    parts.append(f'<text class="date" x="{plot.left}" y="200">{Markup.escape(begins)}</text>')
    parts.append(f'<text class="date end" x="{width}" y="200">{Markup.escape(ends)}</text>')
    return _svg("chart", _Plot(width, 206, 1, 0), said, "".join(parts))


def share(ratio: float | None) -> Markup:
    """A bar as long as its share of the whole budget; the figure beside it tells it."""
    wide = round(100 * min(1.0, max(0.0, ratio or 0.0)), 1)
    return Markup(
        '<svg class="share" aria-hidden="true" viewBox="0 0 100 8" width="100" height="8" preserveAspectRatio="none">'
        '<rect class="sunk" width="100" height="8" rx="2"/><rect class="spent" width="{}" height="8" rx="2"/></svg>'
    ).format(wide)


def _plot(trace: Trace, width: float, height: float, left: float = 0.0) -> _Plot:
    known = [ratio for ratio in trace if ratio is not None]
    bottom = max(DEEPEST, min([-0.1, *known]))
    return _Plot(width, height, 1.0, bottom, left)


def _drawing(trace: Trace, plot: _Plot) -> Iterator[str]:
    places = max(1, len(trace))
    zero = plot.y(0)
    for known, run in groupby(enumerate(trace), lambda pair: pair[1] is not None):
        points = list(run)
        begin, end = plot.x(points[0][0], places), plot.x(points[-1][0] + 1, places)
        if not known:
            yield f'<rect class="gap" x="{begin}" y="1" width="{round(end - begin, 1)}" height="{plot.height - 2}"/>'
            continue
        line = [(plot.x(place + 0.5, places), plot.y(ratio)) for place, ratio in points if ratio is not None]
        line = _through(zero, [(begin, line[0][1]), *line, (end, line[-1][1])])
        for area, side in (("area", min), ("area over", max)):  # y grows downwards
            path = " ".join(f"{x},{side(y, zero)}" for x, y in line)
            yield f'<polygon class="{area}" points="{begin},{zero} {path} {end},{zero}"/>'
        yield f'<polyline class="line" points="{" ".join(f"{x},{y}" for x, y in line)}"/>'
    if not trace:
        yield f'<rect class="gap" x="{plot.left}" y="1" width="{plot.width - plot.left}" height="{plot.height - 2}"/>'
    yield f'<line class="zero" x1="{plot.left}" x2="{plot.width}" y1="{zero}" y2="{zero}"/>'


def _through(zero: float, line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same line with a point wherever it crosses zero, so that the areas above and below meet there."""
    points = line[:1]
    for (x1, y1), (x2, y2) in pairwise(line):
        if (y1 - zero) * (y2 - zero) < 0:
            points.append((round(x1 + (x2 - x1) * (zero - y1) / (y2 - y1), 1), zero))
        points.append((x2, y2))
    return points


def _svg(kind: str, plot: _Plot, said: str, inside: str) -> Markup:
    return Markup(  # noqa: S704 — numbers of our own, and what is not is escaped
        f'<svg class="{kind}" role="img" aria-label="{Markup.escape(said)}" viewBox="0 0 {plot.width} {plot.height}" '
        f'width="{plot.width}" height="{plot.height}">{inside}</svg>'
    )


def _scale(ratio: float) -> str:
    return figures.rough(ratio) if ratio else f"0{figures.SPACE}%"
