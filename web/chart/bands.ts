import type uPlot from "uplot";
import { epoch, type Told } from "./told";

type Ink = (name: string) => string;

/** How wide the strip of an alert is, in pixels, however short it was up. */
const LEAST = 8;

/** Behind the curves: unknown spans hatched, silences shaded over a strip along the foot; alerts under a strip along the head. */
export function behind(told: Told, ink: Ink): (plot: uPlot) => void {
  return (plot) => {
    const { ctx, bbox } = plot;
    const between = (start: string, end: string | null): [number, number] | null => {
      const from = Math.max(bbox.left, plot.valToPos(epoch(start), "x", true));
      const to = Math.min(bbox.left + bbox.width, plot.valToPos(epoch(end ?? told.end), "x", true));
      return to > bbox.left && from < bbox.left + bbox.width ? [from, Math.max(to, from + devicePixelRatio)] : null;
    };
    const strip = 5 * devicePixelRatio;
    ctx.save();
    for (const silence of told.silences) {
      const span = between(silence.start, silence.end);
      if (!span) continue;
      ctx.fillStyle = ink("unknown-ground");
      ctx.fillRect(span[0], bbox.top, span[1] - span[0], bbox.height);
      ctx.fillStyle = ink("unknown");
      ctx.fillRect(span[0], bbox.top + bbox.height - strip, span[1] - span[0], strip);
    }
    for (const gap of told.unknown) {
      const span = between(gap.start, gap.end);
      if (span) hatched(ctx, span, bbox, ink("hatch"));
    }
    const front = (alert: { severity: string }): number => Number(alert.severity === "page");
    for (const alert of [...told.alerts].sort((a, b) => front(a) - front(b))) {
      const page = alert.severity === "page";
      const span = between(alert.start, alert.end);
      if (!span) continue;
      const wide = span[1] - span[0];
      ctx.fillStyle = ink(page ? "bad-ground" : "risk-ground");
      ctx.fillRect(span[0], bbox.top, wide, bbox.height);
      ctx.fillStyle = ink(page ? "bad" : "risk");
      const shown = Math.max(wide, LEAST * devicePixelRatio);
      const from = Math.min(span[0], bbox.left + bbox.width - shown); // what began just now is seen too
      ctx.fillRect(from, bbox.top + (page ? 0 : strip), shown, strip);
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

/** In front of the curves: where somebody wrote something, a flag at a moment, from flag to flag over a span. */
export function notes(told: Told, ink: Ink): (plot: uPlot) => void {
  return (plot) => {
    for (const note of told.annotations) {
      const [from, to] = [note.start, note.end].map((at) => at && plot.valToPos(epoch(at), "x", true)) as number[];
      const { top } = plot.bbox;
      flag(plot, from as number, 1, ink("third"));
      if (to == null) continue;
      flag(plot, to, -1, ink("third"));
      rule(plot, [from as number, top + devicePixelRatio, to, top + devicePixelRatio], ink("third"), 2);
    }
  };
}

function flag(plot: uPlot, x: number, towards: 1 | -1, colour: string): void {
  const { ctx, bbox } = plot;
  rule(plot, [x, bbox.top, x, bbox.top + bbox.height], colour, 1.5, [2, 3]);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const size = 7 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x + size * towards, bbox.top + size / 2);
  ctx.lineTo(x, bbox.top + size);
  ctx.fill();
  ctx.restore();
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
  const y = Math.round(plot.valToPos(value, "y", true)) + (Math.round(width * devicePixelRatio) % 2) / 2; // sharp
  const { left, width: wide } = plot.bbox;
  rule(plot, [left, y, left + wide, y], colour, width, dash);
}
