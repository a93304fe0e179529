import type uPlot from "uplot";
import { epoch, type Told } from "./told";

type Ink = (name: string) => string;

/** Behind the curves: unknown spans hatched, silences shaded; alerts as a strip along the upper edge. */
export function behind(told: Told, ink: Ink): (plot: uPlot) => void {
  return (plot) => {
    const { ctx, bbox } = plot;
    const between = (start: string, end: string | null): [number, number] | null => {
      const from = Math.max(bbox.left, plot.valToPos(epoch(start), "x", true));
      const to = Math.min(bbox.left + bbox.width, plot.valToPos(epoch(end ?? told.end), "x", true));
      return to > bbox.left && from < bbox.left + bbox.width ? [from, Math.max(to, from + devicePixelRatio)] : null;
    };
    ctx.save();
    for (const silence of told.silences) {
      const span = between(silence.start, silence.end);
      ctx.fillStyle = ink("unknown-ground");
      if (span) ctx.fillRect(span[0], bbox.top, span[1] - span[0], bbox.height);
    }
    for (const gap of told.unknown) {
      const span = between(gap.start, gap.end);
      if (span) hatched(ctx, span, bbox, ink("hatch"));
    }
    for (const alert of told.alerts) {
      const span = between(alert.start, alert.end);
      if (!span) continue;
      ctx.fillStyle = ink(alert.severity === "page" ? "bad-ground" : "risk-ground");
      ctx.fillRect(span[0], bbox.top, span[1] - span[0], bbox.height);
      ctx.fillStyle = ink(alert.severity === "page" ? "bad" : "risk");
      const high = 5 * devicePixelRatio;
      ctx.fillRect(span[0], bbox.top + (alert.severity === "page" ? 0 : high), span[1] - span[0], high);
    }
    ctx.restore();
  };
}

function hatched(ctx: CanvasRenderingContext2D, [from, to]: [number, number], box: uPlot.BBox, colour: string): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(from, box.top, to - from, box.height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  const apart = 6 * devicePixelRatio;
  for (let x = Math.floor((from - box.height) / apart) * apart; x < to; x += apart) {
    ctx.moveTo(x, box.top + box.height);
    ctx.lineTo(x + box.height, box.top);
  }
  ctx.stroke();
  ctx.restore();
}

/** In front of the curves: where somebody wrote something. */
export function notes(told: Told, ink: Ink): (plot: uPlot) => void {
  return (plot) => {
    for (const note of told.annotations) {
      const x = plot.valToPos(epoch(note.start), "x", true);
      rule(plot, [x, plot.bbox.top, x, plot.bbox.top + plot.bbox.height], ink("third"), 1.5, [2, 3]);
      const { ctx, bbox } = plot;
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      const size = 7 * devicePixelRatio;
      ctx.save();
      ctx.fillStyle = ink("third");
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x + size, bbox.top + size / 2);
      ctx.lineTo(x, bbox.top + size);
      ctx.fill();
      ctx.restore();
    }
  };
}

/** A straight line over the plot, in pixels of the canvas. */
export function rule(
  plot: uPlot,
  [x1, y1, x2, y2]: [number, number, number, number],
  colour: string,
  width: number,
  dash: number[] = [],
): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = width * devicePixelRatio;
  ctx.setLineDash(dash.map((each) => each * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
  ctx.restore();
}

/** A line across the plot at a value. */
export function level(plot: uPlot, value: number, colour: string, width: number, dash: number[] = []): void {
  const y = plot.valToPos(value, "y", true);
  const { left, width: wide } = plot.bbox;
  rule(plot, [left, y, left + wide, y], colour, width, dash);
}
